"""The catalogue: what each check is about, its severity, its controls. Data, read once and fast."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from platform_lib.core.errors import PolicyError, near

Severity = Literal["low", "medium", "high", "critical"]
SEVERITIES: tuple[Severity, ...] = ("low", "medium", "high", "critical")
FRAMEWORKS = {"hipaa": "HIPAA", "pci_dss": "PCI DSS", "soc2": "SOC 2"}
"""The frameworks of the catalogue, with the names that messages use."""

CATALOGUE = Path(__file__).parent.parent / "catalogue"


@dataclass(frozen=True, slots=True)
class Record:
    """One check of the catalogue.

    Attributes:
        id: the rule's id.
        provider: Pulumi package, or ``any``.
        tier: 1 first, then 2 and 3.
        severity: how bad a violation is.
        scope: ``resource`` where one resource's inputs decide, ``stack`` where several resources do.
        absent: what an absent property means, by the provider's default: ``violation`` or ``pass``.
        condition: what a compliant resource looks like, in words.
        resources: type tokens it reads; ``*`` is every resource of the provider.
        properties: property paths it reads; ``Class:path`` limits a path to one of the resources.
        remediable: whether a rewrite of inputs can mend it.
        fix: the rewrite: path to value; ``$config.x`` comes from the rule's configuration.
        replace_risk: whether the rewrite is known to replace a resource that exists.
        themes: what it is about, see ``catalogue/themes.json``.
        controls: framework to control ids.
        peers: other tools' ids for the same check.
        note: what else to know.
        group: the catalogue file, which is also the name of the rule module: ``aws/s3``.
    """

    id: str
    provider: str
    tier: int
    severity: Severity
    scope: Literal["resource", "stack"]
    absent: Literal["violation", "pass"]
    condition: str
    resources: tuple[str, ...]
    properties: tuple[str, ...] = ()
    remediable: bool = False
    fix: Mapping[str, Any] = field(default_factory=dict)
    replace_risk: bool = False
    themes: tuple[str, ...] = ()
    controls: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    peers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    note: str = ""
    group: str = ""


def read_records(path: Path, group: str) -> list[Record]:
    """The records of one catalogue file.

    Raises:
        PolicyError: the file cannot be read, or an entry has an unknown or missing field.
    """
    try:
        entries = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise PolicyError(f"catalogue {path.name}: cannot be read, {error}; mend the file") from error
    records = []
    for entry in entries:
        for key in ("resources", "properties", "themes"):
            if key in entry:
                entry[key] = tuple(entry[key])
        for key in ("controls", "peers"):
            if key in entry:
                entry[key] = {name: tuple(ids) for name, ids in entry[key].items()}
        try:
            records.append(Record(**entry, group=group))
        except TypeError as error:
            raise PolicyError(f"catalogue {path.name}: {entry.get('id', '?')}: {error}; see Record") from error
    return records


@lru_cache(maxsize=1)
def catalogue() -> Mapping[str, Record]:
    """Every check of the catalogue by id.

    Raises:
        PolicyError: a file cannot be read, or two checks have one id.
    """
    found: dict[str, Record] = {}
    for path in sorted((CATALOGUE / "checks").glob("*/*.json")):
        for record in read_records(path, f"{path.parent.name}/{path.stem}"):
            if record.id in found:
                raise PolicyError(f"catalogue {path.name}: {record.id}: is there twice; give one another id")
            found[record.id] = record
    return found


def find(rule_id: str) -> Record:
    """The record of a check.

    Raises:
        PolicyError: there is none; the nearest id is named.
    """
    known = catalogue()
    if rule_id not in known:
        raise PolicyError(f"rule '{rule_id}': is not in the catalogue; {near(rule_id, known) or 'add a record first'}")
    return known[rule_id]


@dataclass(frozen=True, slots=True)
class Control:
    """A control of a framework.

    Attributes:
        framework: key of ``FRAMEWORKS``.
        id: the control's id.
        title: in our own words.
        iac: how far infrastructure code can show it: ``direct``, ``partial`` or ``none``.
        facts: what else the framework file says (kind, standard, safeguard, future_dated, service_provider, ...).
    """

    framework: str
    id: str
    title: str
    iac: str
    facts: Mapping[str, Any]


@lru_cache(maxsize=8)
def controls(framework: str) -> Mapping[str, Control]:
    """The controls of a framework by id, in the framework's order.

    Raises:
        PolicyError: there is no such framework.
    """
    if framework not in FRAMEWORKS:
        hint = near(framework, FRAMEWORKS) or f"known are {', '.join(FRAMEWORKS)}"
        raise PolicyError(f"framework '{framework}': is not known; {hint}")
    text = (CATALOGUE / "frameworks" / f"{framework}.json").read_text(encoding="utf-8")
    return {
        entry["id"]: Control(framework, entry["id"], entry["title"], entry["iac"], entry)
        for entry in json.loads(text)["controls"]
    }


@lru_cache(maxsize=1)
def themes() -> Mapping[str, Mapping[str, Any]]:
    """What a theme is about, and the control ids it stands for: our own reading of the frameworks."""
    loaded: Mapping[str, Mapping[str, Any]] = json.loads((CATALOGUE / "themes.json").read_text(encoding="utf-8"))
    return loaded
