"""What an upgrade does to a stack and to the contract of components, as data."""

from enum import StrEnum
from typing import Final, Literal

from platform_lib.operations.model import Model

FORMAT: Final = "1.0"


class Bump(StrEnum):
    """What a release of it has to raise, as Semantic Versioning 2.0.0 has it."""

    PATCH = "patch"
    MINOR = "minor"
    MAJOR = "major"


BUMPS: Final = tuple(Bump)


class Kind(StrEnum):
    """What happened to a part of a contract."""

    ADDED = "added"
    """Something that nobody has to know: an optional input, an output, a component, a value."""

    DEFAULT_CHANGED = "default changed"
    """Who says nothing gets something else."""

    DEFAULT_REWORDED = "default reworded"
    """A description tells the default in other words, with the same numbers: somebody should look."""

    DEPRECATED = "deprecated"
    REMOVED = "removed"
    RENAMED = "renamed"
    REQUIRED = "required"
    """An input that has to be given now."""

    TYPE_CHANGED = "type changed"


BUMP_OF: Final = {
    Kind.ADDED: Bump.MINOR,
    Kind.DEFAULT_REWORDED: Bump.MINOR,
    Kind.DEPRECATED: Bump.MINOR,
    Kind.DEFAULT_CHANGED: Bump.MAJOR,
    Kind.REMOVED: Bump.MAJOR,
    Kind.RENAMED: Bump.MAJOR,
    Kind.REQUIRED: Bump.MAJOR,
    Kind.TYPE_CHANGED: Bump.MAJOR,
}


class ContractChange(Model):
    """One change of what components offer."""

    kind: Kind
    subject: str
    """Component or type, with the property: ``VpcComponent.inputs.cidr``."""

    detail: str = ""
    bump: Bump


class Renamed(Model):
    """A resource that goes on under another URN, as an alias says."""

    old: str
    new: str


class Lost(Model):
    """A resource that does not survive."""

    urn: str
    type: str
    action: Literal["replace", "delete"]
    keys: tuple[str, ...] = ()
    """Properties that force the replacement."""

    protected: bool = False
    stateful: str = ""
    """What is lost with it, empty where nothing is."""

    likely: str = ""
    """URN of a new resource of the same type, of which this one may be the old name: it lacks an alias."""


class UpgradeReport(Model):
    """What an upgrade does."""

    format: Literal["1.0"] = FORMAT
    since: str
    """The old revision, as it was asked for."""

    commit: str
    """Its commit."""

    project: str
    stack: str
    lost: tuple[Lost, ...] = ()
    renamed: tuple[Renamed, ...] = ()
    created: tuple[str, ...] = ()
    updated: tuple[str, ...] = ()
    pending: tuple[str, ...] = ()
    """URNs that the old version would change too: not deployed yet, and not the upgrade's doing."""

    contract: tuple[ContractChange, ...] = ()
    bump: Bump
    version: str
    """Of the library at the old revision; empty where it is not told."""

    next_version: str
    """The version that the change needs; empty where the old one is not told."""

    def to_json(self) -> str:
        """The report as JSON text."""
        return self.model_dump_json(by_alias=True, indent=2) + "\n"


def bump_of(lost: bool, moved: bool, contract: "tuple[ContractChange, ...]") -> Bump:
    """The largest that any change asks for; a stack that changes without its program asks for a minor one at least."""
    asked = [item.bump for item in contract]
    asked += [Bump.MAJOR] if lost else [Bump.MINOR] if moved else []
    return max(asked, key=BUMPS.index, default=Bump.PATCH)


def next_version(version: str, bump: Bump) -> str:
    """The next version; before 1.0.0 a breaking change raises the minor, since the major says that nothing is settled.

    See https://semver.org/spec/v2.0.0.html, items 4 and 8.
    """
    parts = version.split(".")
    if len(parts) != 3 or not all(part.isdigit() for part in parts):
        return ""
    major, minor, patch = (int(part) for part in parts)
    if bump is Bump.PATCH:
        return f"{major}.{minor}.{patch + 1}"
    if bump is Bump.MINOR or major == 0:
        return f"{major}.{minor + 1}.0"
    return f"{major + 1}.0.0"


def suffices(release: Bump, needed: Bump, version: str) -> bool:
    """Whether what a release raises is enough for a change; before 1.0.0 a minor one may break."""
    if needed is Bump.MAJOR and version.startswith("0."):
        needed = Bump.MINOR
    return BUMPS.index(release) >= BUMPS.index(needed)
