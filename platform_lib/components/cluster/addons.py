"""The add-ons of a cluster: from their arguments to a plan, and what is wrong with them. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from platform_lib.components.cluster.args import ClusterAddonArgs
from platform_lib.components.cluster.versions import (
    ADDON_VERSIONS,
    DEFAULT_ADDONS,
    KUBE_PROXY,
    OLDEST_NODE_SKEW,
    AddonFacts,
    minor,
)
from platform_lib.core.errors import Finding, near

_ANY = AddonFacts(needed=False, before_nodes=False)


@dataclass(frozen=True)
class AddonPlan:
    """An add-on.

    Attributes:
        name: in EKS.
        version: of the add-on.
        before_nodes: it is made before the nodes, which it makes ready.
        configuration: values (JSON) of the component's own; empty for none, or for those of the arguments.
        service_account: in ``kube-system``, whose pods get permissions; empty for none.
        managed_policy: path of the managed policy that they get; empty for none.
    """

    name: str
    version: str
    before_nodes: bool
    configuration: str
    service_account: str
    managed_policy: str


def plan_addons(asked: Sequence[ClusterAddonArgs] | None, version: str) -> tuple[tuple[AddonPlan, ...], list[Finding]]:
    """The default add-ons in their order, then the others in the order of the arguments.

    Args:
        asked: what differs and what comes on top.
        version: minor version of the control plane.
    """
    by_name = {addon.name: (index, addon) for index, addon in enumerate(asked or ())}
    known = ADDON_VERSIONS.get(version, {})
    addons, findings = [], []
    for name in dict.fromkeys([*DEFAULT_ADDONS, *by_name]):
        index, one = by_name.get(name, (-1, ClusterAddonArgs(name=name)))
        facts, path = DEFAULT_ADDONS.get(name, _ANY), "addons" if index < 0 else f"addons[{index}]"
        if one.enabled is False:
            if facts.needed:
                problem = f"cannot be left out: no cluster works without {name}, got false"
                findings.append(Finding(f"{path}.enabled", problem, "leave it out of addons"))
            continue
        found = one.version or known.get(name, "")
        if not found:
            findings.append(_without_version(name, version, path))
            continue
        findings += _check_skew(name, found, version, path)
        addons.append(
            AddonPlan(
                name=name,
                version=found,
                before_nodes=facts.before_nodes,
                configuration=facts.configuration if one.configuration is None else "",
                service_account=facts.service_account,
                managed_policy=facts.managed_policy,
            )
        )
    return tuple(addons), findings


def _without_version(name: str, version: str, path: str) -> Finding:
    if name in DEFAULT_ADDONS:
        covered = ", ".join(ADDON_VERSIONS)
        problem = f"has no version of {name!r} that is known to fit {version} (known are those of {covered})"
        return Finding(path, problem, "give the version of every default add-on")
    remedy = near(name, DEFAULT_ADDONS) or "give one that 'aws eks describe-addon-versions' lists"
    return Finding(f"{path}.version", f"is required for {name!r}, which is not a default add-on", remedy)


def _check_skew(name: str, found: str, version: str, path: str) -> list[Finding]:
    if name != KUBE_PROXY:
        return []
    behind = minor(version) - minor(found)
    if 0 <= behind <= OLDEST_NODE_SKEW:
        return []
    problem = f"must be of 1.{minor(version) - OLDEST_NODE_SKEW} to {version}, got {found!r}"
    return [Finding(f"{path}.version", problem, "leave it out for the one that fits")]
