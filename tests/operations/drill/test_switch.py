"""Where a stack says which site is active, and how that is changed for a run."""

import json
from typing import Any

import pytest

from platform_lib.components.dr.kind import Site
from platform_lib.operations.drill.switch import find_setting, with_site
from platform_lib.operations.errors import InputError
from platform_lib.sandbox.engine.target import ConfigValue


def value(held: Any) -> ConfigValue:
    return ConfigValue(json.dumps(held), is_object=True) if isinstance(held, dict | list) else ConfigValue(str(held))


SCHEMA = {
    "properties": {
        "network": {"$ref": "#/$defs/Network"},
        "resilience": {"anyOf": [{"$ref": "#/$defs/Resilience"}, {"type": "null"}]},
    },
    "$defs": {
        "Network": {"properties": {"cidr": {"type": "string"}}},
        "Resilience": {"properties": {"failover": {"$ref": "#/$defs/Failover"}}},
        "Failover": {"properties": {"active_site": {"enum": ["primary", "secondary"]}}},
    },
}


@pytest.mark.parametrize(
    ("config", "found"),
    [
        ({"shop:active_site": "primary"}, "shop:active_site"),
        ({"shop:resilience": {"active_site": "primary"}}, "shop:resilience.active_site"),
        ({"shop:a": {"b": {"active_site": "primary"}}, "shop:c": "[1]"}, "shop:a.b.active_site"),
        ({"shop:list": [1], "shop:text": "active_site", "shop:active_site": "primary"}, "shop:active_site"),
    ],
)
def test_found_where_the_stack_sets_it(config: dict[str, Any], found: str) -> None:
    assert find_setting({key: value(held) for key, held in config.items()}, SCHEMA, "shop") == found


def test_found_in_the_settings_model_where_the_stack_sets_it_nowhere() -> None:
    assert find_setting({"shop:owner": value("me")}, SCHEMA, "shop") == "shop:resilience.failover.active_site"


def test_found_nowhere() -> None:
    with pytest.raises(InputError, match=r"active_site: is in no setting of the stack; name the one .* --active-site"):
        find_setting({}, None, "shop")
    with pytest.raises(InputError, match="is in no setting"):
        find_setting({}, {"properties": {"network": {"$ref": "#/$defs/Network"}}, "$defs": SCHEMA["$defs"]}, "shop")


def test_found_in_several_places() -> None:
    config = {"shop:a": value({"active_site": "primary"}), "shop:b": value({"active_site": "primary"})}

    with pytest.raises(InputError, match=r"is in several places, shop:a\.active_site, shop:b\.active_site"):
        find_setting(config, None, "shop")


def test_a_setting_is_changed_and_nothing_else() -> None:
    config = {"shop:owner": value("me"), "shop:active_site": value("primary")}

    changed = with_site(config, "shop:active_site", Site.SECONDARY)

    assert changed == {**config, "shop:active_site": ConfigValue("secondary")}
    assert config["shop:active_site"].value == "primary"


def test_a_setting_within_a_group_is_changed_and_nothing_else() -> None:
    config = {"shop:dr": value({"a": {"active_site": "primary", "b": 1}, "c": [2]})}

    changed = with_site(config, "shop:dr.a.active_site", Site.SECONDARY)

    assert json.loads(changed["shop:dr"].value) == {"a": {"active_site": "secondary", "b": 1}, "c": [2]}
    assert changed["shop:dr"].is_object


@pytest.mark.parametrize("setting", ["shop:dr.active_site", "shop:dr.deep.active_site"])
def test_a_setting_that_is_not_there_yet_is_added(setting: str) -> None:
    changed = json.loads(with_site({}, setting, Site.SECONDARY)["shop:dr"].value)

    assert changed in ({"active_site": "secondary"}, {"deep": {"active_site": "secondary"}})


@pytest.mark.parametrize("held", ["text", [1], {"a": "text"}])
def test_a_path_into_something_else_is_refused(held: Any) -> None:
    with pytest.raises(InputError, match=r"--active-site: shop:dr\.a\.active_site leads into something"):
        with_site({"shop:dr": value(held)}, "shop:dr.a.active_site", Site.SECONDARY)
