"""Automatic names as the providers make them: logical name, separator, random part; too long is an error, never cut.

Bridged providers (aws, gcp, vault) keep the list of what they filled in under ``__defaults`` and reuse such a name
from the
old inputs; azure-native marks random names by ``__createBeforeDelete``; kubernetes names objects in ``metadata.name``
and
annotates them ``pulumi.com/autonamed``. The rules are those of the provider facts (``AutonameRule``).
"""

import hashlib
from typing import Any

from platform_lib.core.values import UNKNOWN, Properties, plain
from platform_lib.sandbox.protocol import Autonaming, CheckFailure
from platform_lib.sandbox.schema.model import AutonameRule

DEFAULTS = "__defaults"
RANDOM_NAME = "__createBeforeDelete"
AUTONAMED = "pulumi.com/autonamed"
_HEX = "0123456789abcdef"


def unique_name(seed: bytes, prefix: str, digits: int, max_length: int, charset: str = _HEX) -> str:
    """The prefix and ``digits`` random characters that follow from the seed.

    Raises:
        ValueError: the name would be longer than the type allows (stock text).
    """
    if digits <= 0:
        digits = 8
    if max_length > 0 and len(prefix) + digits > max_length:
        raise ValueError(f"name '{prefix}' plus {digits} random chars is longer than maximum length {max_length}")
    stream = b""
    state = hashlib.sha256(seed).digest()
    while len(stream) < digits:
        state = hashlib.sha256(state).digest()
        stream += state
    return prefix + "".join(charset[byte % len(charset)] for byte in stream[:digits])


def automatic(
    rule: AutonameRule, urn: str, seed: bytes, autonaming: Autonaming | None, *, suffixed: bool = False
) -> str | CheckFailure | None:
    """A new automatic name, why there is none, or None where automatic names are switched off.

    Args:
        rule: of the type.
        urn: of the resource; its last part is the logical name.
        seed: random bytes of the operation.
        autonaming: the engine's proposal.
        suffixed: whether the input that asks for the rule's suffix is set.
    """
    logical = urn.rpartition("::")[2]
    tail = rule.suffix if suffixed else ""
    if autonaming is not None and autonaming.mode == "disable":
        return None
    if autonaming is not None:
        name = autonaming.proposed
        if rule.lower and autonaming.mode == "propose":
            name = name.lower()
        if autonaming.mode == "propose":
            name = rule.prefix * (not name.startswith(rule.prefix)) + name + tail * (not name.endswith(tail))
        if rule.max_length and len(name) > rule.max_length:
            return CheckFailure(
                rule.property,
                f"the proposed automatic name '{name}' has {len(name)} characters, over the maximum of "
                f"{rule.max_length}",
            )
        return name
    base = rule.prefix + (logical.lower() if rule.lower else logical)
    if rule.random_digits == -1:
        text = hashlib.sha256(seed + urn.encode()).hexdigest()
        return f"{text[:8]}-{text[8:12]}-4{text[13:16]}-a{text[17:20]}-{text[20:32]}"
    if rule.random_digits == 0:
        return base + tail
    room = rule.max_length - len(tail) if rule.max_length else 0
    try:
        return unique_name(seed + urn.encode(), base + rule.separator, rule.random_digits, room, rule.charset) + tail
    except ValueError as error:
        reason = f"{error}; set '{rule.property}' yourself or shorten the logical name '{logical}'"
        return CheckFailure(rule.property, reason)


def fill_bridged(
    rule: AutonameRule, urn: str, olds: Properties, news: Properties, seed: bytes, autonaming: Autonaming | None
) -> CheckFailure | None:
    """Fills in the name of a bridged resource and notes it under ``__defaults``; a failure where it does not fit."""
    if news.get(rule.property) is not None or news.get(f"{rule.property}Prefix") is not None:
        return None
    was_default = rule.property in plain(olds.get(DEFAULTS, []))
    if was_default and olds.get(rule.property) is not None:
        name: Any = olds[rule.property]
    else:
        name = automatic(rule, urn, seed, autonaming, suffixed=plain(news.get(rule.suffix_if)) is True)
    if isinstance(name, CheckFailure):
        return name
    if name is not None:
        news[rule.property] = name
        news.setdefault(DEFAULTS, []).append(rule.property)
    return None


def fill_azure(
    rule: AutonameRule, urn: str, olds: Properties, news: Properties, seed: bytes, autonaming: Autonaming | None
) -> CheckFailure | None:
    """Fills in the name of an azure-native resource; a random one is marked: it may be there beside the old one."""
    if news.get(rule.property) is not None:
        return None
    if olds.get(rule.property) is not None:
        news[rule.property] = olds[rule.property]
        if plain(olds.get(RANDOM_NAME)) is True:
            news[RANDOM_NAME] = True
        return None
    name = automatic(rule, urn, seed, autonaming)
    if isinstance(name, CheckFailure):
        return name
    if name is not None:
        news[rule.property] = name
        if rule.random_digits != 0 or autonaming is not None:
            news[RANDOM_NAME] = True
    return None


def fill_kubernetes(
    urn: str, olds: Properties, news: Properties, seed: bytes, autonaming: Autonaming | None
) -> CheckFailure | None:
    """Fills in ``metadata.name`` with its annotation, unless the name or ``generateName`` is set."""
    metadata = news.get("metadata")
    if metadata is UNKNOWN:
        return None
    held = dict(metadata) if isinstance(metadata, dict) else {}
    if held.get("name") is not None or held.get("generateName") is not None:
        return None
    old_metadata = olds.get("metadata")
    old = old_metadata if isinstance(old_metadata, dict) else {}
    if is_autonamed(old) and old.get("name"):
        name: Any = old["name"]
    else:
        name = automatic(AutonameRule("metadata.name", 0, "-", 8), urn, seed, autonaming)
    if isinstance(name, CheckFailure):
        return name
    if name is None:
        return CheckFailure("metadata.name", "no name is set and automatic names are switched off; set metadata.name")
    annotations = held.get("annotations")
    held["name"] = name
    held["annotations"] = {**(annotations if isinstance(annotations, dict) else {}), AUTONAMED: "true"}
    news["metadata"] = held
    return None


def is_autonamed(metadata: Any) -> bool:
    """Whether kubernetes metadata carry an automatic name."""
    annotations = metadata.get("annotations") if isinstance(metadata, dict) else None
    return isinstance(annotations, dict) and plain(annotations.get(AUTONAMED)) == "true"
