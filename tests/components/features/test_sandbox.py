"""A feature store on the sandbox: up, again, every kind of change with its steps, destroyed."""

import pytest

from platform_lib.components.features import FeatureStore, FeatureStoreArgs
from platform_lib.sandbox.engine.event import StepEvent
from support.component_stack import ComponentStack
from support.feature_stores import store_args, surroundings


def store(environment="dev", **more):
    def make(account_id, opts):
        args = {**store_args(environment, account_id=account_id, **surroundings(opts)), **more}
        return FeatureStore("main", FeatureStoreArgs(**args), opts)

    return make


class Stack(ComponentStack):
    def steps(self, operation, component=None):
        """Exit code, and operation and name of every step that changes something in the store."""
        found = set()

        def keep(event):
            if isinstance(event, StepEvent) and event.phase == "outputs" and event.op != "same":
                found.add((event.op, event.urn.rsplit("::", 1)[-1].removeprefix("main-")))

        self.engine.sink = keep
        result = self.run(operation, component)
        self.errors = "\n".join(item.message for item in result.diagnostics)
        return result.exit_code, found


@pytest.fixture
def stack():
    made = Stack()
    yield made
    made.cloud.close()


def test_a_whole_store_comes_up_stays_and_goes(stack):
    previewed = stack.run("preview", store())
    assert stack.up(store()) == dict(previewed.changes)
    assert set(stack.up(store())) == {"same"}
    result = stack.run("destroy")
    assert (result.exit_code, set(result.changes)) == (0, {"delete"})
    assert stack.cloud.ls() == []
