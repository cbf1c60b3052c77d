"""The contract of a store: keys and features of its views with their types, and what breaks it. Pure."""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence

from platform_lib.components.features.arguments.contract import PinnedContractArgs, PinnedViewArgs
from platform_lib.components.features.kind import FeatureType
from platform_lib.components.features.planning.model import StorePlan
from platform_lib.core.errors import Finding, near


def contract_of(plan: StorePlan) -> list[PinnedViewArgs]:
    """The whole contract of a planned store, by name of the view."""
    stored = [
        PinnedViewArgs(
            name=view.name,
            keys={entity.join_key: entity.type for entity in view.entities},
            features={feature.name: feature.type for feature in view.features},
        )
        for view in plan.views
    ]
    keys = {view.name: view.keys for view in stored}
    computed = [
        PinnedViewArgs(
            name=view.name,
            keys={**{key: kind for name in view.views for key, kind in keys[name].items()}, **dict(view.inputs)},
            features={feature.name: feature.type for feature in view.features},
        )
        for view in plan.request_views
        if all(name in keys for name in view.views)
    ]
    return sorted([*stored, *computed], key=lambda view: view.name)


def contract_digest(views: Iterable[PinnedViewArgs]) -> str:
    """The digest of a contract, or of a part of one: the same whatever the order of views, keys and features.

    Returns:
        ``sha256:`` and 64 hexadecimal digits.
    """
    plain = {view.name: {"keys": _types(view.keys), "features": _types(view.features)} for view in views}
    text = json.dumps(plain, sort_keys=True, separators=(",", ":"))
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def part_of(contract: Sequence[PinnedViewArgs], features: Sequence[str]) -> tuple[list[PinnedViewArgs], list[Finding]]:
    """What a consumer uses of a contract.

    Args:
        contract: of the store.
        features: what it asks for, as ``view:feature``.

    Returns:
        The part, and a finding for each feature that is not there.
    """
    views = {view.name: view for view in contract}
    there = [f"{view.name}:{feature}" for view in contract for feature in view.features]
    wanted: dict[str, dict[str, FeatureType]] = {}
    findings = []
    for index, text in enumerate(features):
        name, _, feature = text.partition(":")
        if text in there:
            wanted.setdefault(name, {})[feature] = views[name].features[feature]
        else:
            findings.append(Finding(f"features[{index}]", f"is not in the store, got {text!r}", near(text, there)))
    part = [PinnedViewArgs(name=name, keys=views[name].keys, features=found) for name, found in wanted.items()]
    return part, findings


def check_contract(plan: StorePlan, pinned: PinnedContractArgs | None) -> list[Finding]:
    """What consumers rely on and the planned store does not give any more."""
    if pinned is None:
        return []
    now = {view.name: view for view in contract_of(plan)}
    retired = {view.name for view in plan.retired}
    findings = []
    digest = contract_digest(pinned.views)
    if pinned.digest is not None and pinned.digest != digest:
        problem = f"is not the digest of the views beside it ({digest}), got {pinned.digest!r}"
        findings.append(Finding("pinned_contract.digest", problem, "take both from one store"))
    for index, view in enumerate(pinned.views):
        path = f"pinned_contract.views[{index}]"
        if view.name in now:
            findings += _compared(view, now[view.name], path)
        elif view.name in retired:
            problem = f"is retired, but consumers rely on it, got {view.name!r}"
            findings.append(Finding(f"{path}.name", problem, "let them move first, and take it from pinned_contract"))
        else:
            problem = f"is gone, but consumers rely on it, got {view.name!r}"
            findings.append(Finding(f"{path}.name", problem, near(view.name, now) or "bring it back"))
    return findings


def _compared(pinned: PinnedViewArgs, now: PinnedViewArgs, path: str) -> list[Finding]:
    findings = []
    if pinned.keys != now.keys:
        problem = f"are now {_told(now.keys)}, but consumers look {pinned.name!r} up by {_told(pinned.keys)}"
        findings.append(Finding(f"{path}.keys", problem, "make a view under another name, and retire this one later"))
    for name, kind in pinned.features.items():
        found = now.features.get(name)
        if found is None:
            problem = f"is gone from {pinned.name!r}, but consumers rely on it"
            findings.append(Finding(f"{path}.features.{name}", problem, near(name, now.features) or "bring it back"))
        elif found is not kind:
            problem = f"changes its type from {kind.value} to {found.value}, got {pinned.name!r}"
            findings.append(Finding(f"{path}.features.{name}", problem, "add a feature under another name instead"))
    return findings


def _types(found: Mapping[str, FeatureType]) -> dict[str, str]:
    return {name: kind.value for name, kind in found.items()}


def _told(keys: Mapping[str, FeatureType]) -> str:
    return ", ".join(f"{name} ({kind.value})" for name, kind in sorted(keys.items())) or "nothing"
