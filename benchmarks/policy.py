"""Policy evaluation: Analyze a second, ours against the stock SDK, the same rules and resources.

The rules are all of the project's, then every so many of them to make 600 and 400; the resources are of four AWS types
with about 1 KB of properties each. Both run in this process, without the wire, which is the same for both.
"""

import gc
import resource
import time
from datetime import UTC, datetime
from typing import Any

from pulumi_policy import EnforcementLevel
from pulumi_policy.policy import _PolicyAnalyzerServicer  # the stock servicer, which PolicyPack would start

from policypacks import load
from policypacks.engine.decode import encode_struct
from policypacks.engine.evaluator import Evaluator
from policypacks.engine.pack import load_pack
from policypacks.engine.protocol import analyzer_pb2
from policypacks.engine.registry import REGISTRY, load_rules
from policypacks.engine.server import AnalyzerServer
from policypacks.engine.stock import policies

TODAY = datetime(2026, 1, 1, tzinfo=UTC).date()
POLICY = '{"Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::1:root"},"Action":"kms:*","Resource":"*"}]}'
KINDS: list[tuple[str, dict[str, Any]]] = [
    ("aws:s3/bucket:Bucket", {"bucket": "x", "forceDestroy": True, "acl": "public-read"}),
    (
        "aws:ec2/securityGroup:SecurityGroup",
        {
            "description": "web",
            "ingress": [{"protocol": "tcp", "fromPort": 22, "toPort": 22, "cidrBlocks": ["0.0.0.0/0"]}] * 4,
        },
    ),
    ("aws:kms/key:Key", {"enableKeyRotation": False, "policy": POLICY}),
    ("aws:iam/role:Role", {"assumeRolePolicy": POLICY, "maxSessionDuration": 43200}),
]
STOCK_SAMPLE = 40
"""Resources that the stock SDK analyses: it is slow, and its rate does not depend on how many there are."""


def keep(count: int) -> None:
    """Leave an even choice of the rules in the registry."""
    ids = sorted(load_rules())
    kept = {ids[number * len(ids) // count] for number in range(count)}
    for rule in set(ids) - kept:
        del REGISTRY[rule]


def requests(count: int) -> list[Any]:
    """Analyze requests, a quarter of each kind."""
    found = []
    for number in range(count):
        kind, properties = KINDS[number % len(KINDS)]
        name = f"n{number}"
        made = analyzer_pb2.AnalyzeRequest(type=kind, urn=f"urn:pulumi:dev::p::{kind}::{name}", name=name)
        padding = {f"key{index}": f"value {index} of some length" for index in range(25)}
        encode_struct({**properties, "tags": padding}, made.properties)
        found.append(made)
    return found


def rate(analyze: Any, items: list[Any]) -> float:
    """Analyze calls a second."""
    start = time.perf_counter()
    for item in items:
        analyze(item, None)
    return len(items) / (time.perf_counter() - start)


def compare(count: int, items: list[Any]) -> None:
    """Print both rates at a number of rules, after checking that the findings are the same."""
    keep(count)
    ours = AnalyzerServer(load_pack("baseline"), today=TODAY)
    ours.ConfigureStack(analyzer_pb2.AnalyzerStackConfigureRequest(stack="dev", project="p"), None)
    evaluator: Evaluator = load(["baseline"], today=TODAY, environment="prod")
    level = EnforcementLevel.MANDATORY
    stock = _PolicyAnalyzerServicer("stock", "0.0.1", policies(evaluator), level, None, *(None,) * 6)
    for item in items[: len(KINDS)]:
        one, other = ours.Analyze(item, None).diagnostics, stock.Analyze(item, None).diagnostics
        assert sorted(found.message for found in one) == sorted(found.message for found in other)
    gc.collect()
    fast, slow = rate(ours.Analyze, items), rate(stock.Analyze, items[:STOCK_SAMPLE])
    print(f"{len(evaluator.rules):4} rules: ours {fast:7.0f}/s, stock SDK {slow:6.1f}/s, ratio {fast / slow:5.0f}")


def whole(count: int) -> None:
    """Print what a whole check costs: every resource, then the stack."""
    ours = AnalyzerServer(load_pack("baseline"), today=TODAY)
    ours.ConfigureStack(analyzer_pb2.AnalyzerStackConfigureRequest(stack="dev", project="p"), None)
    items = requests(count)
    together = analyzer_pb2.AnalyzeStackRequest()
    for item in items:
        made = together.resources.add(type=item.type, urn=item.urn, name=item.name)
        made.properties.CopyFrom(item.properties)
    start = time.perf_counter()
    for item in items:
        ours.Analyze(item, None)
    middle = time.perf_counter()
    ours.AnalyzeStack(together, None)
    end = time.perf_counter()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    seconds = f"{middle - start:5.2f} s + stack {end - middle:5.2f} s"
    print(f"whole check of {count:6} resources: {seconds}, peak {peak:4.0f} MB")


def main() -> None:
    """Run all in one process; each choice of rules is made from the one before."""
    whole(1000)
    whole(10_000)
    items = requests(1000)
    for count in (len(load_rules()), 600, 400):
        compare(count, items)
    print("budget: at least 50 times the stock SDK at 400 rules")


if __name__ == "__main__":
    main()
