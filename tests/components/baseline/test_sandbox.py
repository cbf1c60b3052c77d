import pytest

from platform_lib.components.baseline import SecurityBaseline, SecurityBaselineArgs
from support.component_stack import ComponentStack
from support.contexts import context


def baseline(environment="dev", **more):
    def make(account_id, opts):
        fields = {"context": context(environment, compliance_scope=["hipaa", "pci"]), "region": "eu-west-1", **more}
        return SecurityBaseline("baseline", SecurityBaselineArgs(account_id=account_id, **fields), opts)

    return make


@pytest.fixture
def stack():
    made = ComponentStack()
    yield made
    made.cloud.close()


def test_a_whole_baseline_comes_up_stays_and_goes(stack):
    emails = {"emails": ["security@example.com"]}
    assert set(stack.up(baseline(alarms=emails))) == {"create"}
    assert set(stack.up(baseline(alarms=emails))) == {"same"}
    result = stack.run("destroy")
    assert (result.exit_code, set(result.changes)) == (0, {"delete"})
    assert not stack.engine.snapshot.resources


def test_parts_can_be_taken_out_and_put_back_without_touching_the_archive(stack):
    stack.up(baseline())
    without = baseline(trail={"enabled": False}, configuration_history={"enabled": False})
    assert set(stack.up(without)) == {"delete", "same"}
    assert "baseline-archive" in stack.of_type("aws:s3/bucket:Bucket")
    assert set(stack.up(baseline())) == {"create", "same"}


def test_longer_retention_replaces_nothing(stack):
    stack.up(baseline())
    longer = baseline(archive={"retention_days": 3000}, trail={"log_retention_days": 3653})
    assert set(stack.up(longer)) == {"update", "same"}


def test_what_holds_data_is_not_destroyed_outside_dev(stack):
    stack.up(baseline("prod"))
    result = stack.run("destroy")
    assert result.exit_code == 1
    left = {item.urn.rsplit("::", 1)[-1] for item in stack.engine.snapshot.resources}
    assert {"baseline-archive", "baseline-logs-key", "baseline-data-key", "baseline-trail"} <= left
