"""Sets of URNs for targets and excludes."""

import pytest

from platform_lib.sandbox.engine.matcher import UrnMatcher

URN = "urn:pulumi:dev::shop::acme:index:Outer$aws:s3/bucket:Bucket::logs"


@pytest.mark.parametrize(
    ("pattern", "member"),
    [
        (URN, True),
        ("**Bucket::logs", True),
        ("**::log*", True),
        ("urn:pulumi:*::shop::**::logs", True),
        ("urn:pulumi:dev::shop::*::logs", False),  # one star does not cross a colon
        ("**::log", False),
        ("**acme.index**", False),  # a point is a point
        ("logs", False),
    ],
)
def test_patterns(pattern: str, member: bool):
    assert (URN in UrnMatcher([pattern])) is member


def test_an_empty_set_holds_everything_and_stays_empty():
    matcher = UrnMatcher([])
    matcher.add("other")
    assert not matcher.constrained
    assert URN in matcher


def test_a_copy_is_a_set_of_its_own():
    first = UrnMatcher(["**::a"])
    second = first.copy()
    second.add(URN)
    assert URN in second
    assert URN not in first
    assert "x::a" in second
