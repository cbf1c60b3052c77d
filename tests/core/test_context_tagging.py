import pulumi
import pytest
from hypothesis import given
from hypothesis import strategies as st

from platform_lib.core.context import ComplianceScope, Context, DataClassification
from platform_lib.core.errors import ArgsError
from platform_lib.core.tagging import AWS_TAGS, AZURE_TAGS, GCP_LABELS, REQUIRED_TAGS, required_tags, tags
from support.contexts import context

words = st.from_regex(r"[a-z][a-z0-9_-]{0,62}", fullmatch=True)


@given(
    words, words, words, st.sampled_from(DataClassification), st.lists(st.sampled_from(ComplianceScope), unique=True)
)
def test_the_required_tags_of_every_context_are_valid_on_every_cloud(environment, owner, centre, classification, scope):
    made = Context(
        environment=environment,
        owner=owner,
        cost_centre=centre,
        data_classification=classification,
        compliance_scope=scope,
    )
    found = required_tags(made)
    assert tuple(found) == REQUIRED_TAGS
    for rules in (AWS_TAGS, AZURE_TAGS, GCP_LABELS):
        assert all(rules.key.fullmatch(key) and rules.value.fullmatch(value) for key, value in found.items())


@pytest.mark.parametrize("field", ["environment", "owner", "cost_centre"])
@pytest.mark.parametrize(
    "value, remedy",
    [("Team A", "; use 'team-a'"), ("a@example.com", "; use 'a-example-com'"), ("", ""), ("9", ""), ("ä", "")],
)
def test_a_word_that_some_cloud_refuses_is_refused(field, value, remedy):
    with pytest.raises(ArgsError) as caught:
        context(**{"environment": "dev", field: value})
    text = "must be 1 to 63 lower-case letters, digits, '_' or '-', beginning with a letter"
    assert str(caught.value) == f"Context: {field}: {text}, got {value!r}{remedy}"


def test_only_dev_leaves_stateful_resources_unprotected():
    assert not context("dev").protects
    assert all(context(name).protects for name in ("staging", "prod", "development", "qa"))


def test_the_scope_is_named_once_and_its_order_does_not_matter():
    assert required_tags(context(compliance_scope=["soc2", "hipaa"]))["compliance-scope"] == "hipaa_soc2"
    assert required_tags(context())["compliance-scope"] == "none"
    with pytest.raises(ArgsError, match="compliance_scope: must name each framework once"):
        context(compliance_scope=["pci", "pci"])


def test_more_tags_are_merged_and_outputs_passed_on():
    async def merged():
        value = pulumi.Output.from_input("x")
        return tags(context(), {"team": value})["team"] is value

    import asyncio

    assert asyncio.run(merged())
    assert tags(context(), {"team": "x"})["owner"] == "network-team"


@pytest.mark.parametrize(
    "rules, extra, problem",
    [
        (AWS_TAGS, {"Owner": "x"}, "tags.Owner: is set from the context; leave it out"),
        (AWS_TAGS, {"aws:x": "x"}, "tags.aws:x: is not a key of a tag"),
        (AWS_TAGS, {"x" * 129: "x"}, "is not a key of a tag"),
        (AWS_TAGS, {"x": "y" * 257}, "tags.x: is not a value of a tag"),
        (AWS_TAGS, {"x": "a#b"}, "tags.x: is not a value of a tag"),
        (AZURE_TAGS, {"a/b": "x"}, "tags.a/b: is not a key of a tag"),
        (AZURE_TAGS, {"microsoft-x": "x"}, "is not a key of a tag"),
        (GCP_LABELS, {"Team": "x"}, "tags.Team: is not a key of a label"),
        (GCP_LABELS, {"team": "X"}, "tags.team: is not a value of a label"),
    ],
)
def test_a_tag_that_the_cloud_refuses_is_refused(rules, extra, problem):
    with pytest.raises(ArgsError) as caught:
        tags(context(), extra, rules=rules, subject="Thing 'main'")
    assert problem in str(caught.value)


def test_too_many_tags_are_refused():
    with pytest.raises(ArgsError, match="must be at most 50 with the required ones, got 51"):
        tags(context(), {f"k{index}": "v" for index in range(46)})
    assert len(tags(context(), {f"k{index}": "v" for index in range(45)})) == 50
