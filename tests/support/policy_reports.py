"""A report with every kind of answer, for the tests of the renderers."""

from collections.abc import Collection
from datetime import date

from platform_lib.core.values import UNKNOWN, Secret
from policypacks.engine.predicate import require_equal, require_true
from policypacks.engine.waiver import Waiver, Waivers
from policypacks.report.model import Report
from support.policy_engine import STACK, evaluator, facts, make_rule, record

ON = make_rule(lambda r: require_true(r, "on"), record(controls={"hipaa": ("164.312(b)",), "pci_dss": ("10.2.1",)}))
WORD = make_rule(
    lambda r: require_equal(r, "word", "x"), record("test-word", absent="pass", controls={"soc2": ("CC7.2",)})
)
WAIVER = Waiver(
    "test-rule", "urn:pulumi:dev::project::test:index:Thing::waived", "ann", "bob", "migration", "firewall",
    date(2026, 2, 1), 3,
)  # fmt: skip


NAMES = ("good", "bad<b>", "open", "waived")


def mixed(*, word: object = "x", preview: bool = True, names: Collection[str] = NAMES) -> Report:
    """Good, bad, open and waived things for the rule ``test-rule``; ``test-word`` passes unless told otherwise."""
    waivers = Waivers("w.yaml", "0" * 64, (WAIVER,), ())
    it = evaluator(ON, WORD, waivers=waivers, preview=preview, project="project", stack="dev")
    it.analyze_facts(STACK)
    for name, properties in {
        "good": {"on": True, "word": word},
        "bad<b>": {"on": Secret("hunter2")},
        "open": {"on": UNKNOWN},
        "waived": {"on": False},
    }.items():
        if name in names:
            it.analyze_facts(facts(properties, name=name))
    it.analyze_graph([STACK])
    return it.report()
