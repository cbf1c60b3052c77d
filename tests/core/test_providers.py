import pulumi
import pulumi_kubernetes as kubernetes
import pytest

from platform_lib.core.errors import ArgsError
from platform_lib.core.providers import require_provider
from support.recording import record


def tried(options):
    """What is said of options that a program makes of a provider and what stands above."""

    def program():
        provider = kubernetes.Provider("cluster")
        above = pulumi.ComponentResource("a:b:C", "above", {}, pulumi.ResourceOptions(providers=[provider]))
        bare = pulumi.ComponentResource("a:b:C", "bare")
        try:
            require_provider("MeshComponent 'main'", "kubernetes", options(provider, above, bare))
        except ArgsError as error:
            return str(error)
        return ""

    return record(program).result


@pytest.mark.parametrize(
    "options",
    [
        lambda provider, *_: pulumi.ResourceOptions(provider=provider),
        lambda provider, *_: pulumi.ResourceOptions(providers=[provider]),
        lambda provider, *_: pulumi.ResourceOptions(providers={"kubernetes": provider}),
        lambda _provider, above, _bare: pulumi.ResourceOptions(parent=above),
    ],
    ids=["one", "list", "map", "parent"],
)
def test_a_provider_comes_by_any_way_of_the_options(options):
    assert tried(options) == ""


@pytest.mark.parametrize(
    "options",
    [lambda *_: None, lambda *_: pulumi.ResourceOptions(), lambda *given: pulumi.ResourceOptions(parent=given[2])],
    ids=["no options", "empty ones", "a parent without one"],
)
def test_no_provider_is_refused_with_the_way_out(options):
    assert tried(options) == (
        "MeshComponent 'main': opts: brings no provider of kubernetes, without which it is whatever is configured on "
        "the machine; pass ResourceOptions(provider=cluster.provider)"
    )
