"""The page about the checks of a mesh is what the checks say of themselves."""

import pytest

from platform_lib.components.mesh.checks import Check, Severity, all_checks
from support.pages import DOCS
from support.reference_platform import ROOT

PAGE = DOCS / "components" / "mesh-checks.md"
ABOUT = """\
# Checks of a mesh

<!-- Generated from the checks by `make golden`. -->

Before anything is made, `MeshComponent` looks at its objects as a graph: those that it plans, and those that are given
as `objects`. An **error** fails the preview; all are told at once, each with the argument, the object and, in brackets,
the name of the check. A **warning** is logged. The last column names the message of
[istioctl analyze](https://istio.io/latest/docs/reference/config/analysis/) that finds the same in a cluster.

The same checks look at what a cluster has, given as manifests with its namespaces, services and workloads:
`platform_lib.components.mesh.checks.examine_manifests(manifests)`.

| check | what holds | otherwise | | istioctl |
|---|---|---|---|---|
"""


def row(check: Check) -> str:
    level = "**error**" if check.severity is Severity.ERROR else "warning"
    return f"| `{check.name}` | {check.title} | {check.reason} | {level} | {check.like} |\n"


@pytest.mark.golden
def test_the_page_is_what_the_checks_say(request: pytest.FixtureRequest) -> None:
    text = ABOUT + "".join(map(row, all_checks()))
    if request.config.getoption("--update-golden"):
        PAGE.write_text(text, encoding="utf-8")
    assert PAGE.read_text(encoding="utf-8") == text, "the page is old; `make golden` writes it anew"
    assert "components/mesh-checks.md" in (ROOT / "mkdocs.yml").read_text(encoding="utf-8")


@pytest.mark.parametrize("check", all_checks(), ids=lambda check: check.name)
def test_every_check_says_what_holds_and_why(check: Check) -> None:
    assert check.title[0].isupper()
    assert not check.title.endswith(".")
    assert check.reason[0].isupper()
    assert check.reason.endswith(".")
    assert "|" not in check.title + check.reason
