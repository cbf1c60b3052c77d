"""The same rules as ordinary ``pulumi_policy`` policies, for teams that compose a stock ``PolicyPack`` of their own.

```python
import datetime
import pulumi_policy
import policypacks
from policypacks.engine.stock import policies

evaluator = policypacks.load(["hipaa"], today=datetime.date.today(), environment="prod")
pulumi_policy.PolicyPack("ours", [*policies(evaluator), *our_own_policies])
```

The stock SDK decodes a resource once for each policy and hides which values are secrets: it is slower by far, and rules
about secrets are undetermined there. Prefer the pack folders where you can.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from platform_lib.core.values import UNKNOWN_SENTINEL
from policypacks.engine.decode import decode_json
from policypacks.engine.evaluator import Evaluator
from policypacks.engine.finding import Finding
from policypacks.engine.graph import Stack
from policypacks.engine.registry import Rule
from policypacks.engine.resource import Facts
from policypacks.engine.token import canonical
from policypacks.engine.verdict import Answer

if TYPE_CHECKING:
    import pulumi_policy


def policies(evaluator: Evaluator, *, ids: Sequence[str] | None = None) -> list["pulumi_policy.Policy"]:
    """A stock policy for each rule of an evaluator, with its level, severity and settings.

    Args:
        evaluator: from ``load``; its levels, settings and waivers hold.
        ids: the rules; all that run when left out.
    """
    import pulumi_policy

    chosen = [evaluator.rules[rule_id] for rule_id in (evaluator.rules if ids is None else ids)]
    found: list[pulumi_policy.Policy] = []
    for rule in chosen:
        common: dict[str, Any] = {
            "name": rule.id,
            "description": rule.title,
            "enforcement_level": pulumi_policy.EnforcementLevel(evaluator.level(rule.id)),
            "severity": pulumi_policy.Severity(rule.record.severity),
            "remediation_steps": rule.record.condition,
        }
        if rule.config:
            properties = {name: dict(schema) for name, schema in rule.config.items()}
            common["config_schema"] = pulumi_policy.PolicyConfigSchema(properties)
        if rule.whole_stack:
            found.append(pulumi_policy.StackValidationPolicy(validate=_stack(evaluator, rule), **common))
        else:
            found.append(pulumi_policy.ResourceValidationPolicy(validate=_resource(evaluator, rule), **common))
    return found


def _resource(evaluator: Evaluator, rule: Rule) -> Any:
    def validate(args: Any, report: Any) -> None:
        facts = _facts(args, provider=args.provider)
        if rule in evaluator.rules_for(facts.type):
            _tell(evaluator, evaluator.examine(rule, facts), report)

    return validate


def _stack(evaluator: Evaluator, rule: Rule) -> Any:
    def validate(args: Any, report: Any) -> None:
        graph = Stack(
            _facts(
                item,
                provider=item.provider,
                parent=item.parent.urn if item.parent else "",
                dependencies=tuple(other.urn for other in item.dependencies),
                property_dependencies={
                    name: tuple(other.urn for other in others) for name, others in item.property_dependencies.items()
                },
            )
            for item in args.resources
        )
        # What waits for a value is told by an exception, which ends the policy: what fails comes first.
        found = evaluator.examine_stack(rule, graph)
        for finding in sorted(found, key=lambda it: it.answer is Answer.UNDETERMINED):
            _tell(evaluator, finding, report)

    return validate


def _tell(evaluator: Evaluator, finding: Finding | None, report: Any) -> None:
    if finding is None:
        return
    if finding.answer is Answer.UNDETERMINED and not evaluator.closed:
        from pulumi_policy.proxy import UnknownValueError

        raise UnknownValueError(UNKNOWN_SENTINEL, [finding.path])
    report(finding.message, finding.urn)


def _facts(item: Any, *, provider: Any, **more: Any) -> Facts:
    properties = decode_json(_raw(item.props))
    options = {
        "protect": item.opts.protect or None,
        "ignoreChanges": list(item.opts.ignore_changes) or None,
        "deleteBeforeReplace": item.opts.delete_before_replace,
        "aliases": list(item.opts.aliases) or None,
        "additionalSecretOutputs": list(item.opts.additional_secret_outputs) or None,
    }
    return Facts(
        type=item.resource_type,
        kind=canonical(item.resource_type),
        urn=item.urn,
        name=item.name,
        properties=properties,
        options={name: value for name, value in options.items() if value is not None},
        provider=None if provider is None else decode_json(_raw(provider.props)),
        provider_name="" if provider is None else provider.name,
        secrets=False,
        **{"parent": item.opts.parent or "", **more},
    )


def _raw(value: Any) -> Any:
    """The data below the proxies that raise when an unknown value is read: the rules handle unknowns themselves."""
    if type(value).__name__ in ("_DictProxy", "_ListProxy", "_DictSecretsProxy", "_ListSecretsProxy"):
        return _raw(value["__target"])
    if isinstance(value, Mapping):
        return {key: _raw(item) for key, item in value.items()}
    return [_raw(item) for item in value] if isinstance(value, list) else value
