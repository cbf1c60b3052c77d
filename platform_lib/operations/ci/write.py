"""Writes the workflow files: what they run is ``make`` and ``platform``, what they use is pinned by digest.

The commits in ``pins.json`` are those of the releases' tags in the actions' own repositories. A container image cannot
be looked up here: its digest is an argument.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

from jinja2 import Environment, PackageLoader, StrictUndefined

from platform_lib.core.errors import near
from platform_lib.operations.errors import InputError
from platform_lib.operations.output import write_text

System = Literal["github", "gitlab", "cron"]

PINS: Final = Path(__file__).with_name("pins.json")
_COMMIT: Final = re.compile(r"[0-9a-f]{40}")
_IMAGE: Final = re.compile(r"[\w.:/-]+@sha256:[0-9a-f]{64}")
_STACK: Final = re.compile(r"[\w.-]{1,100}")
_CRON: Final = re.compile(r"\S+ \S+ \S+ \S+ \S+")
_HEADER: Final = "Made by `platform ci init`; change its arguments rather than this file."
_FILES: Final[Mapping[System, Mapping[str, str]]] = {
    "github": {
        **{
            f".github/workflows/platform-{name}.yml": f"github-{name}.yml.j2"
            for name in ("gate", "deploy", "propose", "promote", "drift", "sweep")
        },
        "ci/platform.mk": "platform.mk.j2",
    },
    "gitlab": {".gitlab-ci.yml": "gitlab-ci.yml.j2", "ci/platform.mk": "platform.mk.j2"},
    "cron": {"ci/crontab": "crontab.j2"},
}


@dataclass(frozen=True)
class Plan:
    """What the files are made of.

    Attributes:
        stacks: from the lowest environment to the highest.
        setup: command that makes the environment; ``make`` and a target.
        platform: the command, as the setup makes it.
        tests: command that writes the JUnit report; ``make`` and a target.
        junit: that report; outside of the work tree, which has to be as its commit has it.
        branch: whose pushes are deployed to the lowest environment.
        records_branch: branch that holds records (``entries``) and approvals (``approvals``).
        python: version for GitHub's runners.
        pulumi: version of the Pulumi CLI for GitHub's runners.
        image: container image for GitLab, with its digest; holds Python, make, git and the Pulumi CLI.
        audience: that AWS expects in the token of a GitLab job.
        drift_cron: when drift is looked for, UTC.
        sweep_cron: when ephemeral environments are swept, UTC.
        pins: action to commit, instead of those in ``pins.json``.
    """

    stacks: Sequence[str]
    setup: str = "make install"
    platform: str = ".venv/bin/platform"
    tests: str = "make test PYTEST_ARGS=--junit-xml=../junit.xml"
    junit: str = "../junit.xml"
    branch: str = "main"
    records_branch: str = "platform-records"
    python: str = "3.12"
    pulumi: str = "3.260.0"
    image: str = ""
    audience: str = "sts.amazonaws.com"
    drift_cron: str = "17 3 * * *"
    sweep_cron: str = "47 4 * * *"
    pins: Mapping[str, str] = field(default_factory=dict)


def render(system: System, plan: Plan) -> dict[str, str]:
    """The files of a CI system: path to content.

    Raises:
        InputError: what the files are made of is not right.
    """
    _check(system, plan)
    pins: dict[str, Mapping[str, str]] = json.loads(PINS.read_text(encoding="utf-8"))
    unknown = [name for name in plan.pins if name not in pins]
    if unknown:
        raise InputError(
            f"ci init: --pin: no workflow uses it, got '{unknown[0]}'; "
            f"{near(unknown[0], pins) or 'there are ' + ', '.join(pins)}"
        )

    def pin(name: str) -> str:
        if name in plan.pins:
            return f"{name}@{plan.pins[name]}"
        return f"{name}@{pins[name]['commit']} # {pins[name]['version']}"

    environment = Environment(
        loader=PackageLoader("platform_lib.operations.ci", "templates"),
        block_start_string="<%",
        block_end_string="%>",
        variable_start_string="<<",
        variable_end_string=">>",
        comment_start_string="<#",
        comment_end_string="#>",
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701  # YAML and make, whose values are checked above
    )
    values: dict[str, Any] = {**vars(plan), "stacks": list(plan.stacks), "pin": pin, "header": _HEADER}
    found = {}
    for path, name in _FILES[system].items():
        text = environment.get_template(name).render(values)
        found[path] = "\n".join(
            line.rstrip() for line in text.splitlines() if line.strip() or name.startswith("gitlab")
        )
        found[path] = found[path].strip("\n") + "\n"
    return found


def _check(system: System, plan: Plan) -> None:
    if not plan.stacks:
        raise InputError("ci init: there is no stack; name them with --stack, from the lowest to the highest")
    for stack in plan.stacks:
        if not _STACK.fullmatch(stack):
            raise InputError(f"ci init: --stack: is no stack's name, got '{stack}'")
    if len(plan.stacks) < 2 and system != "cron":
        raise InputError("ci init: one stack alone has nothing to promote to; name two at least")
    for name, commit in plan.pins.items():
        if not _COMMIT.fullmatch(commit):
            raise InputError(
                f"ci init: --pin: {name}: must be a full commit, got '{commit}'; a tag can be moved, a commit cannot"
            )
    if system == "gitlab" and not _IMAGE.fullmatch(plan.image):
        raise InputError(
            f"ci init: --image: must be pinned by digest, got '{plan.image}'; write it as name@sha256:..., "
            "an image with Python, make, git and the Pulumi CLI"
        )
    for label, text, first in (("--setup", plan.setup, ("make",)), ("--tests", plan.tests, ("make",))):
        if text.split(" ", 1)[0] not in first or any(mark in text for mark in "\n;&|`$<>"):
            raise InputError(f"ci init: {label}: must be make and a target, got '{text}'; put the rest into the target")
    for label, text in (("--drift-at", plan.drift_cron), ("--sweep-at", plan.sweep_cron)):
        if not _CRON.fullmatch(text):
            raise InputError(f"ci init: {label}: must be five fields of cron, got '{text}'")
    for label, text in (
        ("--platform", plan.platform),
        ("--branch", plan.branch),
        ("--records-branch", plan.records_branch),
        ("--junit", plan.junit),
    ):
        if not re.fullmatch(r"[\w./-]+", text):
            raise InputError(f"ci init: {label}: holds what a shell would read otherwise, got '{text}'")


def write(files: Mapping[str, str], folder: Path, *, force: bool = False) -> list[Path]:
    """Writes the files; those that are there with other content are left alone, all of them.

    Args:
        files: path to content.
        folder: that the paths start from.
        force: replace what is there.

    Raises:
        InputError: a file is there and differs; nothing was written.
    """
    other = [name for name, text in files.items() if (folder / name).is_file() and _text(folder / name) != text]
    if other and not force:
        raise InputError(f"ci init: {', '.join(other)}: there already, with other content; give --force to replace it")
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        write_text(folder / name, text)
    return [folder / name for name in files]


def _text(path: Path) -> str:
    return path.read_text(encoding="utf-8")
