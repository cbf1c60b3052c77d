"""The schemas that planned custom resources are held to are as strict as the API server."""

from typing import Any

import pytest

from support.istio_schemas import schema_faults

ROUTE = {"destination": {"host": "shop", "subset": "v1", "port": {"number": 8080}}, "weight": 100}


def service(**http: Any) -> dict[str, Any]:
    return {
        "apiVersion": "networking.istio.io/v1",
        "kind": "VirtualService",
        "metadata": {"name": "shop"},
        "spec": {"hosts": ["shop"], "http": [{"route": [ROUTE], **http}]},
    }


def test_what_is_right_passes() -> None:
    assert schema_faults(service(timeout="5s", retries={"attempts": 2, "retryOn": "connect-failure"})) == []


@pytest.mark.parametrize(
    ("http", "said"),
    [
        ({"timeOut": "5s"}, "Additional properties are not allowed"),
        ({"timeout": 5}, "is not of type 'string'"),
        ({"retries": {"attempts": "2"}}, "'2'"),
        ({"route": [{"weight": 100}]}, "'destination' is a required property"),
        ({"timeout": None}, "None"),
    ],
)
def test_what_is_wrong_does_not(http: dict[str, Any], said: str) -> None:
    assert any(said in fault for fault in schema_faults(service(**http))), schema_faults(service(**http))


@pytest.mark.parametrize(("version", "kind"), [("apps/v1", "Deployment"), ("networking.istio.io/v1", "Nothing")])
def test_other_kinds_are_not_known(version: str, kind: str) -> None:
    with pytest.raises(KeyError):
        schema_faults({"apiVersion": version, "kind": kind, "spec": {}})
