"""Policy evaluation: Analyze a second, ours against the stock SDK, the same rules and resources.

The rules are the project's own, topped up to 400 and 600 on the types of the catalogue's other checks; the resources
are of four AWS types with about 1 KB of properties each. Both run in this process, without the wire, which is the same
for both.
"""

import gc
import itertools
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
from policypacks.engine.record import catalogue
from policypacks.engine.registry import REGISTRY, Rule, load_rules
from policypacks.engine.server import AnalyzerServer
from policypacks.engine.stock import policies
from policypacks.engine.token import canonical

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


def rules(count: int) -> None:
    """Fill the registry up to a number of rules, with the checks that have no rule yet, on their own types."""
    own = list(load_rules().values())
    spare = [record for record in catalogue().values() if record.id not in REGISTRY and record.scope == "resource"]
    for record, rule in zip(spare, itertools.cycle(own), strict=False):
        if len(REGISTRY) >= count:
            return
        subjects = tuple(canonical(token) for token in record.resources)
        REGISTRY[record.id] = Rule(record, rule.function, rule.title, rule.reason, subjects, rule.config, rule.module)


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
    rules(count)
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
    """Run all in one process, the smallest first."""
    items = requests(1000)
    own = len(load_rules())
    for count in sorted({own, 400, 600}):
        if count >= own:
            compare(count, items)
    print("budget: at least 50 times the stock SDK at 400 rules")
    whole(1000)
    whole(10_000)


if __name__ == "__main__":
    main()
