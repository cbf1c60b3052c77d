"""Several stacks at once: order, what a change affects, runs of many, resumed."""

import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from platform_lib.core.errors import PlatformError
from platform_lib.operations.errors import InputError, RefusedError, UnknownNameError
from platform_lib.operations.stacks.affected import affected_stacks
from platform_lib.operations.stacks.closure import import_closure
from platform_lib.operations.stacks.model import Known, StackId, StackRun
from platform_lib.operations.stacks.order import OrderError, chosen, downstream, known_stacks, levels
from platform_lib.operations.stacks.run import Job, fingerprint, run_many
from support.stock_backend import stock_backend, use_environment

NETWORK = """\
import pulumi
import pulumi_aws as aws
from parts.queue import make

make("network")
pulumi.export("name", "net")
"""
APPS = """\
import pulumi
import pulumi_aws as aws

other = pulumi.StackReference(pulumi.Config().require("network_stack"))
if pulumi.Config().get_bool("broken"):
    raise RuntimeError("broken on purpose")
aws.sqs.Queue("jobs", tags={"network": other.get_output("name")})
"""
PART = """\
import pulumi_aws as aws


def make(name):
    return aws.sqs.Queue(name)
"""


class Platform:
    """Two projects in a repository: what ``apps`` takes of ``network`` is told by a setting."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.sandbox = root / ".sandbox"
        self.write("network/Pulumi.yaml", "name: network\nruntime: python\n")
        self.write("network/__main__.py", NETWORK)
        self.write("network/parts/__init__.py", "")
        self.write("network/parts/queue.py", PART)
        self.write("network/parts/unused.py", "")
        self.write("apps/Pulumi.yaml", "name: apps\nruntime: python\n")
        self.write("apps/__main__.py", APPS)
        for stack in ("dev", "prod"):
            common = f"config:\n  aws:region: eu-west-1\n  {{project}}:environment: {stack}\n"
            self.write(f"network/Pulumi.{stack}.yaml", common.format(project="network"))
            reference = f"  apps:network_stack: organization/network/{stack}\n"
            self.write(f"apps/Pulumi.{stack}.yaml", common.format(project="apps") + reference)
        self.write(".gitignore", ".sandbox\n__pycache__\n")

    def write(self, name: str, text: str) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def commit(self) -> None:
        for words in (["init", "-q", "-b", "main"], ["add", "-A"], ["commit", "-q", "-m", "first"]):
            who = ["-c", "user.name=me", "-c", "user.email=me@example.com"]
            subprocess.run(["git", "-C", str(self.root), *who, *words], check=True)

    @property
    def known(self) -> dict[StackId, Known]:
        return known_stacks([self.root / "apps", self.root / "network"], sandbox_dir=self.sandbox)

    def affected(self) -> list[str]:
        return [f"{item.project}/{item.stack}" for item in affected_stacks(self.known, "HEAD")]


@pytest.fixture
def platform(tmp_path: Path) -> Platform:
    return Platform(tmp_path)


def ids(*names: str) -> list[StackId]:
    return [StackId(*name.split("/")) for name in names]


# -- order ---------------------------------------------------------------------------------------------------------


def test_a_stack_comes_after_those_whose_outputs_it_takes(platform: Platform) -> None:
    known = platform.known
    assert [list(map(str, level)) for level in levels(known, known)] == [
        ["network/dev", "network/prod"],
        ["apps/dev", "apps/prod"],
    ]
    assert known[StackId("apps", "dev")].takes == {StackId("network", "dev"): "its setting network_stack"}


def test_a_program_may_name_a_stack_itself(platform: Platform) -> None:
    platform.write("apps/__main__.py", "import pulumi\npulumi.StackReference('acme/network/prod')\n")
    assert platform.known[StackId("apps", "dev")].takes[StackId("network", "prod")] == "its program"


def test_an_overlay_may_name_a_stack(platform: Platform) -> None:
    platform.write("apps/settings/environment/dev.yaml", "edge_stack: organization/network/prod\n")
    takes = platform.known[StackId("apps", "dev")].takes
    assert takes[StackId("network", "prod")] == "its setting edge_stack"
    assert StackId("network", "dev") not in platform.known[StackId("apps", "prod")].takes


def test_what_names_no_known_stack_is_left_alone(platform: Platform) -> None:
    platform.write("apps/__main__.py", "NAME = 'a/b/c'\nWHERE = 'network/parts/queue'\nURL = 'aws:s3/bucket:Bucket'\n")
    assert StackId("network", "dev") in platform.known[StackId("apps", "dev")].takes
    assert len(platform.known[StackId("apps", "dev")].takes) == 1


def test_a_circle_is_refused_with_its_members(platform: Platform) -> None:
    platform.write("network/__main__.py", "import pulumi\npulumi.StackReference('organization/apps/dev')\n")
    with pytest.raises(OrderError, match=r"in a circle: (network|apps)/dev takes of (network|apps)/dev takes of"):
        levels(platform.known, platform.known)


def test_projects_of_one_name_are_refused(platform: Platform) -> None:
    platform.write("apps/Pulumi.yaml", "name: network\nruntime: python\n")
    with pytest.raises(InputError, match=r"stacks: project 'network': is in .* and in .*; give each its own name"):
        _ = platform.known


def test_names_mean_one_stack_each(platform: Platform) -> None:
    known = platform.known
    assert chosen(known, ["apps/dev", "network/dev", "apps/dev"]) == ids("apps/dev", "network/dev")
    assert chosen(known, []) == sorted(known)
    with pytest.raises(UnknownNameError, match="stack 'dev': is more than one; there are apps/dev, network/dev; say"):
        chosen(known, ["dev"])
    with pytest.raises(UnknownNameError, match=r"stack 'apps/deb': there is no such stack; did you mean 'apps/dev'\?"):
        chosen(known, ["apps/deb"])


def test_downstream_is_near_and_far() -> None:
    def known(name: str, *takes: str) -> Known:
        return Known(StackId("p", name), Path(), {StackId("p", other): "" for other in takes})

    everything = {item.id: item for item in (known("a"), known("b", "a"), known("c", "b"), known("d"))}
    assert list(downstream(everything, ids("p/a"))) == ids("p/b", "p/c")


# -- affected ------------------------------------------------------------------------------------------------------


def test_the_closure_follows_imports_relative_ones_and_names_in_text(tmp_path: Path) -> None:
    files = {
        "app/__main__.py": "import one\nfrom two import three\nfrom two.four import x\nNAME = 'two.lazy'\n",
        "one.py": "",
        "two/__init__.py": "from . import five\n",
        "two/three.py": "from .six import y\nimport os, two.not_there\n",
        "two/four.py": "",
        "two/five.py": "def broken(:\n",
        "two/six/__init__.py": "y = 1\n",
        "two/lazy.py": "",
        "two/unused.py": "",
        "unused.py": "import one\n",
    }
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    found = {str(path.relative_to(tmp_path)) for path in import_closure(tmp_path / "app", [tmp_path])}
    assert found == set(files) - {"two/unused.py", "unused.py"}


@pytest.mark.parametrize(
    ("changed", "affected"),
    [
        ("network/Pulumi.dev.yaml", ["network/dev", "apps/dev"]),
        ("apps/Pulumi.prod.yaml", ["apps/prod"]),
        ("apps/Pulumi.gone.yaml", ["apps/gone"]),
        ("apps/__main__.py", ["apps/dev", "apps/prod"]),
        ("network/parts/queue.py", ["network/dev", "network/prod", "apps/dev", "apps/prod"]),
        ("network/parts/unused.py", []),
        ("network/Pulumi.yaml", ["network/dev", "network/prod", "apps/dev", "apps/prod"]),
        ("apps/requirements.txt", ["apps/dev", "apps/prod"]),
        ("apps/settings/environment/dev.yaml", ["apps/dev"]),
        ("apps/settings/environment/other.yaml", []),
        ("apps/governance/address-ledger.yaml", ["apps/dev", "apps/prod"]),
        ("apps/governance/waivers.yaml", []),
        ("apps/docs/page.txt", []),
        ("apps/README.md", []),
        ("README.md", []),
        ("apps/data.json", ["apps/dev", "apps/prod"]),
        ("network/parts/data.json", ["network/dev", "network/prod", "apps/dev", "apps/prod"]),
    ],
)
def test_a_change_affects(platform: Platform, changed: str, affected: list[str]) -> None:
    platform.commit()
    path = platform.root / changed
    before = path.read_text(encoding="utf-8") if path.exists() else "config: {}\n"
    platform.write(changed, before + "# changed\n")
    assert platform.affected() == affected


def test_nothing_changed_affects_nothing(platform: Platform) -> None:
    platform.commit()
    assert platform.affected() == []


def test_a_module_that_was_removed_affects_its_program(platform: Platform) -> None:
    platform.commit()
    (platform.root / "network/parts/queue.py").unlink()
    assert platform.affected()[:2] == ["network/dev", "network/prod"]


def test_reasons_name_files_and_the_stack_that_outputs_come_from(platform: Platform) -> None:
    platform.commit()
    platform.write("network/Pulumi.dev.yaml", "config: {}\n")
    assert [item.reasons for item in affected_stacks(platform.known, "HEAD")] == [
        ("network/Pulumi.dev.yaml changed",),
        ("takes of network/dev (its setting network_stack)",),
    ]


def test_a_revision_that_is_not_there_is_refused(platform: Platform) -> None:
    platform.commit()
    with pytest.raises(UnknownNameError, match="--since: there is no such revision in this checkout, got 'v9'"):
        affected_stacks(platform.known, "v9")


def test_a_folder_without_git_is_refused(platform: Platform) -> None:
    with pytest.raises(InputError, match="is in no git repository"):
        affected_stacks(platform.known, "HEAD")


# -- runs of many --------------------------------------------------------------------------------------------------


def job(platform: Platform, operation: str = "up", **more: object) -> Job:
    fields = {"engine": "sandbox", "progress": platform.root / "progress.json", "sandbox_dir": platform.sandbox, **more}
    return Job(operation=operation, **fields)  # type: ignore[arg-type]


def verdicts(runs: Sequence[StackRun]) -> dict[str, str]:
    return {f"{item.project}/{item.stack}": item.verdict + (" before" if item.earlier else "") for item in runs}


@pytest.mark.slow
def test_stacks_come_up_in_order_and_a_resumed_run_goes_on_where_it_stopped(platform: Platform) -> None:
    path = platform.root / "apps/Pulumi.prod.yaml"
    good = path.read_text(encoding="utf-8")
    path.write_text(good + "  apps:broken: true\n", encoding="utf-8")
    known = platform.known
    first = run_many(known, sorted(known), job(platform))
    assert verdicts(first.stacks) == {
        "network/dev": "done",
        "network/prod": "done",
        "apps/dev": "done",
        "apps/prod": "failed",
    }
    assert not first.done
    assert any("broken on purpose" in text for item in first.stacks for text in item.errors)
    assert first.stacks[2].summary["create"] >= 2
    path.write_text(good, encoding="utf-8")
    told: list[StackRun] = []
    second = run_many(platform.known, sorted(known), job(platform), resume=True, told=told.append)
    assert verdicts(second.stacks) == {
        "network/dev": "done before",
        "network/prod": "done before",
        "apps/dev": "done before",
        "apps/prod": "done",
    }
    assert second.done
    assert len(told) == 4
    assert platform.known[StackId("apps", "prod")].takes[StackId("network", "prod")] == "its state"


def fake_runs(monkeypatch: pytest.MonkeyPatch, answer: Callable[[Known], str]) -> list[str]:
    """Stands in for the processes; answers which stacks were run."""
    from platform_lib.operations.stacks import run

    ran: list[str] = []

    def one(stack: Known, _: Job) -> tuple[str, dict[str, int], list[str]]:
        ran.append(str(stack.id))
        return answer(stack), {}, []

    monkeypatch.setattr(run, "_on_sandbox", one)
    return ran


def test_what_waits_for_a_stack_that_failed_is_not_run(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    ran = fake_runs(monkeypatch, lambda stack: "failed" if str(stack.id) == "network/dev" else "done")
    known = platform.known
    report = run_many(known, sorted(known), job(platform))
    assert verdicts(report.stacks)["apps/dev"] == "blocked"
    assert report.stacks[2].errors == ("waits for network/dev",)
    assert sorted(ran) == ["apps/prod", "network/dev", "network/prod"]


def test_a_resumed_run_does_again_what_changed_since(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    ran = fake_runs(monkeypatch, lambda _: "done")
    known = platform.known
    run_many(known, sorted(known), job(platform))
    ran.clear()
    platform.write("network/parts/queue.py", PART + "# changed\n")
    run_many(known, sorted(known), job(platform), resume=True)
    assert sorted(ran) == ["network/dev", "network/prod"]
    ran.clear()
    run_many(known, sorted(known), job(platform, "preview"), resume=True)
    assert len(ran) == 4  # another operation than the one that was done


def test_an_interrupted_run_tells_what_it_did_not_begin(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    from platform_lib.operations.stacks import run

    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    fake_runs(monkeypatch, lambda _: "done")
    monkeypatch.setattr(run, "wait", interrupted)
    known = platform.known
    report = run_many(known, sorted(known), job(platform, jobs=1))
    assert {item.verdict for item in report.stacks} <= {"done", "interrupted"}
    assert verdicts(report.stacks)["apps/dev"] == "interrupted"


def test_a_refused_stack_makes_the_run_refused(platform: Platform, monkeypatch: pytest.MonkeyPatch) -> None:
    fake_runs(monkeypatch, lambda stack: "refused" if str(stack.id) == "apps/dev" else "done")
    report = run_many(platform.known, sorted(platform.known), job(platform))
    assert (report.done, report.refused) == (False, True)


def test_a_progress_file_that_is_none_is_told(platform: Platform) -> None:
    platform.write("progress.json", "{}")
    with pytest.raises(PlatformError, match="is no report of a run; remove it, or leave --resume out"):
        run_many(platform.known, [], job(platform), resume=True)


def test_real_stacks_that_need_an_approval_are_refused(platform: Platform) -> None:
    platform.write("apps/governance/environments.yaml", "version: 1\nenvironments:\n  - name: dev\n  - name: prod\n")
    with pytest.raises(RefusedError, match="stacks up: apps/dev, apps/prod: deployed with an approval and a record"):
        run_many(platform.known, sorted(platform.known), job(platform, engine="pulumi"))


def test_the_fingerprint_is_of_program_and_settings(platform: Platform) -> None:
    def prints() -> set[str]:
        return {fingerprint(item) for item in platform.known.values()}

    before = prints()
    assert len(before) == 4
    platform.write("network/parts/unused.py", "# changed\n")
    assert prints() == before
    platform.write("apps/Pulumi.yaml", "name: apps\nruntime: python\ndescription: more\n")
    assert len(prints() & before) == 2


@pytest.mark.slow
@pytest.mark.stock_engine
def test_the_same_with_the_stock_cli(platform: Platform) -> None:
    from platform_lib.operations.pulumi_stack import PulumiStack

    wanted = ids("network/dev", "apps/dev")
    for name in ("network", "apps"):
        use_environment(platform.root / name / "Pulumi.yaml")
    with stock_backend(platform.root / "stock") as (variables, cloud):
        for item in wanted:
            stack = PulumiStack(platform.root / item.project, item.stack, variables)
            stack.call("stack", "init", item.stack, stack=False)
        report = run_many(platform.known, wanted, job(platform, engine="pulumi", variables=variables))
        assert verdicts(report.stacks) == {"network/dev": "done", "apps/dev": "done"}, report
        assert len(cloud.ls()) == 2
