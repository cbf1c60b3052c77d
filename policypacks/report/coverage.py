"""The coverage pages: every control of the frameworks with its rules, or why infrastructure code cannot check it."""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from policypacks.engine.record import CATALOGUE, FRAMEWORKS, Control, controls, themes
from policypacks.engine.registry import Rule
from policypacks.report.beyond import flags_of, limit_of

PAGES: Final[Mapping[str, str]] = {"hipaa": "hipaa.md", "pci_dss": "pci-dss.md", "soc2": "soc2.md"}
"""Page of each framework, below ``docs/policies/coverage``."""

_TITLES: Final[Mapping[str, str]] = {
    "hipaa": "HIPAA Security Rule",
    "pci_dss": "PCI DSS 4.0.1",
    "soc2": "SOC 2",
}
_GENERATED: Final = "<!-- Generated from the rules and the catalogue by `make golden`. -->\n"
_NOTE: Final = (
    "A rule that passes is evidence for a control, never a statement of compliance. Controls are cited by their id, "
    "in our own words; the mapping from rules to controls is our reading."
)
PROVIDERS: Final[Mapping[str, str]] = {
    "aws": "AWS",
    "azure-native": "Azure",
    "gcp": "Google Cloud",
    "kubernetes": "Kubernetes",
    "vault": "Vault",
    "any": "any provider",
}
"""Providers of the catalogue, with the names that the pages use."""


def coverage_pages(rules: Mapping[str, Rule]) -> dict[str, str]:
    """The pages by file name.

    Args:
        rules: every rule, by id.
    """
    pages = {PAGES[framework]: _framework(framework, rules) for framework in FRAMEWORKS}
    return {"index.md": _index(rules), **pages, "gdpr.md": _gdpr(rules), "hitrust.md": _hitrust(rules)}


def _index(rules: Mapping[str, Rule]) -> str:
    lines = [
        "# Coverage",
        "",
        _GENERATED,
        "What the policy packs can show of each framework, and what they cannot. " + _NOTE,
        "",
        "| framework | controls | with rules | only partly in code | not in code | in code, without a rule |",
        "|---|---:|---:|---:|---:|---:|",
    ]
    for framework, page in PAGES.items():
        every = list(controls(framework).values())
        covered = _by_control(framework, rules)
        with_rules = sum(bool(covered.get(item.id)) for item in every)
        partly = sum(item.iac == "partial" for item in every)
        none = sum(item.iac == "none" for item in every)
        open_ = sum(item.iac != "none" and not covered.get(item.id) for item in every)
        lines.append(f"| [{_TITLES[framework]}]({page}) | {len(every)} | {with_rules} | {partly} | {none} | {open_} |")
    lines += [
        "",
        "[GDPR](gdpr.md) is covered by the same themes, which is our reading; for [HITRUST](hitrust.md), whose text is",
        "licensed, the pages name our themes and nothing else.",
        "",
        "| provider | rules |",
        "|---|---:|",
    ]
    for provider, name in PROVIDERS.items():
        lines.append(f"| {name} | {sum(rule.record.provider == provider for rule in rules.values())} |")
    return "\n".join([*lines, ""])


def _framework(framework: str, rules: Mapping[str, Rule]) -> str:
    covered = _by_control(framework, rules)
    lines = [f"# {_TITLES[framework]}", "", _GENERATED, _NOTE, ""]
    lines += _legend(framework)
    lines += ["| control | what it asks | rules | in code |", "|---|---|---:|---|"]
    for control in controls(framework).values():
        found = covered.get(control.id, ())
        name = f"[{control.id}](#{_anchor(control)})"
        words = {"direct": "yes", "partial": "partly", "none": "no"}[control.iac]
        lines.append(f"| {name} | {control.title} | {len(found)} | {words} |")
    for control in controls(framework).values():
        lines += ["", *_control(control, covered.get(control.id, ()))]
    return "\n".join([*lines, ""])


