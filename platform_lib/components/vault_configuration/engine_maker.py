"""Makes the secrets engines of a configuration with what they hold."""

from collections.abc import Sequence
from typing import Any

import pulumi
import pulumi_vault as vault

from platform_lib.components.vault_configuration.arguments.engine import (
    AwsEngineArgs,
    DatabaseConnectionArgs,
    DatabaseEngineArgs,
    EnginesArgs,
    KvEngineArgs,
    PkiEngineArgs,
    SshEngineArgs,
    TransitEngineArgs,
)
from platform_lib.components.vault_configuration.capability import EngineFacts
from platform_lib.components.vault_configuration.kind import DatabaseKind, TransitKeyKind
from platform_lib.components.vault_configuration.planning.engine import (
    AWS_TTL_SECONDS,
    DATABASE_FACTS,
    DATABASE_MAXIMUM_SECONDS,
    DATABASE_TTL_SECONDS,
    KV_VERSIONS,
    LEASE_MAXIMUM_SECONDS,
    LEASE_SECONDS,
    PKI_TTL_HOURS,
    SSH_TTL_SECONDS,
    STATIC_ROLE_DAYS,
    TRANSIT_DAYS,
    EnginePlan,
    allowed_roles,
    each_engine,
)
from platform_lib.components.vault_configuration.planning.ledger import MAXIMUM_DAYS
from platform_lib.core.component import PlatformComponent
from platform_lib.core.inputs import Input

DAY = 86_400
CRL_HOURS = 72
DESCRIPTIONS = {
    "kv": "Secrets with versions",
    "database": "Users of databases",
    "pki": "Intermediate authority",
    "ssh": "Authority for SSH",
    "transit": "Encryption as a service",
}


