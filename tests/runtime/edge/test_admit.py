"""Which devices may register, and what becomes of what they say about themselves."""

import pytest

from platform_lib.runtime.edge.admit import decide

DEVICE = {"serial": "A1", "site": "north", "group": "cameras", "ring": "early", "ring_group": "fleet-ring-early-1"}


def question(**parameters: object) -> dict[str, object]:
    return {"certificateId": "c", "templateArn": "arn:t", "clientId": "fleet-claim-1", "parameters": parameters}


def test_a_known_device_is_let_in_with_what_the_table_says() -> None:
    answer = decide(question(SerialNumber="A1", Site="elsewhere", Ring="canary"), {"A1": DEVICE}.get)
    assert answer == {
        "allowProvisioning": True,
        "parameterOverrides": {
            "Site": "north",
            "DeviceGroup": "cameras",
            "Ring": "early",
            "RingGroup": "fleet-ring-early-1",
        },
    }


@pytest.mark.parametrize("parameters", [{}, {"SerialNumber": ""}, {"SerialNumber": 7}, {"SerialNumber": "B2"}])
def test_who_is_not_known_stays_out(parameters: dict[str, object]) -> None:
    assert decide(question(**parameters), {"A1": DEVICE}.get) == {"allowProvisioning": False}


@pytest.mark.parametrize("change", [{"blocked": True}, {"ring": ""}, {"site": None}])
def test_a_device_that_is_blocked_or_not_placed_stays_out(change: dict[str, object]) -> None:
    found = {"A1": {**DEVICE, **change}}
    assert decide(question(SerialNumber="A1"), found.get) == {"allowProvisioning": False}
