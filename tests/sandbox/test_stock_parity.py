"""The same programs on the sandbox engine and on the stock CLI, both on the sandbox cloud: same steps, same states."""

from pathlib import Path

import pytest

from platform_lib.operations.stock_cli import StockSandbox
from platform_lib.sandbox.cloud import open_cloud
from platform_lib.sandbox.engine.event import Operation
from platform_lib.sandbox.workspace import Workspace
from support.cli_project import CliProject
from support.reference_platform import ReferencePlatform
from support.stock_backend import use_environment
from support.stock_parity import differences, on_sandbox, on_stock, stock

pytestmark = [
    pytest.mark.slow,
    pytest.mark.stock_engine,
]

HEAD = """\
import pulumi
import pulumi_aws as aws
from pulumi import ResourceOptions as Options
"""

NETWORK = """
vpc = aws.ec2.Vpc("main", cidr_block="10.0.0.0/16", tags={"owner": "me"})
subnet = aws.ec2.Subnet("a", vpc_id=vpc.id, cidr_block="10.0.1.0/24", availability_zone="eu-west-1a")
"""
QUEUES = """
dead = aws.sqs.Queue("dead", name="dead")
jobs = aws.sqs.Queue("jobs", name="{name}", delay_seconds={delay},
    redrive_policy=pulumi.Output.json_dumps({{"deadLetterTargetArn": dead.arn, "maxReceiveCount": 5}}))
pulumi.export("url", jobs.url)
"""
SECRET = """
token = pulumi.Output.secret("{token}")
parameter = aws.ssm.Parameter("token", name="/token", type="SecureString", value=token)
topic = aws.sns.Topic("plain", name="plain", display_name="{display}",
    opts=Options(additional_secret_outputs=["arn"]))
pulumi.export("token", parameter.value)
"""
COMPONENT = """
class Store(pulumi.ComponentResource):
    def __init__(self, name, opts=None):
        super().__init__("shop:index:Store", name, None, opts)
        self.table = aws.dynamodb.Table(f"{{name}}-table", name=name, billing_mode="PAY_PER_REQUEST", hash_key="id",
            attributes=[{{"name": "id", "type": "S"}}], opts=Options(parent=self))
        self.register_outputs({{"table": self.table.arn}})

store = Store("{name}", opts=Options(aliases=[pulumi.Alias(name="orders")]))
aws.ssm.Parameter("where", name="/where", type="String", value=store.table.arn, opts=Options(depends_on=[store]))
"""
GUARDED = """
aws.sqs.Queue("kept", name="kept", opts=Options(retain_on_delete=True))
aws.sqs.Queue("guarded", name="guarded", opts=Options(protect={protect}))
"""
CHAIN = """
zone = aws.route53.Zone("zone", name="{zone}")
record = aws.route53.Record("www", zone_id=zone.zone_id, name="www", type="A", ttl=60, records=["192.0.2.1"])
"""
OPTIONS = """
provider = aws.Provider("ireland", region="{region}")
aws.sqs.Queue("ignored", name="ignored", delay_seconds={delay}, tags={{"at": "{delay}"}},
    opts=Options(ignore_changes=["delaySeconds", "tags.at"]))
aws.sqs.Queue("replaced", name="replaced", delay_seconds={delay},
    opts=Options(replace_on_changes=["delaySeconds"], delete_before_replace=True))
aws.sqs.Queue("explicit", name="explicit", opts=Options(provider=provider))
caller = aws.get_caller_identity_output()
pulumi.export("account", caller.account_id)
pulumi.export("zones", aws.get_availability_zones_output(state="available").names)
"""

Steps = list[tuple[Operation, str]]
PROGRAMS: dict[str, Steps] = {
    "create, same, delete one, destroy": [
        ("preview", NETWORK),
        ("up", NETWORK),
        ("up", NETWORK),
        ("up", NETWORK.splitlines()[1]),
        ("destroy", NETWORK),
    ],
    "update, replace, refresh": [
        ("up", QUEUES.format(name="jobs", delay=0)),
        ("up", QUEUES.format(name="jobs", delay=9)),
        ("preview", QUEUES.format(name="tasks", delay=9)),
        ("up", QUEUES.format(name="tasks", delay=9)),
        ("refresh", QUEUES.format(name="tasks", delay=9)),
        ("destroy", QUEUES.format(name="tasks", delay=9)),
    ],
    "secrets": [
        ("up", SECRET.format(token="s3cr3t", display="one")),
        ("up", SECRET.format(token="0ther", display="two")),
        ("refresh", SECRET.format(token="0ther", display="two")),
    ],
    "component and its alias": [
        ("up", COMPONENT.format(name="orders")),
        ("up", COMPONENT.format(name="orders")),
        ("up", COMPONENT.format(name="purchases")),
    ],
    "protect and retain": [
        ("up", GUARDED.format(protect=True)),
        ("up", GUARDED.format(protect=True).splitlines()[2]),
        ("up", ""),
        ("up", GUARDED.format(protect=False).splitlines()[2]),
        ("destroy", ""),
    ],
    "replacement with dependents": [
        ("up", CHAIN.format(zone="one.example.com")),
        ("preview", CHAIN.format(zone="two.example.com")),
        ("up", CHAIN.format(zone="two.example.com")),
        ("destroy", CHAIN.format(zone="two.example.com")),
    ],
    "options, explicit provider, look-ups": [
        ("up", OPTIONS.format(region="eu-west-1", delay=1)),
        ("up", OPTIONS.format(region="eu-west-1", delay=2)),
        ("preview", OPTIONS.format(region="us-east-1", delay=2)),
        ("up", OPTIONS.format(region="us-east-1", delay=2)),
    ],
    "a failure in the middle": [
        ("up", 'vpc = aws.ec2.Vpc("main", cidr_block="10.0.0.0/33")'),
        ("up", NETWORK + '\naws.sqs.Queue("no", name="x" * 90, opts=Options(depends_on=[subnet]))'),
        ("up", NETWORK),
    ],
}

