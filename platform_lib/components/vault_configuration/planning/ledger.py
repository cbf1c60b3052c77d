"""The rotation ledger: what has to be rotated, by whom, how often, and when that was last done. Pure.

Nothing here knows what day it is: ``platform secrets due`` compares the ledger with the clock.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from platform_lib.components.vault_configuration.arguments.auth import AuthArgs, KubernetesAuthArgs, OidcAuthArgs
from platform_lib.components.vault_configuration.arguments.engine import (
    DatabaseEngineArgs,
    EnginesArgs,
    PkiEngineArgs,
    TransitEngineArgs,
)
from platform_lib.components.vault_configuration.arguments.shared import RotationArgs
from platform_lib.components.vault_configuration.arguments.use import BreakGlassArgs, SecretArgs
from platform_lib.components.vault_configuration.capability import EngineFacts
from platform_lib.components.vault_configuration.kind import RotationDays, Rotator, SecretKind
from platform_lib.components.vault_configuration.planning.auth import each_method, method_path
from platform_lib.components.vault_configuration.planning.engine import (
    PKI_VALID_DAYS,
    STATIC_ROLE_DAYS,
    TRANSIT_DAYS,
    each_engine,
    engine_path,
    longest_certificate_days,
)
from platform_lib.core.errors import Finding, near

MAXIMUM_DAYS = RotationDays.DAYS_90


@dataclass(frozen=True)
class LedgerEntry:
    """A secret that has to be rotated.

    Attributes:
        name: unique in the ledger.
        kind: what it is.
        path: where it is, as the API has it.
        owner: the team that answers for it.
        maximum_days: how old it may become.
        last_rotated: day of the last rotation; empty where the engine rotates, which does not say.
        rotated_by: the engine, or people.
    """

    name: str
    kind: SecretKind
    path: str
    owner: str
    maximum_days: int
    last_rotated: str
    rotated_by: Rotator


def plan_ledger(
    secrets: Sequence[SecretArgs],
    auth: AuthArgs | None,
    engines: EnginesArgs | None,
    break_glass: BreakGlassArgs | None,
    *,
    engine: EngineFacts,
    owner: str,
) -> tuple[LedgerEntry, ...]:
    """All entries, by their name.

    Args:
        secrets: what people write.
        auth: the auth methods.
        engines: the secrets engines.
        break_glass: access for an emergency.
        engine: the software that the servers run.
        owner: who answers where nobody is named.
    """
    found = [_by_people(one.name, SecretKind.STATIC_SECRET, one.path, one.rotation, owner) for one in secrets]
    found += _of_auth(auth, owner)
    found += _of_engines(engines, engine, owner)
    if break_glass is not None:
        found.append(_by_people("break-glass", SecretKind.BREAK_GLASS_REVIEW, "break-glass", break_glass.review, owner))
    return tuple(sorted(found, key=lambda entry: entry.name))


def _by_people(name: str, kind: SecretKind, path: str, rotation: RotationArgs, owner: str) -> LedgerEntry:
    days = int(rotation.maximum_days or MAXIMUM_DAYS)
    return LedgerEntry(name, kind, path, rotation.owner or owner, days, rotation.last_rotated, Rotator.PEOPLE)


def _of_auth(auth: AuthArgs | None, owner: str) -> Iterator[LedgerEntry]:
    for kind, _, method in each_method(auth):
        path = f"auth/{method_path(kind, method)}/config"
        if isinstance(method, OidcAuthArgs):
            yield _by_people(path, SecretKind.CLIENT_SECRET, path, method.rotation, owner)
        elif isinstance(method, KubernetesAuthArgs) and method.rotation is not None:
            yield _by_people(path, SecretKind.REVIEWER_TOKEN, path, method.rotation, owner)


def _of_engines(engines: EnginesArgs | None, engine: EngineFacts, owner: str) -> Iterator[LedgerEntry]:
    for kind, _, one in each_engine(engines):
        path = engine_path(kind, one)
        if isinstance(one, DatabaseEngineArgs):
            yield from _of_databases(one, path, engine, owner)
        elif isinstance(one, TransitEngineArgs):
            for key in one.keys:
                place, days = f"{path}/keys/{key.name}", int(key.maximum_days or TRANSIT_DAYS)
                yield LedgerEntry(place, SecretKind.TRANSIT_KEY, place, key.owner or owner, days, "", Rotator.ENGINE)
        elif isinstance(one, PkiEngineArgs) and one.signed_on is not None:
            # An authority must outlive what it signs: it is due when its rest is the longest life of a certificate.
            days = (one.valid_days or PKI_VALID_DAYS) - longest_certificate_days(one)
            yield LedgerEntry(
                path, SecretKind.INTERMEDIATE, path, one.owner or owner, days, one.signed_on, Rotator.PEOPLE
            )


def _of_databases(args: DatabaseEngineArgs, path: str, engine: EngineFacts, owner: str) -> Iterator[LedgerEntry]:
    for connection in args.connections:
        place = f"{path}/config/{connection.name}"
        entry = _by_people(place, SecretKind.DATABASE_ROOT, place, connection.rotation, owner)
        if engine.rotates_database_roots:
            entry = LedgerEntry(
                place, SecretKind.DATABASE_ROOT, place, entry.owner, entry.maximum_days, "", Rotator.ENGINE
            )
        yield entry
    for role in args.static_roles or ():
        place = f"{path}/static-creds/{role.name}"
        days = int(role.maximum_days or STATIC_ROLE_DAYS)
        yield LedgerEntry(place, SecretKind.DATABASE_USER, place, role.owner or owner, days, "", Rotator.ENGINE)


def check_secrets(secrets: Sequence[SecretArgs], kinds: dict[str, str]) -> list[Finding]:
    """Entries for what is no secret of a KV engine, or twice for one.

    Args:
        secrets: the entries.
        kinds: kind of each engine by its path; empty for those that are made elsewhere.
    """
    findings, seen = [], set[str]()
    stores = [path for path, kind in kinds.items() if kind in ("kv", "")]
    for index, one in enumerate(secrets):
        where = f"secrets[{index}].path"
        mount = one.path.partition("/")[0]
        if mount not in stores:
            hint = near(mount, stores) or f"KV engines here: {', '.join(stores) or 'none'}"
            findings.append(Finding(where, f"begins with no KV engine of this configuration, got {one.path!r}", hint))
        if one.path in seen:
            findings.append(Finding(where, f"has an entry already, got {one.path!r}"))
        seen.add(one.path)
        if one.name == "break-glass":
            findings.append(Finding(f"secrets[{index}].name", "is the name of the review of break-glass access"))
    return findings
