import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platform_lib.core import naming
from platform_lib.core.errors import NamingError
from platform_lib.core.name_rules import NAME_RULES


def test_a_logical_name_is_component_role_and_key():
    assert naming.logical("main", "subnet", "private-euw1-az1") == "main-subnet-private-euw1-az1"
    assert naming.logical("main", "vpc") == "main-vpc"


@pytest.mark.parametrize("role, key", [("Subnet", ""), ("subnet", "a b"), ("subnet", "::"), ("-x", "")])
def test_parts_of_a_logical_name_are_checked(role, key):
    with pytest.raises(NamingError, match=r"main: (role|key) of a child: must be"):
        naming.logical("main", role, key)


@pytest.mark.parametrize("name, remedy", [("Main", "main"), ("my network", "my-network"), ("a__b", "a-b"), ("9", "")])
def test_the_name_of_a_component_is_checked(name, remedy):
    (finding,) = naming.check_component(name)
    assert finding.remedy == (f"use '{remedy}'" if remedy else "")
    assert not naming.check_component("main-2")


@given(st.sampled_from(sorted(NAME_RULES)), st.integers(1, 600))
def test_what_passes_with_its_suffix_is_within_the_limit(token, length):
    rule = NAME_RULES[token]
    findings = naming.check_automatic([(token, "a" * length)])
    assert bool(findings) == (length + rule.suffix > rule.longest)


def test_the_tightest_type_is_named_with_how_much_is_too_long():
    (finding,) = naming.check_automatic([("aws:iam/role:Role", "r" * 60), ("aws:s3/bucket:Bucket", "b" * 60)])
    assert str(finding) == (
        "name: is 5 too long for the automatic name of aws:s3/bucket:Bucket (at most 63 characters); "
        "shorten it by 5 characters"
    )


def test_a_type_without_a_rule_is_an_error():
    with pytest.raises(NamingError, match=r"did you mean 'aws:iam/role:Role'\?"):
        naming.check_automatic([("aws:iam/role:Rol", "x")])


def test_a_physical_name_is_checked_against_its_type():
    assert naming.physical("aws:s3/bucket:Bucket", "logs-archive") == "logs-archive"
    for name in ("Logs", "ab", "a" * 64, "a_b", "-ab"):
        with pytest.raises(NamingError, match=re.escape(f"got {name!r}")):
            naming.physical("aws:s3/bucket:Bucket", name)


def test_every_rule_has_a_page_of_its_vendor():
    hosts = {
        "aws": "https://docs.aws.amazon.com/",
        "azure-native": "https://learn.microsoft.com/",
        "gcp": "https://cloud.google.com/",
    }
    for token, rule in NAME_RULES.items():
        assert rule.source.startswith(hosts[token.split(":")[0].lower()])
        assert 0 < rule.shortest <= rule.longest
