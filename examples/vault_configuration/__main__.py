"""Secrets of a small shop: pods read them, a pipeline logs in by its own token, people open them in an emergency."""

import pulumi

from platform_lib.components.vault.refs import VaultReference
from platform_lib.components.vault_configuration import (
    AuthArgs,
    BreakGlassAlertArgs,
    BreakGlassArgs,
    ConsumerArgs,
    ConsumerKind,
    EnginesArgs,
    GroupArgs,
    JwtAuthArgs,
    JwtRoleArgs,
    KubernetesAuthArgs,
    KvEngineArgs,
    OidcAuthArgs,
    OidcRoleArgs,
    PolicyArgs,
    PolicyCapability,
    PolicyRuleArgs,
    RotationArgs,
    RotationDays,
    SecretArgs,
    TransitEngineArgs,
    TransitKeyArgs,
    VaultConfiguration,
    VaultConfigurationArgs,
)
from platform_lib.core.context import Context, DataClassification

READ, LIST, UPDATE = PolicyCapability.READ, PolicyCapability.LIST, PolicyCapability.UPDATE

config = pulumi.Config()
context = Context(
    environment="dev", owner="examples", cost_centre="cc-0", data_classification=DataClassification.INTERNAL
)
servers = VaultReference(  # or that of a VaultCluster, from the stack that makes the servers
    address="https://vault.example.org:8200",
    engine="openbao",
    engine_version="2.7.2",
    ca_certificate="-----BEGIN CERTIFICATE-----\n(the authority of the servers)\n-----END CERTIFICATE-----\n",
    kubernetes_host="https://kubernetes.default.svc",
)
secrets = VaultConfiguration(
    "shop",
    VaultConfigurationArgs(
        context=context,
        vault=servers,
        policies=[
            PolicyArgs(
                name="deploy",
                rules=[
                    PolicyRuleArgs(path="kv/data/shop/deploy", capabilities=[READ]),
                    PolicyRuleArgs(path="transit/sign/releases", capabilities=[UPDATE]),
                ],
            ),
            PolicyArgs(name="developers", rules=[PolicyRuleArgs(path="kv/metadata/shop/*", capabilities=[LIST, READ])]),
        ],
        auth=AuthArgs(
            kubernetes=[KubernetesAuthArgs()],
            jwt=[
                JwtAuthArgs(
                    issuer="https://ci.example.org",
                    discovery_url="https://ci.example.org",
                    roles=[
                        JwtRoleArgs(
                            name="deploy",
                            policies=["deploy"],
                            audiences=["https://vault.example.org"],
                            claims={"repository": "acme/shop", "ref": "refs/heads/main"},
                        )
                    ],
                )
            ],
            oidc=[
                OidcAuthArgs(
                    discovery_url="https://login.example.org",
                    client_id="vault",
                    client_secret=config.get_secret("clientSecret") or pulumi.Output.secret("only-on-the-sandbox"),
                    rotation=RotationArgs(last_rotated="2026-10-01"),
                    roles=[
                        OidcRoleArgs(
                            name="people",
                            policies=["developers"],
                            redirect_uris=["http://localhost:8250/oidc/callback"],
                        )
                    ],
                )
            ],
        ),
        groups=[GroupArgs(name="on-call", auth="oidc"), GroupArgs(name="leads", auth="oidc")],
        engines=EnginesArgs(
            kv=[KvEngineArgs()],
            transit=[TransitEngineArgs(keys=[TransitKeyArgs(name="releases", maximum_days=RotationDays.DAYS_90)])],
        ),
        secrets=[
            SecretArgs(
                name="stripe",
                path="kv/shop/stripe",
                rotation=RotationArgs(last_rotated="2026-09-15", maximum_days=RotationDays.DAYS_60, owner="payments"),
            )
        ],
        consumers=[
            ConsumerArgs(
                name="checkout",
                kind=ConsumerKind.AGENT,
                namespace="shop",
                service_accounts=["checkout"],
                secrets=["kv/shop/stripe"],
            )
        ],
        break_glass=BreakGlassArgs(
            rules=[PolicyRuleArgs(path="kv/data/shop/*", capabilities=[READ])],
            responders=["on-call"],
            approvers=["leads"],
            alert=BreakGlassAlertArgs(made_elsewhere="siem rule 'approval in vault'"),
            review=RotationArgs(last_rotated="2026-10-15"),
        ),
    ),
)
pulumi.export("checkout", secrets.consumers["checkout"])
pulumi.export("rotation", secrets.rotation)
