"""The pages about the rules, made from the rules and their test cases: why, what it reads, what fails, what mends it.

The examples are Pulumi YAML: type tokens and property names are those of messages, the same for every language.
"""

import importlib.util
import io
import re
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from platform_lib.core.values import Secret
from policypacks.engine.finding import citation
from policypacks.engine.path import parse
from policypacks.engine.registry import Rule
from policypacks.engine.token import canonical
from policypacks.engine.verdict import Answer
from policypacks.report.coverage import PROVIDERS, rule_page
from support.pages import own_rules
from support.policies import FAIL, NOT_APPLICABLE, PASS, Case, Change, R, Ref, _changes, _worst, changed, verdicts

CASES = Path(__file__).parents[1] / "policypacks" / "rules"
FAILS, PASSES = "Fails:", "Passes:"
_REFERENCE = re.compile(r"\$\{(?P<name>[^.{}]+)\.(?P<output>\w+)\}\Z")
_RANK = {"critical": 0, "high": 1, "medium": 2, "low": 3}


@lru_cache(maxsize=1)
def cases() -> Mapping[str, Case]:
    """The first case of each rule, from the test modules."""
    found: dict[str, Case] = {}
    for path in sorted(CASES.glob("test_*.py")):
        spec = importlib.util.spec_from_file_location(f"rule_pages_{path.stem}", path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[spec.name] = module
        spec.loader.exec_module(module)
        for value in vars(module).values():
            if isinstance(value, list | tuple):
                for item in value:
                    if isinstance(item, Case):
                        found.setdefault(item.rule, item)
    return found


def answer(case: Case, resources: Sequence[R]) -> Answer:
    """What the rule of a case says about resources."""
    return _worst(verdicts(own_rules()[case.rule], case, resources)).answer


def examples(case: Case) -> tuple[list[R], list[R]]:
    """What fails and what passes, with no more properties than that takes."""
    rule, change = own_rules()[case.rule], _changes(case.bad)[0]
    good, bad = case.resources, changed(case.resources, [change])
    small = [_shortened(item, rule, change) for item in good]
    small_bad = [_shortened(item, rule, change) for item in bad]
    passes = PASS if good else NOT_APPLICABLE
    if answer(case, small) is passes and answer(case, small_bad) is FAIL:
        return small_bad, small
    return bad, good


def _shortened(item: R, rule: Rule, change: Change) -> R:
    """A resource with the properties that the rule reads, that the change touches, and that name other resources."""
    tops = {str(parse(path)[0]) for path in change.properties}
    for path in rule.record.properties:
        head, _, tail = path.rpartition(":")
        if not head or canonical(item.type).endswith(f":{head}"):
            tops.add(str(parse(tail)[0]))
    kept = {key: value for key, value in item.properties.items() if key in tops or _refers(value)}
    return R(item.name, item.type, kept, item.options, item.provider)


def _refers(value: Any) -> bool:
    if isinstance(value, Mapping):
        return any(_refers(inner) for inner in value.values())
    if isinstance(value, list | tuple):
        return any(_refers(inner) for inner in value)
    return isinstance(value, Ref)


def to_yaml(resources: Iterable[R]) -> str:
    """Resources as the ``resources`` of a Pulumi YAML program."""
    entries: dict[str, Any] = {}
    for item in resources:
        entry: dict[str, Any] = {"type": item.type}
        if item.properties:
            entry["properties"] = _to_plain(item.properties)
        if item.options:
            entry["options"] = _to_plain(item.options)
        if item.provider:
            package = item.type.partition(":")[0]
            entries[f"{item.name}-provider"] = {
                "type": f"pulumi:providers:{package}",
                "properties": _to_plain(item.provider),
            }
            entry.setdefault("options", {})["provider"] = f"${{{item.name}-provider}}"
        entries[item.name] = entry
    yaml = YAML(typ="safe")
    yaml.default_flow_style = False
    yaml.width = 100_000
    yaml.sort_base_mapping_type_on_output = False
    stream = io.StringIO()
    yaml.dump({"resources": entries}, stream)
    return stream.getvalue()


def _to_plain(value: Any) -> Any:
    if isinstance(value, Ref):
        return f"${{{value.resource}.{value.output}}}"
    if isinstance(value, Secret):
        return {"fn::secret": _to_plain(value.value)}
    if isinstance(value, Mapping):
        return {str(key): _to_plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_to_plain(inner) for inner in value]
    return value.replace("${", "$${") if isinstance(value, str) else value


def from_yaml(text: str) -> list[R]:
    """The resources of ``to_yaml`` again."""
    entries = dict(YAML(typ="safe").load(text)["resources"])
    found = []
    for name, entry in entries.items():
        if str(entry["type"]).startswith("pulumi:providers:"):
            continue
        options = {key: _from_plain(value) for key, value in entry.get("options", {}).items() if key != "provider"}
        provider = _from_plain(entries.get(f"{name}-provider", {}).get("properties", {}))
        found.append(R(name, entry["type"], _from_plain(entry.get("properties", {})), options, provider))
    return found


def _from_plain(value: Any) -> Any:
    if isinstance(value, dict):
        if set(value) == {"fn::secret"}:
            return Secret(_from_plain(value["fn::secret"]))
        return {key: _from_plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_from_plain(inner) for inner in value]
    if isinstance(value, str):
        match = _REFERENCE.match(value)
        return Ref(match["name"], match["output"]) if match else value.replace("$${", "${")
    return value


def pages(rules: Mapping[str, Rule]) -> dict[str, str]:
    """A page for each rule, one for each service group, and an index, by file name below ``docs/policies/rules``."""
    grouped: dict[str, list[Rule]] = {}
    for rule in sorted(rules.values(), key=lambda rule: (rule.record.tier, _RANK[rule.record.severity], rule.id)):
        grouped.setdefault(f"{rule_page(rule).rpartition('/')[0]}.md", []).append(rule)
    found = {name: "\n".join(_group(name, group)) for name, group in sorted(grouped.items())}
    each = {rule_page(rule): "\n".join(_page(rule)) + "\n" for rule in rules.values()}
    return {"index.md": "\n".join(_index(grouped)), **found, **each}


_GENERATED = "<!-- Generated from the rules and their test cases by `make golden`. -->"


def _index(grouped: Mapping[str, Sequence[Rule]]) -> Iterator[str]:
    total = sum(len(group) for group in grouped.values())
    yield f"# Rules\n\n{_GENERATED}\n"
    yield f"{total} rules. A rule that passes is evidence for the controls that it names, never a statement of"
    yield "compliance."
    yield "The examples are Pulumi YAML: types and property names as messages show them, the same for every language.\n"
    yield "| group | rules | critical | high | medium | low |\n|---|---:|---:|---:|---:|---:|"
    for name, group in sorted(grouped.items()):
        counts = [sum(rule.record.severity == severity for rule in group) for severity in _RANK]
        yield f"| [{_title(group)}]({name}) | {len(group)} | {' | '.join(map(str, counts))} |"
    yield ""


def _title(group: Sequence[Rule]) -> str:
    record = group[0].record
    return f"{PROVIDERS[record.provider]}: {record.group.rpartition('/')[2].replace('_', ' ')}"


def _group(name: str, group: Sequence[Rule]) -> Iterator[str]:
    folder = name.removesuffix(".md").rpartition("/")[2]
    yield f"# {_title(group)}\n\n{_GENERATED}\n"
    yield "| rule | what it asks for | severity | tier |\n|---|---|---|---:|"
    for rule in group:
        record = rule.record
        yield f"| [{rule.id}]({folder}/{rule.id}.md) | {_text(rule.title)} | {record.severity} | {record.tier} |"
    yield ""


def _page(rule: Rule) -> Iterator[str]:
    record = rule.record
    yield f"# {rule.id}\n\n{_GENERATED}\n"
    yield f"**{rule.title}.** {_text(rule.reason)}\n"
    scope = "the whole stack" if rule.whole_stack else "one resource"
    yield f"- severity {record.severity}, tier {record.tier}; looks at {scope}"
    yield f"- compliant: {_text(record.condition)}"
    yield f"- where nothing is set: {'fails' if record.absent == 'violation' else 'passes'}"
    yield f"- types: {', '.join(f'`{token}`' for token in record.resources)}"
    if record.properties:
        yield f"- reads: {', '.join(f'`{path}`' for path in record.properties)}"
    for setting, schema in rule.config.items():
        described = f": {_text(str(schema['description']))}" if schema.get("description") else ""
        yield f"- setting `{setting}`, default `{schema['default']}`{described}"
    if record.fix:
        yield f"- remedy: {', '.join(f'`{path}` = `{value}`' for path, value in record.fix.items())}"
    yield f"- controls: {citation(record.controls) or 'none of the three frameworks'}"
    if record.peers:
        yield "- elsewhere: " + "; ".join(f"{tool} {', '.join(ids)}" for tool, ids in record.peers.items())
    if record.note:
        yield f"- note: {_text(record.note)}"
    case = cases().get(rule.id)
    if case is None:
        return
    bad, good = examples(case)
    if case.config:
        yield f"\nWith {', '.join(f'`{key}` = `{value}`' for key, value in case.config.items())}:"
    yield f"\n{FAILS}\n\n```yaml\n{to_yaml(bad)}```"
    if good:
        yield f"\n{PASSES}\n\n```yaml\n{to_yaml(good)}```"
    else:
        yield "\nThere is no compliant form: take the resource out."


def _text(text: str) -> str:
    """Words that Markdown must not read as tags or links."""
    return text.replace("<", "&lt;").replace("*", "\\*").replace("_", "\\_")


_BLOCK = re.compile(rf"^(?P<kind>{FAILS}|{PASSES})\n\n```yaml\n(?P<text>.*?)```", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"# (?P<id>[a-z0-9-]+)\n")


def snippets(page: str) -> Iterator[tuple[str, str, list[R]]]:
    """The examples of a page: rule id, ``Fails:`` or ``Passes:``, resources."""
    heading = _HEADING.match(page)
    for block in _BLOCK.finditer(page) if heading else ():
        yield heading["id"], block["kind"], from_yaml(block["text"])
