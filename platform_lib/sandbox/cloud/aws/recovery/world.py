"""The resources of AWS as plain data, found by the names that others know them by."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from platform_lib.core.values import Properties, plain
from platform_lib.sandbox.cloud.aws.region import REGIONS
from platform_lib.sandbox.cloud.aws.shared import KEY
from platform_lib.sandbox.cloud.store import Row, Store

_NAMES: Final = ("arn", "id", "name", "bucket", "url", "identifier", "clusterIdentifier", "globalClusterIdentifier")
_DEAD: Final = ("PendingDeletion", "PendingReplicaDeletion", "Disabled")


class World:
    """All of AWS in one cloud at one moment.

    Args:
        store: the cloud's memory.
        knows: whether a value counts as there although no resource has it (a key of another account).
    """

    def __init__(self, store: Store, knows: Callable[[str], bool] = lambda _: False) -> None:
        self._knows = knows
        self.rows = [row for row in store.rows() if row.package == "aws"]
        self._of: dict[str, list[Row]] = defaultdict(list)
        self._named: dict[str, list[Row]] = defaultdict(list)
        for row in self.rows:
            self._of[row.type].append(row)
            known = {row.id, *(text for key in _NAMES if isinstance(text := plain(row.outputs.get(key)), str) and text)}
            for name in known:
                self._named[name].append(row)

    def of(self, *types: str) -> Iterator[Row]:
        """The resources of the types, in order of creation."""
        for type_ in types:
            yield from self._of.get(type_, ())

    def named(self, name: str, *types: str, region: str = "") -> Row | None:
        """The resource of one of the types that goes by a name; in a region, where one is given."""
        found = (row for row in self._named.get(name, ()) if row.type in types)
        return next((row for row in found if not region or row.region == region), None)

    def key_fault(self, key: str, region: str) -> str:
        """Why data sealed with a key cannot be opened in a region; empty where it can.

        AWS's own keys are always there. The others must be, in that region, and be neither disabled nor about to be
        deleted (KMS developer guide, "Key states of AWS KMS keys").
        """
        if not key or ":alias/aws/" in key or key.startswith("alias/aws/") or key.endswith(":key/aws-backup"):
            return ""
        row = self.named(key, *KEY, region=region)
        if row is None and self._knows(key):
            return ""
        if row is None:
            elsewhere = self.named(key, *KEY)
            where = f"it is in {elsewhere.region}" if elsewhere is not None else "it is not there"
            return f"key {key} cannot be used in {region}: {where}"
        outputs = plain(row.outputs)
        if row.type == "aws:kms/alias:Alias":
            return self.key_fault(str(outputs.get("targetKeyArn", "")), region)
        switched_off = False in (inputs_of(row).get("isEnabled"), inputs_of(row).get("enabled"))
        if switched_off or outputs.get("keyState") in _DEAD:
            return f"key {key} cannot be used in {region}: it is disabled"
        return ""


def inputs_of(row: Row) -> Properties:
    """The inputs of a resource, secrets unwrapped."""
    found: Properties = plain(row.inputs)
    return found


def entries(value: Any, key: str) -> Iterator[Mapping[str, Any]]:
    """The objects in a list property; none where it is not set."""
    held = value.get(key) if isinstance(value, Mapping) else None
    for item in held if isinstance(held, list) else ():
        if isinstance(item, Mapping):
            yield item


def nested(value: Any, *keys: str) -> Any:
    """What stands below the keys; None where one is missing."""
    for key in keys:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def region_of(name: str) -> str:
    """The region that an arn or a host name of AWS names; empty where it names none."""
    if name.startswith("arn:"):
        parts = name.split(":")
        return parts[3] if len(parts) > 3 else ""
    return next((label for label in name.split(".") if label in REGIONS), "")