IMPORTED = """
adopted = aws.sqs.Queue("adopted", name="adopted", delay_seconds={delay}, opts=Options(import_=
    "https://sqs.eu-west-1.amazonaws.com/123456789012/adopted"))
read = aws.sqs.Queue.get("read", adopted.id)
pulumi.export("delay", read.delay_seconds)
"""


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> CliProject:
    """A project that both engines run: the stock CLI with this environment's interpreter."""
    monkeypatch.delenv("PULUMI_CONFIG_PASSPHRASE_FILE", raising=False)
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "a-passphrase")
    monkeypatch.setenv("PULUMI_DEBUG_COMMANDS", "true")  # offers --event-log
    made = CliProject(tmp_path / "project")
    use_environment(made.folder / "Pulumi.yaml")
    return made


@pytest.fixture
def reference(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ReferencePlatform:
    """The reference platform in a folder of its own."""
    monkeypatch.setenv("PULUMI_CONFIG_PASSPHRASE", "")
    monkeypatch.setenv("PULUMI_DEBUG_COMMANDS", "true")
    (tmp_path / "platform").mkdir()
    made = ReferencePlatform.copy(tmp_path / "platform")
    use_environment(made.root / "Pulumi.yaml")
    return made


@pytest.mark.parametrize("name", PROGRAMS)
def test_both_engines_do_the_same(project: CliProject, tmp_path: Path, name: str) -> None:
    workspace = Workspace(project.folder)
    assert stock(workspace, "stack", "init") == 0
    found: list[str] = []
    for number, (operation, text) in enumerate(PROGRAMS[name]):
        project.program(HEAD + text)
        ours = on_sandbox(workspace, operation)
        stocks = on_stock(workspace, operation, tmp_path / f"{number}.jsonl")
        assert ours.steps, "the comparison is of something"
        found += [f"{number} {operation}: {line}" for line in differences(ours, stocks)]
    assert found == []


def test_both_engines_adopt_what_is_there(project: CliProject, tmp_path: Path) -> None:
    workspace = Workspace(project.folder)
    assert stock(workspace, "stack", "init") == 0
    for path in (workspace.cloud_path, StockSandbox(workspace).cloud_path):
        with open_cloud(path) as cloud:
            provider = cloud.open("aws", "")
            provider.configure("urn:pulumi:x::x::pulumi:providers:aws::x", "x", {"region": "eu-west-1"})
            made = provider.create("urn:pulumi:x::x::aws:sqs/queue:Queue::x", {"name": "adopted"}, 0, preview=False)
            assert made.id == "https://sqs.eu-west-1.amazonaws.com/123456789012/adopted"
    found: list[str] = []
    for number, delay in enumerate((0, 0, 5)):
        project.program(HEAD + IMPORTED.format(delay=delay))
        ours = on_sandbox(workspace, "up")
        stocks = on_stock(workspace, "up", tmp_path / f"{number}.jsonl")
        assert ours.code == 0
        found += [f"{number}: {line}" for line in differences(ours, stocks)]
    assert found == []


def test_both_engines_bring_the_reference_platform_up(reference: ReferencePlatform, tmp_path: Path) -> None:
    workspace = Workspace(reference.root)
    assert stock(workspace, "stack", "init") == 0
    found: list[str] = []
    operations: list[Operation] = ["preview", "up", "up", "refresh"]
    for number, operation in enumerate(operations):
        ours = on_sandbox(workspace, operation)
        stocks = on_stock(workspace, operation, tmp_path / f"{number}.jsonl")
        assert sum(ours.steps.values()) > 100
        assert ours.code == 0
        found += [f"{number} {operation}: {line}" for line in differences(ours, stocks, structure=True)]
    assert found == []
