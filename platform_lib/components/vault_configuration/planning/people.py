"""Groups of people, and their access for an emergency. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from platform_lib.components.vault_configuration.arguments.policy import GroupArgs
from platform_lib.components.vault_configuration.arguments.use import BreakGlassAlertArgs, BreakGlassArgs
from platform_lib.components.vault_configuration.capability import EngineFacts
from platform_lib.components.vault_configuration.kind import Approval
from platform_lib.components.vault_configuration.planning.auth import MethodPlan
from platform_lib.components.vault_configuration.planning.policy import (
    ControlGroup,
    PolicyPlan,
    RulePlan,
    rule_plan,
    unknown_policies,
)
from platform_lib.core.errors import Finding, near

BREAK_GLASS: Final = "break-glass"
"""Name of the policy that access for an emergency gives, and of its AppRole method and role where the credential is
split."""

APPROVE: Final = "break-glass-approve"
REQUEST: Final = "break-glass-request"
QUORUM: Final = 2
MAXIMUM_MINUTES: Final = 60
WRAPPING_SECONDS: Final = 300
"""How long a secret id waits in its wrapping for the one who may use it."""


@dataclass(frozen=True)
class GroupPlan:
    """A group of people, with the policies of its members."""

    name: str
    auth: str
    claim: str
    policies: tuple[str, ...]


@dataclass(frozen=True)
class BreakGlassPlan:
    """Access for an emergency.

    Attributes:
        approval: how several people are made necessary.
        quorum: how many approvers there must be with a control group; 2 people in all where the credential is split.
        maximum_seconds: how long an approval, or the token, is good.
        policies: those that it needs.
        of_responders: name of the policy that responders get.
        of_approvers: name of the policy that approvers get.
        cidrs: from where it may be used, where the credential is split.
        alerts: whether an alarm is made here.
    """

    approval: Approval
    quorum: int
    maximum_seconds: int
    policies: tuple[PolicyPlan, ...]
    of_responders: str
    of_approvers: str
    cidrs: tuple[str, ...]
    alerts: bool

    @property
    def alert_path(self) -> str:
        """The path that the audit log holds whenever the access is used: an approval, or a login."""
        if self.approval is Approval.CONTROL_GROUP:
            return "sys/control-group/authorize"
        return f"auth/{BREAK_GLASS}/login"


def plan_break_glass(args: BreakGlassArgs | None, engine: EngineFacts) -> BreakGlassPlan | None:
    """The access that the arguments describe, by what the engine has."""
    if args is None:
        return None
    quorum = args.quorum or QUORUM
    seconds = (args.maximum_minutes or MAXIMUM_MINUTES) * 60
    plan = _by_control_group if engine.has_control_groups else _by_split_credential
    return plan(args, quorum, seconds)


def _by_control_group(args: BreakGlassArgs, quorum: int, seconds: int) -> BreakGlassPlan:
    group = ControlGroup(tuple(args.approvers), quorum, seconds)
    access = PolicyPlan(BREAK_GLASS, tuple(rule_plan(rule, group) for rule in args.rules))
    let = ("create", "update")
    approve = PolicyPlan(
        APPROVE, (RulePlan("sys/control-group/authorize", let), RulePlan("sys/control-group/request", let))
    )
    return BreakGlassPlan(
        approval=Approval.CONTROL_GROUP,
        quorum=quorum,
        maximum_seconds=seconds,
        policies=(access, approve),
        of_responders=BREAK_GLASS,
        of_approvers=APPROVE,
        cidrs=(),
        alerts=_alerts(args),
    )


def _by_split_credential(args: BreakGlassArgs, quorum: int, seconds: int) -> BreakGlassPlan:
    role = f"auth/{BREAK_GLASS}/role/{BREAK_GLASS}"
    hand_out = RulePlan(
        f"{role}/secret-id",
        ("create", "update"),
        maximum_wrapping_seconds=WRAPPING_SECONDS,
    )
    return BreakGlassPlan(
        approval=Approval.SPLIT_CREDENTIAL,
        quorum=quorum,
        maximum_seconds=seconds,
        policies=(
            PolicyPlan(BREAK_GLASS, tuple(rule_plan(rule) for rule in args.rules)),
            PolicyPlan(APPROVE, (hand_out,)),
            PolicyPlan(REQUEST, (RulePlan(f"{role}/role-id", ("read",)),)),
        ),
        of_responders=REQUEST,
        of_approvers=APPROVE,
        cidrs=tuple(args.bound_cidrs or ()),
        alerts=_alerts(args),
    )


def _alerts(args: BreakGlassArgs) -> bool:
    return args.alert is not None and args.alert.log_group is not None


def plan_groups(
    groups: Sequence[GroupArgs], args: BreakGlassArgs | None, plan: BreakGlassPlan | None
) -> tuple[GroupPlan, ...]:
    """The groups, with what break-glass access adds to them."""
    added: dict[str, list[str]] = {}
    if args is not None and plan is not None:
        for names, policy in ((args.responders, plan.of_responders), (args.approvers, plan.of_approvers)):
            for name in names:
                added.setdefault(name, []).append(policy)
    return tuple(
        GroupPlan(
            group.name, group.auth, group.claim or group.name, (*(group.policies or ()), *added.get(group.name, ()))
        )
        for group in groups
    )


def check_groups(
    groups: Sequence[GroupArgs], plans: Sequence[GroupPlan], methods: Sequence[MethodPlan], policies: Sequence[str]
) -> list[Finding]:
    """Groups that nobody is in, that give nothing, or that stand for what another one does."""
    findings: list[Finding] = []
    telling = {method.path: method for method in methods if method.kind in ("oidc", "jwt")}
    seen: dict[tuple[str, str], str] = {}
    for index, (group, plan) in enumerate(zip(groups, plans, strict=True)):
        where = f"groups[{index}]"
        method = telling.get(group.auth)
        if method is None:
            hint = near(group.auth, telling) or f"there are {', '.join(telling) or 'none'}"
            problem = f"is no OIDC or JWT method of this configuration, got {group.auth!r}"
            findings.append(Finding(f"{where}.auth", problem, hint))
        elif not method.reports_groups:
            problem = f"tells no groups, got {group.auth!r}"
            findings.append(Finding(f"{where}.auth", problem, "give a role of it groups_claim"))
        findings += unknown_policies(group.policies or (), policies, f"{where}.policies")
        if not plan.policies:
            findings.append(Finding(where, "gives its members nothing", "give policies, or name it in break_glass"))
        other = seen.setdefault((plan.auth, plan.claim), group.name)
        if other != group.name:
            problem = f"is what {other!r} stands for already, got {plan.claim!r}"
            findings.append(Finding(f"{where}.claim", problem, "give one group all policies"))
    return findings


def check_break_glass(
    args: BreakGlassArgs | None,
    plan: BreakGlassPlan | None,
    groups: Sequence[GroupArgs],
    engine: EngineFacts,
    *,
    strict: bool,
    methods: Mapping[str, str],
) -> list[Finding]:
    """Access for an emergency that one person could open alone, that has no end, or that nobody would hear of.

    Args:
        args: its arguments.
        plan: its plan.
        groups: that there are.
        engine: the software that the servers run.
        strict: whether what only ``dev`` may do is refused.
        methods: where the method of each path stands in the arguments.
    """
    if args is None or plan is None:
        return []
    findings: list[Finding] = []
    names = [group.name for group in groups]
    for field in ("responders", "approvers"):
        findings += [
            Finding(
                f"break_glass.{field}[{index}]",
                f"is no group of this configuration, got {name!r}",
                near(name, names) or f"there are {', '.join(names) or 'none'}",
            )
            for index, name in enumerate(getattr(args, field))
            if name not in names
        ]
    both = [name for name in args.approvers if name in args.responders]
    if both:
        problem = f"are responders too, who would let themselves, got {', '.join(both)}"
        findings.append(Finding("break_glass.approvers", problem, "name other groups"))
    findings += _check_quorum(args, plan, engine, strict=strict)
    if plan.approval is Approval.SPLIT_CREDENTIAL and BREAK_GLASS in methods:
        problem = f"is kept for break-glass access, got {BREAK_GLASS!r}"
        findings.append(Finding(f"{methods[BREAK_GLASS]}.path", problem, "give the method another path"))
    return [*findings, *_check_alert(args.alert, strict=strict)]


def _check_quorum(args: BreakGlassArgs, plan: BreakGlassPlan, engine: EngineFacts, *, strict: bool) -> list[Finding]:
    findings = []
    if strict and plan.quorum < QUORUM:
        findings.append(Finding("break_glass.quorum", f"must be 2 at least outside dev, got {plan.quorum}"))
    if plan.approval is Approval.CONTROL_GROUP:
        if args.bound_cidrs is not None:
            problem = f"has no place where {engine.title} asks for approval of each request"
            findings.append(
                Finding("break_glass.bound_cidrs", problem, "give token.bound_cidrs of the role by which they log in")
            )
        return findings
    if plan.quorum != QUORUM:
        have = "OpenBao 2.7 or Vault Enterprise"
        problem = f"can only be 2 where a credential is split, which is what {engine.title} {engine.release} leaves"
        findings.append(Finding("break_glass.quorum", f"{problem}, got {plan.quorum}", f"use {have}, or 2"))
    if strict and args.bound_cidrs is None:
        findings.append(
            Finding("break_glass.bound_cidrs", "is required outside dev", "name the addresses of the responders")
        )
    return findings


def _check_alert(alert: BreakGlassAlertArgs | None, *, strict: bool) -> list[Finding]:
    if alert is None:
        if not strict:
            return []
        problem = "is required outside dev: somebody has to hear of it"
        return [Finding("break_glass.alert", problem, "give log_group, region and topic_arn, or made_elsewhere")]
    if (alert.log_group is None) == (alert.made_elsewhere is None):
        got = "none" if alert.log_group is None else "both"
        return [Finding("break_glass.alert", f"needs exactly one of log_group and made_elsewhere, got {got}")]
    needed = ("region", "topic_arn")
    if alert.log_group is not None:
        return [
            Finding(f"break_glass.alert.{name}", "is required with log_group")
            for name in needed
            if getattr(alert, name) is None
        ]
    return [
        Finding(f"break_glass.alert.{name}", "is for an alarm that is made here", "leave it out")
        for name in needed
        if getattr(alert, name) is not None
    ]
