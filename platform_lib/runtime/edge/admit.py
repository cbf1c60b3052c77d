"""Decides whether a device may register: AWS IoT asks before it makes anything of what the device says.

Source: https://docs.aws.amazon.com/iot/latest/developerguide/pre-provisioning-hook.html. Only what stands in the table
of devices counts: a device tells its serial number, and site, group and ring come from there.
"""

import os

OVERRIDES = {"site": "Site", "group": "DeviceGroup", "ring": "Ring", "ring_group": "RingGroup"}
"""Parameter of the template for each attribute of a device in the table."""

REFUSED = {"allowProvisioning": False}


def decide(event, look_up):
    """The answer to AWS IoT.

    Args:
        event: its question, with what the device says in ``parameters``.
        look_up: gives the attributes of a device by its serial number, None where it is not known.
    """
    serial = event.get("parameters", {}).get("SerialNumber")
    device = look_up(serial) if isinstance(serial, str) and serial else None
    if device is None or device.get("blocked") or any(not device.get(attribute) for attribute in OVERRIDES):
        return REFUSED
    overrides = {parameter: str(device[attribute]) for attribute, parameter in OVERRIDES.items()}
    return {"allowProvisioning": True, "parameterOverrides": overrides}


def handler(event, context):
    """The function of Lambda; the table is named by ``DEVICES_TABLE``."""
    del context
    import boto3  # what Lambda brings along; the rest of the module is tested without it

    table = boto3.resource("dynamodb").Table(os.environ["DEVICES_TABLE"])
    return decide(event, lambda serial: table.get_item(Key={"serial": serial}).get("Item"))