def _legend(framework: str) -> list[str]:
    if framework == "hipaa":
        return [
            "Specifications are *required* or *addressable*. An addressable one is kept like a required one here: to",
            "decline it with a written reason is a waiver.",
            "",
        ]
    if framework == "pci_dss":
        return [
            "*Future-dated* requirements were best practice until 31 March 2025 and are in force since; some hold for",
            "*service providers only*.",
            "",
        ]
    return []


def _control(control: Control, rules: Sequence[Rule]) -> Iterator[str]:
    yield f"## {control.id} {{ #{_anchor(control)} }}"
    yield ""
    flags = flags_of(control)
    yield control.title + (f" (*{', '.join(flags)}*)." if flags else ".")
    limit = limit_of(control)
    if limit is not None:
        how = "cannot show this" if control.iac == "none" else "shows only a part of this"
        yield ""
        yield f"Infrastructure code {how}: {limit.why}. Look for: {limit.evidence}."
    if control.iac != "none" and not rules:
        yield ""
        yield "No rule looks at it."
    for provider, name in PROVIDERS.items():
        found = [rule for rule in rules if rule.record.provider == provider]
        if found:
            yield ""
            yield f"{name}: " + ", ".join(_link(rule) for rule in found)


def _by_control(framework: str, rules: Mapping[str, Rule]) -> Mapping[str, Sequence[Rule]]:
    found: dict[str, list[Rule]] = {}
    for _, rule in sorted(rules.items()):
        for cited in rule.record.controls.get(framework, ()):
            found.setdefault(cited, []).append(rule)
    return found


def _by_theme(rules: Mapping[str, Rule]) -> Mapping[str, Sequence[Rule]]:
    found: dict[str, list[Rule]] = {}
    for _, rule in sorted(rules.items()):
        for theme in rule.record.themes:
            found.setdefault(theme, []).append(rule)
    return found


def _gdpr(rules: Mapping[str, Rule]) -> str:
    data: Mapping[str, Any] = json.loads((CATALOGUE / "gdpr.json").read_text(encoding="utf-8"))
    by_theme = _by_theme(rules)
    lines = [
        "# GDPR",
        "",
        _GENERATED,
        f"{data['citation']} names aims, not settings. Which themes of the rules serve which article is",
        "**our reading**; no rule cites an article and there is no pack for it. Most of the regulation (lawfulness,",
        "rights of persons, contracts, impact assessments) is not about infrastructure and is not listed. " + _NOTE,
        "",
        "| article | what it asks, in our words | themes | rules |",
        "|---|---|---|---:|",
    ]
    for article, title in data["articles"].items():
        served = [theme for theme, articles in data["themes"].items() if article in articles]
        count = len({rule.id for theme in served for rule in by_theme.get(theme, ())})
        names = "; ".join(themes()[theme]["title"] for theme in served)
        lines.append(f"| {article} | {title} | {names} | {count} |")
    return "\n".join([*lines, ""])


def _hitrust(rules: Mapping[str, Rule]) -> str:
    by_theme = _by_theme(rules)
    lines = [
        "# HITRUST",
        "",
        _GENERATED,
        "The HITRUST CSF is licensed: neither its control ids nor its text appear here. These are the themes of our",
        "rules, for those who hold a licence to map to their own assessment. " + _NOTE,
        "",
        "| theme | rules |",
        "|---|---:|",
    ]
    lines += [f"| {theme['title']} | {len(by_theme.get(name, ()))} |" for name, theme in themes().items()]
    return "\n".join([*lines, ""])


def rule_page(rule: Rule) -> str:
    """Where the page of a rule stands, below ``docs/policies/rules``: ``aws/s3/aws-s3-bucket-encrypted.md``."""
    return f"{rule.record.group.replace('_', '-')}/{rule.id}.md"


def _link(rule: Rule) -> str:
    return f"[{rule.id}](../rules/{rule_page(rule)})"


def _anchor(control: Control) -> str:
    return f"{control.framework}-" + "".join(char if char.isalnum() else "-" for char in control.id).strip("-").lower()
