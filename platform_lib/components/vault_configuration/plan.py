"""What a configuration consists of, as a pure function of its arguments."""

from dataclasses import dataclass

from platform_lib.components.vault_configuration.args import VaultConfigurationArgs
from platform_lib.components.vault_configuration.capability import EngineFacts, check_plugins, engine_facts
from platform_lib.components.vault_configuration.planning.auth import (
    MethodPlan,
    check_methods,
    plan_methods,
)
from platform_lib.components.vault_configuration.planning.consumer import ConsumerPlan, plan_consumers
from platform_lib.components.vault_configuration.planning.engine import EnginePlan, check_engines, plan_engines
from platform_lib.components.vault_configuration.planning.ledger import LedgerEntry, check_secrets, plan_ledger
from platform_lib.components.vault_configuration.planning.people import (
    APPROVE,
    BREAK_GLASS,
    REQUEST,
    BreakGlassPlan,
    GroupPlan,
    check_break_glass,
    check_groups,
    plan_break_glass,
    plan_groups,
)
from platform_lib.components.vault_configuration.planning.policy import PolicyPlan, check_rules, rule_plan
from platform_lib.core.errors import Finding, PlanError
from platform_lib.core.naming import check_automatic


@dataclass(frozen=True)
class ConfigurationPlan:
    """A whole configuration; every collection is in a fixed order.

    Attributes:
        name: of the component.
        engine: the software that the servers run, as far as its abilities go.
        policies: all of them: those of the arguments, of consumers, of break-glass access.
    """

    name: str
    engine: EngineFacts
    policies: tuple[PolicyPlan, ...]
    methods: tuple[MethodPlan, ...]
    groups: tuple[GroupPlan, ...]
    engines: tuple[EnginePlan, ...]
    consumers: tuple[ConsumerPlan, ...]
    break_glass: BreakGlassPlan | None
    ledger: tuple[LedgerEntry, ...]


def plan_configuration(name: str, args: VaultConfigurationArgs, *, subject: str) -> ConfigurationPlan:
    """The configuration that the arguments describe.

    Args:
        name: of the component.
        args: what is asked.
        subject: whose arguments they are, for messages.

    Raises:
        PlanError: they cannot be planned: a method, engine or database that the servers' software does not ship, a
            policy that reaches too far or nothing, a role, group or consumer that names what is not there, dynamic
            credentials for CSI, break-glass access that one person could open; all that is found at once.
    """
    vault = args.vault
    engine = engine_facts(vault.engine.value, vault.engine_version, args.external_plugins or ())
    if engine is None:
        problem = f"is not a version, got {vault.engine_version!r}"
        raise PlanError(subject, [Finding("vault.engine_version", problem, "write it as '2.7.2'")])
    strict = args.context.protects
    methods, engines = plan_methods(args.auth), plan_engines(args.engines)
    consumers, wrong_consumers = plan_consumers(args.consumers or (), methods, engines, engine)
    break_glass = plan_break_glass(args.break_glass, engine)
    groups = plan_groups(args.groups or (), args.break_glass, break_glass)
    own = [policy.name for policy in args.policies or ()]
    kinds = dict.fromkeys(args.existing_engines or (), "") | {one.path: one.kind for one in engines}
    approles = {one.path: [role.name for role in one.roles] for one in methods if one.kind == "approle"}
    plan = ConfigurationPlan(
        name=name,
        engine=engine,
        policies=(
            *(PolicyPlan(one.name, tuple(rule_plan(rule) for rule in one.rules)) for one in args.policies or ()),
            *(consumer.policy for consumer in consumers),
            *(break_glass.policies if break_glass else ()),
        ),
        methods=methods,
        groups=groups,
        engines=engines,
        consumers=consumers,
        break_glass=break_glass,
        ledger=plan_ledger(
            args.secrets or (), args.auth, args.engines, args.break_glass, engine=engine, owner=args.context.owner
        ),
    )
    kept = {} if vault.administration_path is None else {vault.administration_path: "the servers' administrators"}
    findings = [
        *check_plugins(engine),
        *_check_policy_names(own, consumers),
        *(
            finding
            for index, policy in enumerate(args.policies or ())
            for finding in check_rules(policy.rules, kinds, approles, f"policies[{index}].rules")
        ),
        *check_methods(
            args.auth,
            methods,
            engine=engine,
            policies=own,
            strict=strict,
            kept=kept,
            consumed=[consumer.auth for consumer in consumers],
            kubernetes_known=vault.kubernetes_host is not None,
        ),
        *check_groups(args.groups or (), groups, methods, own),
        *check_engines(args.engines, engines, args.existing_engines or (), engine),
        *check_secrets(args.secrets or (), kinds),
        *wrong_consumers,
        *check_break_glass(
            args.break_glass,
            break_glass,
            args.groups or (),
            engine,
            strict=strict,
            methods={one.path: one.argument for one in methods},
        ),
        *(check_automatic(_automatic_names(name)) if break_glass is not None and break_glass.alerts else ()),
        *(
            check_rules(args.break_glass.rules, kinds, approles, "break_glass.rules")
            if args.break_glass is not None
            else ()
        ),
    ]
    if findings:
        raise PlanError(subject, findings)
    return plan


def _automatic_names(name: str) -> list[tuple[str, str]]:
    """Type token and logical name of the children that get an automatic physical name."""
    return [
        ("aws:cloudwatch/logMetricFilter:LogMetricFilter", f"{name}-break-glass-uses"),
        ("aws:cloudwatch/metricAlarm:MetricAlarm", f"{name}-break-glass-alarm"),
    ]


def _check_policy_names(own: list[str], consumers: tuple[ConsumerPlan, ...]) -> list[Finding]:
    """Policies of the arguments that bear a name which the component gives itself."""
    made = {consumer.policy.name: f"consumer {consumer.name!r}" for consumer in consumers}
    made |= dict.fromkeys((BREAK_GLASS, APPROVE, REQUEST), "break-glass access")
    return [
        Finding(
            f"policies[{index}].name", f"is the name of the policy of {made[name]}, got {name!r}", "use another one"
        )
        for index, name in enumerate(own)
        if name in made
    ]
