"""Policy packs and rules by name."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from platform_lib.core.errors import near
from platform_lib.operations.errors import UnknownNameError
from platform_lib.operations.project import Project
from platform_lib.operations.run import Policies

if TYPE_CHECKING:
    from policypacks.engine.pack import Pack
    from policypacks.engine.registry import Rule

DEFAULT_PACK = "baseline"
"""What a check evaluates where neither the command nor the project names a pack: every rule there is."""


def policies(
    project: Project | None,
    packs: Sequence[str] | None,
    config: Path | None,
    waivers: Path | None,
    *,
    fallback: Sequence[str] = (),
) -> Policies:
    """The policies of a run: what the command says, else what the project says, else the fallback.

    Raises:
        UnknownNameError: a pack or file does not exist; near names are suggested.
    """
    names = tuple(packs or (project.policy_packs if project else ()) or fallback)
    root = project.directory if project and not packs else Path()
    for option, path in (("--policy-config", config), ("--waivers", waivers)):
        if path is not None and not path.is_file():
            raise UnknownNameError(f"policies: {option}: no such file, got '{path}'; give the path of the file")
    from policypacks.engine.ledger import LEDGER

    ledger = None if project is None else project.directory / LEDGER
    return Policies(
        tuple(_resolved(name, root) for name in names),
        config or (project.policy_config if project else None),
        waivers or (project.waivers if project else None),
        ledger=ledger if ledger is not None and ledger.is_file() else None,
    )


def _resolved(name: str, root: Path) -> str:
    from policypacks.engine.pack import BUILT_IN

    if name in BUILT_IN:
        return name
    folder = root / name
    if not (folder / "pack.json").is_file() and not (folder.name == "pack.json" and folder.is_file()):
        hint = near(name, BUILT_IN) or f"name one of {', '.join(BUILT_IN)}, or a folder with a pack.json"
        raise UnknownNameError(f"policy pack '{name}': there is no such pack; {hint}")
    return str(folder)


def pack_named(name: str) -> "Pack":
    """A built-in pack, or that of a folder.

    Raises:
        UnknownNameError: there is none; near names are suggested.
        PolicyError: its ``pack.json`` is not right.
    """
    from policypacks.engine.pack import load_pack

    return load_pack(_resolved(name, Path()))


@dataclass(frozen=True, slots=True)
class PackSummary:
    """A pack in one line.

    Attributes:
        pack: the pack.
        rules: number of its rules.
        controls: number of controls of its framework that it has rules for; 0 for a pack without a framework.
    """

    pack: "Pack"
    rules: int
    controls: int


def built_in() -> list[PackSummary]:
    """The packs that come with the library."""
    from policypacks.engine.pack import BUILT_IN, load_pack

    packs = [load_pack(name) for name in BUILT_IN]
    return [PackSummary(pack, len(pack.rules), len(pack.controls()) if pack.framework else 0) for pack in packs]


def rule_named(rule_id: str) -> "Rule":
    """A rule by id.

    Raises:
        UnknownNameError: there is none; a near id is suggested.
    """
    from policypacks.engine.registry import load_rules

    rules = load_rules()
    if rule_id not in rules:
        hint = near(rule_id, rules) or "list them with `platform policy list baseline`"
        raise UnknownNameError(f"rule '{rule_id}': there is no such rule; {hint}")
    return rules[rule_id]
