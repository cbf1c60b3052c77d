"""What no SDK holds of a resource type: forced replacements, automatic names, sensitive inputs.

The data under ``data/`` is one file a package; its ``_meta`` says what each section was read from, when, and how far it
may be trusted. Nothing here is invented for a type that a section does not list.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any, Final

from platform_lib.sandbox.schema.model import AutonameRule, Certainty, DeleteFirst, PropertySchema, ReplaceRule

_SECTIONS: Final[tuple[tuple[str, Certainty], ...]] = (
    ("replaceOnChange", "certain"),
    ("providerFacts", "certain"),
    ("addRemoveOnly", "add-remove"),
    ("conditional", "conditional"),
    ("inferred", "inferred"),
)
_HELM_RELEASE: Final = "kubernetes:helm.sh/v3:Release"
_OBJECT_META: Final = "kubernetes:meta/v1:ObjectMeta"
_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"
_BRIDGED: Final = frozenset({"aws", "gcp", "vault"})
_CERTAIN_FIRST: Final[Mapping[Certainty, int]] = {"certain": 0, "add-remove": 1, "conditional": 2, "inferred": 3}


@dataclass(frozen=True, slots=True)
class ProviderFacts:
    """The provider facts of one resource type; the fields are those of ``ResourceSchema``."""

    replace: tuple[ReplaceRule, ...] = ()
    autoname: AutonameRule | None = None
    delete_before_replace: bool = False
    delete_first: DeleteFirst = "never"
    secret_inputs: tuple[str, ...] = ()
    immutable: tuple[str, ...] = ()
    id_property: str = ""
    sources: tuple[tuple[str, str], ...] = ()


@cache
def data(package: str) -> Mapping[str, Any]:
    """The facts of a package by section; empty for a package without any."""
    file = resources.files("platform_lib.sandbox.schema") / "data" / f"{package}.json"
    if not file.is_file():
        return {}
    loaded: Mapping[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return loaded


def _replace_source(package: str, certainties: set[Certainty]) -> str:
    meta = data(package)["_meta"]["replace"]
    if package == "azure-native":
        text = "rule of the provider: path parameters, own name, location; constants in its source for 14 types"
    else:
        text = str(meta["source"])
    if "inferred" in certainties:
        measured = meta["inference"]
        precision, recall = measured["leaveOneOutPrecision"], measured["leaveOneOutRecall"]
        text += f"; inferred: predicted by the name of the property, precision {precision}, recall {recall}"
    return text


def _rules(package: str, token: str, inputs: Mapping[str, PropertySchema]) -> Iterator[ReplaceRule]:
    facts = data(package)
    for section, certainty in _SECTIONS:
        for path in facts.get(section, {}).get(token, ()):
            yield ReplaceRule(path, certainty)
    if package == "aws" and "region" in inputs:
        # Terraform AWS provider 6, on which pulumi-aws 7 stands: another region is another resource.
        yield ReplaceRule("region", "certain")


def _kubernetes_rules(token: str, inputs: Mapping[str, PropertySchema], *, listed: bool) -> Iterator[ReplaceRule]:
    """Rules for kinds without a row of their own: identity for every kind, name and namespace for a Helm release."""
    if token == _HELM_RELEASE:
        yield ReplaceRule("name", "certain")
        yield ReplaceRule("namespace", "certain")
    elif not listed and "metadata" in inputs and inputs["metadata"].type.object_token.startswith(_OBJECT_META):
        yield ReplaceRule("metadata.name", "certain")
        yield ReplaceRule("metadata.namespace", "certain")


def _note_fields(note: str) -> dict[str, Any]:
    """What the remark on an automatic name says, as fields of the rule; the text that is left as its note."""
    fields: dict[str, Any] = {}
    rest = []
    for part in filter(None, (item.strip() for item in note.split(";"))):
        if part == "lower":
            fields["lower"] = True
        elif part == "random part a-z":
            fields["charset"] = _LETTERS
        elif part.startswith("prefix "):
            fields["prefix"] = part.split()[1]
        elif " added when " in part and part.endswith("=true"):
            fields["suffix"], condition = part.split(" added when ")
            fields["suffix_if"] = condition.removesuffix("=true")
        elif part != "no random part":
            rest.append(part)
    if rest:
        fields["note"] = "; ".join(rest)
    return fields


def _autoname(package: str, token: str, inputs: Mapping[str, PropertySchema]) -> AutonameRule | None:
    facts = data(package)
    if package == "kubernetes":
        source = str(facts["_meta"]["replace"]["autonaming"])
        if token == _HELM_RELEASE:
            return AutonameRule(
                "name", 0, "-", 8, source="provider/pkg/provider/helm_release.go of pulumi/pulumi-kubernetes"
            )
        # Patch kinds (of ObjectMetaPatch) name an existing object and get no automatic name.
        if "metadata" in inputs and inputs["metadata"].type.object_token == f"{_OBJECT_META}Args":
            return AutonameRule("metadata.name", 0, "-", 8, source=source)
        return None
    entry = facts.get("autoname", {}).get(token)
    if entry is None:
        if token not in _defaults(package):
            return None
        entry = ["name", 255, "-", 7]
    source = str(facts["_meta"]["autoname"]["sources"])
    if package == "azure-native":
        name, kind = entry
        digits = {"random": 8, "copy": 0, "uuid": -1}[kind]
        return AutonameRule(name, 0, "", digits, source=f"{facts['_meta']['autoname']['kinds']}")
    name, length, separator, digits, *note = entry
    return AutonameRule(name, length, separator, digits, source=source, **_note_fields(note[0] if note else ""))


@cache
def _defaults(package: str) -> frozenset[str]:
    return frozenset(data(package).get("autonameDefault", ()))


def _delete_first(package: str, token: str, autoname: AutonameRule | None) -> DeleteFirst:
    if token in data(package).get("deleteBeforeReplace", ()):
        return "always"
    if package in _BRIDGED:
        return "named" if autoname else "never"
    if package == "kubernetes":
        return "same-name" if autoname and autoname.property == "metadata.name" else "never"
    return "not-random" if package == "azure-native" else "never"


def provider_facts(package: str, token: str, inputs: Mapping[str, PropertySchema]) -> ProviderFacts:
    """What is known of the type beyond its SDK.

    Args:
        package: of the token.
        token: canonical resource token.
        inputs: as read from the SDK; rules by property name look at them.

    Returns:
        The facts; empty for a package without data. A path that two sections name is listed once, the surer one.
    """
    facts = data(package)
    if not facts or token.startswith("pulumi:"):
        return ProviderFacts()
    twin = facts.get("twins", {}).get(token)
    known = token if twin is None or any(token in facts.get(section, {}) for section, _ in _SECTIONS) else twin
    found: dict[str, Certainty] = {}
    rules = list(_rules(package, known, inputs))
    if package == "kubernetes":
        rules.extend(_kubernetes_rules(token, inputs, listed=bool(rules)))
    for rule in rules:
        if rule.path not in found or _CERTAIN_FIRST[rule.certainty] < _CERTAIN_FIRST[found[rule.path]]:
            found[rule.path] = rule.certainty
    autoname = _autoname(package, token, inputs)
    delete_first = _delete_first(package, token, autoname)
    secret = tuple(facts.get("secretInputs", {}).get(known, ()))
    sources = []
    if found:
        sources.append(("replace", _replace_source(package, set(found.values()))))
    if autoname:
        sources.append(("autoname", autoname.source))
    if secret:
        sources.append(("secret_inputs", str(facts["_meta"]["secretInputs"]["what"])))
    immutable = tuple(facts.get("documentedImmutable", {}).get(known, ()))
    if immutable:
        sources.append(("immutable", "documentation in the SDK: cannot be changed once set"))
    return ProviderFacts(
        replace=tuple(ReplaceRule(path, found[path]) for path in sorted(found)),
        autoname=autoname,
        delete_before_replace=delete_first == "always",
        delete_first=delete_first,
        secret_inputs=secret,
        immutable=immutable,
        id_property=facts.get("idProperty", {}).get(known, ""),
        sources=tuple(sources),
    )
