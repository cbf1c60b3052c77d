"""Exceptions from mutual TLS under the packs: they hold until their day, and not a day longer."""

from datetime import date

import pulumi
import pulumi_kubernetes as kubernetes
import pytest

from platform_lib.testing import Graph, run_program
from platform_lib.testing.policies import evaluate
from support.mesh_services import shop_args
from support.mesh_stack import mesh

RULE = "k8s-mesh-mtls-exception-not-expired"


def graph(**more: object) -> Graph:
    def program() -> None:
        opts = pulumi.ResourceOptions(provider=kubernetes.Provider("cluster", cluster_identifier="main"))
        pulumi.export("tags", mesh("prod", **shop_args("prod", **more))(None, opts).tags)

    return run_program(program)


@pytest.fixture(scope="module")
def shop() -> Graph:
    return graph()


def found(made: Graph, day: date) -> set[str]:
    results = evaluate(made, "baseline", environment="prod", today=day)
    return {urn.rsplit("::", 1)[-1] for urn in results.failing.get(RULE, ())}


@pytest.mark.parametrize(
    ("day", "names"),
    [
        (date(2027, 3, 31), set()),
        (date(2027, 4, 1), {"main-mtls-exception-old-client"}),
    ],
)
def test_an_exception_is_found_from_the_day_after_its_end(shop: Graph, day: date, names: set[str]) -> None:
    assert found(shop, day) == names


def test_a_permissive_mesh_is_found_from_the_day_after_its_end() -> None:
    made = graph(mtls={"mode": "permissive", "until": "2027-01-31", "strict_namespaces": ["shop"]})
    assert found(made, date(2027, 1, 31)) == set()
    assert found(made, date(2027, 2, 1)) == {"main-mtls"}
