"""A whole check of 1,000 resources, ours against checkov on an equivalent Terraform plan, where checkov is on PATH.

Both are whole processes, from start to verdict. Checkov runs its rules for Terraform plans, ours the pack ``baseline``;
they are not the same rules, so the ratio says what a pipeline waits for, not which rule is faster.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

COUNT = 1_000
POLICY = '{"Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::1:root"},"Action":"kms:*","Resource":"*"}]}'
KINDS: list[tuple[str, dict[str, Any], str, dict[str, Any]]] = [
    ("aws:s3/bucket:Bucket", {"bucket": "x"}, "aws_s3_bucket", {"bucket": "x"}),
    (
        "aws:ec2/securityGroup:SecurityGroup",
        {"ingress": [{"protocol": "tcp", "fromPort": 22, "toPort": 22, "cidrBlocks": ["0.0.0.0/0"]}]},
        "aws_security_group",
        {"ingress": [{"protocol": "tcp", "from_port": 22, "to_port": 22, "cidr_blocks": ["0.0.0.0/0"]}]},
    ),
    ("aws:kms/key:Key", {"policy": POLICY}, "aws_kms_key", {"policy": POLICY}),
    ("aws:iam/role:Role", {"assumeRolePolicy": POLICY}, "aws_iam_role", {"assume_role_policy": POLICY}),
]


def terraform_plan() -> dict[str, Any]:
    """The resources as ``terraform show -json`` writes a plan."""
    planned, changes, configured = [], [], []
    for number in range(COUNT):
        _, _, kind, values = KINDS[number % len(KINDS)]
        name = f"n{number}"
        same = {"address": f"{kind}.{name}", "mode": "managed", "type": kind, "name": name}
        planned.append({**same, "values": values})
        changes.append({**same, "change": {"actions": ["create"], "before": None, "after": values}})
        configured.append({**same, "provider_config_key": "aws", "expressions": {}})
    return {
        "format_version": "1.2",
        "terraform_version": "1.9.0",
        "planned_values": {"root_module": {"resources": planned}},
        "resource_changes": changes,
        "configuration": {"root_module": {"resources": configured}},
    }


def pulumi_state() -> dict[str, Any]:
    """The same resources as an exported Pulumi state."""
    resources = []
    for number in range(COUNT):
        kind, inputs, _, _ = KINDS[number % len(KINDS)]
        urn = f"urn:pulumi:dev::p::{kind}::n{number}"
        resources.append({"urn": urn, "custom": True, "id": f"n{number}", "type": kind, "inputs": inputs})
    return {"version": 3, "deployment": {"manifest": {}, "resources": resources}}


def seconds(*command: str | Path) -> float:
    """Wall seconds of a whole process; findings are not a failure."""
    start = time.perf_counter()
    done = subprocess.run(command, capture_output=True, check=False, env={**os.environ, "BC_SKIP_MAPPING": "TRUE"})
    if done.returncode not in (0, 1, 3):
        raise SystemExit(done.stderr.decode())
    return time.perf_counter() - start


def main() -> None:
    checkov = shutil.which("checkov")
    if checkov is None:
        print("checkov: not on PATH, not compared")
        return
    with tempfile.TemporaryDirectory() as folder:
        plan, state = Path(folder, "plan.json"), Path(folder, "state.json")
        plan.write_text(json.dumps(terraform_plan()))
        state.write_text(json.dumps(pulumi_state()))
        platform = Path(sys.executable).with_name("platform")
        ours = seconds(platform, "policy", "check", "--state", state, "--policy-pack", "baseline", "--json")
        theirs = seconds(checkov, "-f", plan, "--framework", "terraform_plan", "--quiet", "--compact", "-o", "json")
    print(f"{COUNT} resources: ours {ours:.1f} s, checkov {theirs:.1f} s, ratio {theirs / ours:.1f}")


if __name__ == "__main__":
    main()
