"""The cases of the rule about recovery in a second region, and the same on the sandbox engine."""

import json
from pathlib import Path

import pytest

from platform_lib.core.values import UNKNOWN
from support.policies import NOT_APPLICABLE, PASS, Case, R, Ref, Trial, add, drop, on, trials, verdicts
from support.recovery import AWAY, HOME, RecoveryProject

RULE = "aws-recovery-covers-data-stores"
REPLICA = "platform-lib:index:DrReplica"
PLAN = json.dumps(
    {"plan": {"sites": [{"site": "primary", "region": HOME}, {"site": "secondary", "region": AWAY}]}, "version": 1}
)
TABLE = R("table", "aws:dynamodb/table:Table", {"name": "orders", "region": HOME})
RECOVERY = R("main", REPLICA, {"sources": {"orders": Ref("table", "arn")}, "plan": PLAN})
SELECTION = R("main-sources", "aws:backup/selection:Selection", {"resources": [Ref("table", "arn")]}, parent="main")
COPY = R("main-copy", "aws:s3/bucket:Bucket", {"region": HOME}, parent="main")

CASES = [
    Case(
        RULE,
        [TABLE, RECOVERY],
        bad=[on("main", {"sources": {}}), on("main", {"sources": {"orders": "arn:aws:dynamodb:other"}})],
        also_good=[{"tags": {"team": "shop"}}, add(COPY)],
        unrelated=[drop("main"), {"region": AWAY}, {"tags": {"purpose": "logs"}}],
        undetermined=[on("main", {"sources": UNKNOWN}), on("main", {"sources": {"orders": UNKNOWN}})],
        guards=[],
    ),
]
UNKNOWN_SOURCES = R("main", REPLICA, {"sources": {"orders": UNKNOWN}, "plan": PLAN})
OTHERS = [
    # At the first preview no ARN is known; what the children are computed from says it.
    Case(RULE, [TABLE, UNKNOWN_SOURCES, SELECTION], bad=[], guards=[]),
    Case(
        RULE,
        [TABLE, R("main", REPLICA, {"sources": {"orders": Ref("table", "arn")}})],
        bad=on("main", {"sources": {}}),
        also_good={"region": AWAY},  # without a plan nobody knows which region is the first one
        guards=[],
    ),
]


@pytest.mark.parametrize("trial", trials([*CASES, *OTHERS]), ids=str)
def test_rule(trial: Trial) -> None:
    trial.run()


def answers(*resources: R, **config: bool) -> list[str]:
    from policypacks.engine.registry import load_rules

    case = Case(RULE, list(resources), bad=[], config=config)
    return [verdict.answer.value for verdict in verdicts(load_rules()[RULE], case, list(resources))]


def test_a_plan_of_somebody_else_that_names_it_is_no_recovery() -> None:
    own = R("own", SELECTION.type, SELECTION.properties)
    recovery = R("main", REPLICA, {"sources": {}, "plan": PLAN})

    assert answers(TABLE, recovery, own) == ["fail"]


def test_a_bucket_that_its_owner_copies_into_one_of_a_recovery_takes_part() -> None:
    bucket = R("models", COPY.type, {"region": HOME})
    recovery = R("main", REPLICA, {"sources": {}, "plan": PLAN})
    rules = [{"status": "Enabled", "destination": {"bucket": Ref("main-copy", "arn")}}]
    copied = R(
        "copied",
        "aws:s3/bucketReplicationConfig:BucketReplicationConfig",
        {"bucket": Ref("models"), "rules": rules},
    )
    elsewhere = R("copied", copied.type, {"bucket": Ref("models"), "rules": [{"destination": {"bucket": "arn:other"}}]})

    assert answers(bucket, recovery, COPY, copied) == [PASS, NOT_APPLICABLE]
    assert answers(bucket, recovery, COPY, elsewhere) == ["fail", NOT_APPLICABLE]
    assert answers(bucket, recovery, COPY) == ["fail", NOT_APPLICABLE]


def test_a_table_that_a_recovery_backs_up_by_its_name_takes_part() -> None:
    recovery = R("main", REPLICA, {"sources": {}, "plan": PLAN})
    arns = [f"arn:aws:dynamodb:{HOME}:111122223333:table/orders"]
    own = R("main-sources", SELECTION.type, {"resources": arns}, parent="main")

    assert answers(TABLE, recovery, own) == [PASS]
    assert answers(TABLE, recovery, R("of-somebody", SELECTION.type, {"resources": arns})) == ["fail"]
    other = R("table", TABLE.type, {"name": "border", "region": HOME})
    assert answers(other, recovery, own) == ["fail"]
    assert answers(TABLE, recovery, R("main-sources", SELECTION.type, {"resources": UNKNOWN}, parent="main")) == [
        "fail"
    ]


def test_copies_are_left_alone() -> None:
    replica = R("copy", "aws:rds/instance:Instance", {"region": HOME, "replicateSourceDb": "db"})

    assert answers(TABLE, RECOVERY, COPY, replica) == [NOT_APPLICABLE, PASS, NOT_APPLICABLE]


def test_without_a_recovery_data_is_a_finding_only_where_that_is_asked_for() -> None:
    assert answers(TABLE) == [NOT_APPLICABLE]
    assert answers(TABLE, everywhere=True) == ["fail"]
    assert answers(R("table", TABLE.type, {"tags": {"purpose": "logs"}}), everywhere=True) == [NOT_APPLICABLE]


# On the sandbox engine


MORE = """
aws.dynamodb.Table(
    "invoices", hash_key="id", attributes=[{"name": "id", "type": "S"}], billing_mode="PAY_PER_REQUEST", opts=here
)
"""


def found(project: RecoveryProject, *arguments: str) -> list[tuple[str, str]]:
    """Names and answers of the rule's findings."""
    data = project.run(*arguments, "--policy-pack", "baseline", "--json").json
    return [(item["name"], item["answer"]) for item in data["policy"]["findings"] if item["rule"] == RULE]


@pytest.fixture
def shop(tmp_path: Path) -> RecoveryProject:
    return RecoveryProject(tmp_path / "shop", "s3", "dynamodb", "rds", "ebs")


def test_sources_of_a_recovery_are_no_finding(shop: RecoveryProject) -> None:
    assert found(shop, "preview") == []
    assert found(shop, "up") == []
    assert found(shop, "preview") == []


def test_data_that_no_recovery_copies_is_a_finding(shop: RecoveryProject) -> None:
    shop.program((shop.folder / "__main__.py").read_text(encoding="utf-8") + MORE)

    assert [name for name, _ in found(shop, "preview")] == ["invoices"]
    assert found(shop, "up") == [("invoices", "fail")]
    assert found(shop, "preview") == [("invoices", "fail")]


def test_a_waiver_says_why_something_is_left_out(shop: RecoveryProject) -> None:
    shop.program((shop.folder / "__main__.py").read_text(encoding="utf-8") + MORE)
    (shop.folder / "governance").mkdir()
    (shop.folder / "governance" / "waivers.yaml").write_text(
        "waivers:\n"
        f"  - rule: {RULE}\n"
        '    resource: "urn:pulumi:dev::shop::aws:dynamodb/table:Table::invoices"\n'
        "    owner: shop\n"
        "    approver: security\n"
        "    reason: made anew of the orders every night\n"
        "    compensating_control: none is needed\n"
        "    expires: 2099-12-31\n",
        encoding="utf-8",
    )

    assert found(shop, "preview") == []
