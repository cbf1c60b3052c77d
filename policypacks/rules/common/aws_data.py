"""What rules about AWS data stores share: customer keys, engine parameters, managed passwords."""

import json
from collections.abc import Callable, Collection
from typing import Any

from platform_lib.core.values import UNKNOWN
from policypacks.engine.rule import PASS, Node, Resource, Verdict, all_in, fail, judge, undetermined


def require_customer_key(node: Node, *paths: str, absent: Verdict | None = None) -> Verdict:
    """A KMS key of one's own must be named at every path.

    The aliases ``alias/aws/...`` are keys that AWS manages. A key that is not known yet is one that the program makes,
    so it counts as one's own.

    Source: https://docs.aws.amazon.com/kms/latest/developerguide/concepts.html#aws-managed-key

    Args:
        node: where the paths start.
        paths: property paths of keys.
        absent: the verdict where none is set; a failure when left out, for AWS then takes a key of its own.
    """

    def check(leaf: Node) -> Verdict:
        if not leaf.exists():
            return absent or fail(leaf.path, "is not set", f"set {leaf.path} to a KMS key of your own")
        if leaf.value is not UNKNOWN and "alias/aws/" in str(leaf.value):
            return fail(leaf.path, f"is a key of AWS, got {leaf.shown()}", f"set {leaf.path} to a KMS key of your own")
        return PASS

    return all_in(judge(check, leaf) for path in paths for leaf in node.leaves(path))


def require_parameter(group: Resource, name: str, allowed: Collection[str]) -> Verdict:
    """A parameter group must set a parameter to one of the allowed values; case does not matter.

    Args:
        group: a resource with ``parameters[].name`` and ``parameters[].value``.
        name: the parameter.
        allowed: values, the one to recommend first.
    """
    wanted = {value.lower() for value in allowed}
    best = next(iter(allowed))
    return _parameter(group, name, lambda value: value in wanted, f"set the parameter {name} to {best}")


def require_parameter_not(group: Resource, name: str, denied: Collection[str], best: str) -> Verdict:
    """A parameter group must set a parameter, and to none of the denied values; case does not matter."""
    unwanted = {value.lower() for value in denied}
    return _parameter(group, name, lambda value: value not in unwanted, f"set the parameter {name} to {best}")


def parameter(group: Resource, name: str) -> Node | None:
    """The entry of a parameter in a parameter group, or None where the group does not set it.

    Raises:
        Undetermined: the parameters, or the name of one, are not known yet.
    """
    for entry in group.items("parameters"):
        if str(entry.get("name")).lower() == name:
            return entry
    return None


def _parameter(group: Resource, name: str, test: Callable[[str], bool], remedy: str) -> Verdict:
    entry = parameter(group, name)
    if entry is None:
        return fail("parameters", f"do not set {name}", remedy)
    value = entry.at("value")
    if value.value is UNKNOWN:
        return undetermined(value.path)
    if test(str(value.read()).lower()):
        return PASS
    return fail(value.path, f"sets {name} to {value.shown()}", remedy)


def require_managed_password(store: Resource, *passwords: str) -> Verdict:
    """The service must keep the master password itself, or the program must give it as a secret.

    Args:
        store: a database with ``manageMasterUserPassword``.
        passwords: its properties that may hold the password.
    """
    managed = store.at("manageMasterUserPassword")
    if managed.value is not UNKNOWN and str(managed.read()).lower() == "true":
        return PASS
    given = [path for path in passwords if store.present(path)]
    remedy = "set manageMasterUserPassword to true"
    if given:
        plain = [path for path in given if not store.is_secret(path)]
        if not plain:
            return PASS
        verdict = fail(plain[0], "is not a secret", remedy)
    else:
        verdict = fail("manageMasterUserPassword", "is not true, and no password is given as a secret", remedy)
    return undetermined(managed.path) if managed.value is UNKNOWN else verdict


def zones_of_members(cluster: Resource, kind: str) -> Verdict:
    """A database cluster must have members in two zones at least.

    Members that name no zone are spread by the service, those whose zone is not known yet may be anywhere.

    Args:
        cluster: RDS, Neptune or DocumentDB cluster, in a rule of stack scope.
        kind: type token of its members, which name it by ``clusterIdentifier``.
    """
    members = cluster.stack.related(cluster, kind, by="clusterIdentifier", key="clusterIdentifier")
    zones = [member.at("availabilityZone") for member in members.sure]
    pending = [zone for zone in zones if zone.value is UNKNOWN]
    known = [zone.read() for zone in zones if zone.value is not UNKNOWN]
    named = {zone for zone in known if zone is not None}
    spread = len(members.sure) >= 2 and (len(named) >= 2 or None in known)
    if spread:
        return PASS
    if members.maybe:
        return undetermined(*(f"{member.name}.clusterIdentifier" for member in members.maybe))
    if pending and len(members.sure) >= 2:
        return undetermined(*(f"{zone.root.name}.{zone.path}" for zone in pending))
    return fail(
        "",
        f"has {len(members.sure)} members in {len(named)} zones",
        f"add a {kind.rsplit(':', 1)[-1]} in another availabilityZone",
    )


def document(node: Node, path: str) -> Any:
    """The value of a property that holds JSON, as text or as data; None where it is absent.

    Raises:
        Undetermined: it is not known yet.
        ValueError: it is not JSON.
    """
    value = node.get(path)
    return json.loads(value) if isinstance(value, str) else value


def inside(value: Any, *keys: str) -> Any:
    """What stands in nested maps of a document under the keys; None where there is nothing."""
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value