class EngineMaker:
    """Makes the engines of one configuration.

    Args:
        component: whose children they are.
        facts: the software that the servers run.
        address: of the servers, for the addresses in certificates.
    """

    def __init__(self, component: PlatformComponent, facts: EngineFacts, address: Input[str]) -> None:
        self._component = component
        self._facts = facts
        self._address = address
        self.paths: dict[str, pulumi.Output[str]] = {}
        """Path of each engine as the servers have it."""
        self.certificate_requests: dict[str, pulumi.Output[str]] = {}
        """Request of each authority, by the path of its engine."""
        self.ssh_keys: dict[str, pulumi.Output[str]] = {}
        """Public key of each authority for SSH, by the path of its engine."""

    def make(self, engines: EnginesArgs | None, plans: Sequence[EnginePlan]) -> None:
        """All engines, in the order of their plans."""
        asked = None if engines is None else engines.seal_wrapped
        self._seal_wrapped = self._facts.enterprise if asked is None else asked
        makers = {
            KvEngineArgs: self._make_kv,
            DatabaseEngineArgs: self._make_database,
            AwsEngineArgs: self._make_aws,
            PkiEngineArgs: self._make_pki,
            SshEngineArgs: self._make_ssh,
            TransitEngineArgs: self._make_transit,
        }
        for (_, _, args), plan in zip(each_engine(engines), plans, strict=True):
            makers[type(args)](args, plan.path)  # type: ignore[operator]  # each takes the arguments of its kind

    def _name(self, path: str, part: str = "") -> str:
        return self._component.child_name("engine", f"{path}-{part}" if part else path)

    def _mount(self, kind: str, path: str) -> vault.Mount:
        made = vault.Mount(
            self._name(path),
            path=path,
            type=kind,
            description=DESCRIPTIONS[kind],
            options={"version": "2"} if kind == "kv" else None,
            default_lease_ttl_seconds=LEASE_SECONDS,
            max_lease_ttl_seconds=LEASE_MAXIMUM_SECONDS,
            listing_visibility="hidden",
            seal_wrap=True if self._seal_wrapped else None,
            opts=self._component.child_options(stateful=True),
        )
        self.paths[path] = made.path
        return made

    def _below(self, *after: pulumi.Resource, stateful: bool = False) -> pulumi.ResourceOptions:
        return self._component.child_options(stateful=stateful, depends_on=list(after))

    def _make_kv(self, args: KvEngineArgs, path: str) -> None:
        mount = self._mount("kv", path)
        vault.kv.SecretBackendV2(
            self._name(path, "config"),
            mount=mount.path,
            max_versions=args.maximum_versions or KV_VERSIONS,
            cas_required=True,
            opts=self._below(),
        )

    def _make_database(self, args: DatabaseEngineArgs, path: str) -> None:
        mount = self._mount("database", path)
        connections = {one.name: self._make_connection(one, args, mount, path) for one in args.connections}
        for role in args.roles or ():
            vault.database.SecretBackendRole(
                self._name(path, f"role-{role.name}"),
                backend=mount.path,
                name=role.name,
                db_name=connections[role.connection].name,
                creation_statements=role.creation_statements,
                revocation_statements=role.revocation_statements,
                default_ttl=role.ttl_seconds or DATABASE_TTL_SECONDS,
                max_ttl=role.maximum_seconds or DATABASE_MAXIMUM_SECONDS,
                opts=self._below(),
            )
        for static in args.static_roles or ():
            vault.database.SecretBackendStaticRole(
                self._name(path, f"static-role-{static.name}"),
                backend=mount.path,
                name=static.name,
                db_name=connections[static.connection].name,
                username=static.username,
                rotation_period=int(static.maximum_days or STATIC_ROLE_DAYS) * DAY,
                opts=self._below(),
            )

    def _make_connection(
        self, args: DatabaseConnectionArgs, engine: DatabaseEngineArgs, mount: vault.Mount, path: str
    ) -> vault.database.SecretBackendConnection:
        details: dict[str, Any] = {
            "connection_url": _address(args),
            "username": args.username,
            "password": args.password,
        }
        if args.ca_certificate is not None:
            details["tls_ca"] = args.ca_certificate
        # As a whole: a map that holds a secret comes back as one.
        by_kind: dict[str, Any] = {args.kind.value.replace("-", "_"): pulumi.Output.secret(details)}
        days = int(args.rotation.maximum_days or MAXIMUM_DAYS)
        return vault.database.SecretBackendConnection(
            self._name(path, f"connection-{args.name}"),
            backend=mount.path,
            name=args.name,
            allowed_roles=allowed_roles(engine, args.name),
            verify_connection=args.verify is not False,
            rotation_period=days * DAY if self._facts.rotates_database_roots else None,
            opts=self._below(),
            **by_kind,
        )

    def _make_aws(self, args: AwsEngineArgs, path: str) -> None:
        made = vault.aws.SecretBackend(
            self._name(path),
            path=path,
            description="Credentials of AWS",
            region=args.region,
            default_lease_ttl_seconds=LEASE_SECONDS,
            max_lease_ttl_seconds=LEASE_MAXIMUM_SECONDS,
            opts=self._component.child_options(),
        )
        self.paths[path] = made.path.apply(str)
        for role in args.roles:
            seconds = role.ttl_seconds or AWS_TTL_SECONDS
            vault.aws.SecretBackendRole(
                self._name(path, f"role-{role.name}"),
                backend=path,
                name=role.name,
                credential_type="assumed_role",
                role_arns=role.role_arns,
                policy_document=role.policy_document,
                default_sts_ttl=seconds,
                max_sts_ttl=seconds,
                opts=self._below(made),
            )

    def _make_pki(self, args: PkiEngineArgs, path: str) -> None:
        mount = self._mount("pki", path)
        request = vault.pkisecret.SecretBackendIntermediateCertRequest(
            self._name(path, "request"),
            backend=mount.path,
            type="internal",
            common_name=args.common_name,
            organization=args.organization,
            key_type="ec",
            key_bits=384,
            exclude_cn_from_sans=True,
            opts=self._below(stateful=True),
        )
        self.certificate_requests[path] = request.csr
        base = pulumi.Output.concat(self._address, f"/v1/{path}")
        vault.pkisecret.SecretBackendConfigUrls(
            self._name(path, "urls"),
            backend=mount.path,
            issuing_certificates=[pulumi.Output.concat(base, "/ca")],
            crl_distribution_points=[pulumi.Output.concat(base, "/crl")],
            ocsp_servers=[pulumi.Output.concat(base, "/ocsp")],
            opts=self._below(),
        )
        vault.pkisecret.SecretBackendCrlConfig(
            self._name(path, "crl"),
            backend=mount.path,
            expiry=f"{CRL_HOURS}h",
            auto_rebuild=True,
            opts=self._below(),
        )
        after: list[pulumi.Resource] = [request]
        if args.signed_certificate is not None:
            signed = vault.pkisecret.SecretBackendIntermediateSetSigned(
                self._name(path, "signed"),
                backend=mount.path,
                certificate=args.signed_certificate,
                opts=self._below(request),
            )
            after = [signed]
        for role in args.roles:
            seconds = str((role.ttl_hours or PKI_TTL_HOURS) * 3_600)
            vault.pkisecret.SecretBackendRole(
                self._name(path, f"role-{role.name}"),
                backend=mount.path,
                name=role.name,
                allowed_domains=role.allowed_domains,
                allow_subdomains=role.subdomains_allowed is not False,
                allow_bare_domains=role.bare_domains_allowed is True,
                allow_any_name=False,
                allow_glob_domains=False,
                allow_localhost=False,
                allow_ip_sans=False,
                allow_wildcard_certificates=False,
                enforce_hostnames=True,
                server_flag=True,
                client_flag=role.client_certificates is not False,
                key_type="ec",
                key_bits=256,
                ttl=seconds,
                max_ttl=seconds,
                opts=self._below(*after),
            )

    def _make_ssh(self, args: SshEngineArgs, path: str) -> None:
        mount = self._mount("ssh", path)
        authority = vault.ssh.SecretBackendCa(
            self._name(path, "authority"),
            backend=mount.path,
            generate_signing_key=True,
            key_type="ed25519",
            opts=self._below(stateful=True),
        )
        self.ssh_keys[path] = authority.public_key
        for role in args.roles:
            seconds = str(role.ttl_seconds or SSH_TTL_SECONDS)
            vault.ssh.SecretBackendRole(
                self._name(path, f"role-{role.name}"),
                backend=mount.path,
                name=role.name,
                key_type="ca",
                allow_user_certificates=True,
                allow_host_certificates=False,
                allowed_users=",".join(role.allowed_users),
                default_user=role.default_user or role.allowed_users[0],
                allowed_extensions="permit-pty",
                default_extensions={"permit-pty": ""},
                default_critical_options={"source-address": ",".join(role.source_cidrs)} if role.source_cidrs else None,
                ttl=seconds,
                max_ttl=seconds,
                opts=self._below(authority),
            )

    def _make_transit(self, args: TransitEngineArgs, path: str) -> None:
        mount = self._mount("transit", path)
        for key in args.keys:
            vault.transit.SecretBackendKey(
                self._name(path, f"key-{key.name}"),
                backend=mount.path,
                name=key.name,
                type=(key.kind or TransitKeyKind.AES_256).value,
                auto_rotate_period=int(key.maximum_days or TRANSIT_DAYS) * DAY,
                min_decryption_version=key.minimum_decryption_version,
                exportable=False,
                allow_plaintext_backup=False,
                deletion_allowed=False,
                # The engine refuses to delete the key by itself, and takes it along when it goes.
                opts=self._component.child_options(stateful=True, deleted_with=mount),
            )


def _address(args: DatabaseConnectionArgs) -> Input[str]:
    """Where a database is, as its plugin takes it; user and password stand in it as templates."""
    facts = DATABASE_FACTS[args.kind]
    more = f"&sslrootcert={args.ca_path}" if args.ca_path and args.kind is DatabaseKind.POSTGRESQL else ""

    def made(host: str) -> str:
        port, database = args.port or facts.port, args.database or facts.database
        return facts.address.format(host=host, port=port, database=database) + more

    return made(args.host) if isinstance(args.host, str) else pulumi.Output.concat(args.host).apply(made)
