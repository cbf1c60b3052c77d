"""What ``platform policy`` prints: reports, packs, rules."""

import sys
from collections.abc import Sequence
from pathlib import Path

from rich.table import Table
from rich.text import Text

from platform_lib.cli.console import out, print_json
from platform_lib.cli.findings import counts_text, show_by_control, show_findings
from platform_lib.operations.packs import PackSummary
from platform_lib.operations.policy_check import Checked, rendered
from policypacks.engine.finding import citation
from policypacks.engine.pack import Pack
from policypacks.engine.registry import Rule


def show_report(
    checked: Sequence[Checked], form: str, output: Path | None, *, everything: bool, by_control: bool
) -> None:
    """Prints or writes the report of a check; a table that is to be written is JSON in the file."""
    if form == "table":
        _show_table(checked, everything=everything, by_control=by_control)
        if output is None:
            return
        form = "json"
    if form == "html" and output is not None:
        _write_pages(checked, output)
        return
    text = rendered(checked, form)
    if output is None:
        sys.stdout.write(text if text.endswith("\n") else f"{text}\n")
        return
    from platform_lib.cli.console import err
    from platform_lib.operations.output import write_text

    write_text(output, text)
    err().print(f"written: {output}")


def _write_pages(checked: Sequence[Checked], folder: Path) -> None:
    from platform_lib.cli.console import err
    from platform_lib.operations.output import write_text
    from platform_lib.operations.policy_check import pages

    folder.mkdir(parents=True, exist_ok=True)
    for name, text in pages(checked).items():
        write_text(folder / name, text)
    err().print(f"written: {folder / 'index.html'}")


def _show_table(checked: Sequence[Checked], *, everything: bool, by_control: bool) -> None:
    console = out()
    for item in checked:
        evaluator = item.evaluator
        packs = ", ".join(pack.name for pack in evaluator.packs)
        console.print(Text.assemble((item.subject, "bold"), f"  {item.resources} resources"))
        console.print(
            f"  {packs}, {len(evaluator.rules)} rules at the levels of {evaluator.environment}: "
            f"{counts_text(item.findings)}"
        )
        if by_control:
            show_by_control(console, item.evaluator.report())
        else:
            show_findings(console, item.findings, everything=everything)
    if len(checked) > 1:
        console.print("Summary", style="bold")
        table = Table("STATE", "RESOURCES", "FINDINGS", "VERDICT", box=None, header_style="bold", pad_edge=False)
        for item in checked:
            verdict = Text("refused", "bold red") if item.refused else Text("accepted", "green")
            table.add_row(item.subject, str(item.resources), counts_text(item.findings), verdict)
        console.print(table)


def show_packs(packs: Sequence[PackSummary], *, as_json: bool) -> None:
    """Prints the packs."""
    if as_json:
        entries = [
            {
                "name": item.pack.name,
                "title": item.pack.title,
                "version": item.pack.version,
                "framework": item.pack.framework,
                "rules": item.rules,
                "controls": item.controls,
            }
            for item in packs
        ]
        print_json({"packs": entries})
        return
    table = Table("PACK", "RULES", "CONTROLS", "TITLE", box=None, header_style="bold", pad_edge=False)
    for item in packs:
        table.add_row(item.pack.name, str(item.rules), str(item.controls or ""), item.pack.title)
    out().print(table)


def show_rules(pack: Pack, *, as_json: bool) -> None:
    """Prints the rules of a pack with their levels by environment."""
    rules = list(pack.rules.values())
    if as_json:
        entries = [_rule_json(rule) | {"levels": {env: pack.level(rule, env) for env in pack.levels}} for rule in rules]
        print_json({"pack": pack.name, "version": pack.version, "rules": entries})
        return
    environments = list(pack.levels)
    heads = [name.upper() for name in environments]
    table = Table("RULE", "SEVERITY", "TIER", *heads, "TITLE", box=None, header_style="bold", pad_edge=False)
    for rule in rules:
        levels = [pack.level(rule, name) for name in environments]
        table.add_row(rule.id, rule.record.severity, str(rule.record.tier), *levels, rule.title)
    console = out()
    console.print(table)
    console.print(f"{len(rules)} rules in {pack.name} {pack.version}", style="dim")


def show_rule(rule: Rule, *, as_json: bool) -> None:
    """Prints one rule."""
    if as_json:
        print_json(_rule_json(rule))
        return
    record, console = rule.record, out()
    console.print(Text.assemble((rule.id, "bold"), f"  {record.severity}, tier {record.tier}, {record.scope} scope"))
    console.print(f"  {rule.title}")
    console.print(f"  why: {rule.reason}")
    console.print(f"  compliant: {record.condition}")
    console.print(f"  where nothing is set: {record.absent}")
    for label, values in (
        ("looks at", rule.subjects),
        ("reads", record.properties),
        ("settings", [f"{name} (default {schema.get('default')!r})" for name, schema in rule.config.items()]),
    ):
        if values:
            console.print(f"  {label}: {', '.join(values)}")
    if record.fix:
        console.print(f"  remedy: {', '.join(f'{path} = {value}' for path, value in record.fix.items())}")
    console.print(f"  controls: {citation(record.controls)}")
    if record.note:
        console.print(f"  note: {record.note}")


def _rule_json(rule: Rule) -> dict[str, object]:
    record = rule.record
    return {
        "id": rule.id,
        "title": rule.title,
        "reason": rule.reason,
        "severity": record.severity,
        "tier": record.tier,
        "scope": record.scope,
        "condition": record.condition,
        "absent": record.absent,
        "types": list(rule.subjects),
        "properties": list(record.properties),
        "fix": dict(record.fix),
        "settings": {name: dict(schema) for name, schema in rule.config.items()},
        "controls": {framework: list(ids) for framework, ids in record.controls.items()},
        "peers": {tool: list(ids) for tool, ids in record.peers.items()},
    }
