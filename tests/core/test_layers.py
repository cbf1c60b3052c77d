"""Overlays between defaults and stack file: which hold, what wins, what they may not say."""

from pathlib import Path
from typing import Any

import pytest
from pydantic import Field

from platform_lib.core.errors import SettingsError
from platform_lib.core.layers import overlay_files, overlays
from platform_lib.core.settings import Settings, SettingsGroup


class Cluster(SettingsGroup):
    version: str
    """Required where there is a cluster."""

    size: int = 1
    """How big."""


class Limits(SettingsGroup):
    days: int = Field(default=1, ge=1)
    """Days."""

    names: list[str] = Field(default_factory=list)
    """Names."""


class Shop(Settings):
    environment: str
    """Environment."""

    region: str | None = None
    """Region."""

    tenant: str | None = None
    """Tenant."""

    limits: Limits = Field(default_factory=Limits)
    """Limits."""

    cluster: Cluster | None = None
    """May be left out."""

    @classmethod
    def environment_defaults(cls, environment: str) -> dict[str, Any]:
        return {"limits": {"days": 10, "names": ["environment"]}} if environment == "prod" else {}


def project(folder: Path, stack: str, **files: str) -> Path:
    (folder / "Pulumi.yaml").write_text("name: shop\nruntime: python\n", encoding="utf-8")
    for name, text in files.items():
        path = folder / "settings" / f"{name.replace('__', '/')}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    path = folder / "Pulumi.dev.yaml"
    path.write_text(f"config:\n{stack}", encoding="utf-8")
    return path


PROD = "  shop:environment: prod\n  shop:region: north\n  shop:tenant: acme\n"


@pytest.mark.parametrize(
    "stack, region, tenant, days, origin",
    [
        ("  shop:environment: dev\n", "", "", 1, "default"),
        ("  shop:environment: prod\n", "", "", 10, "default of prod"),
        (PROD, "limits: {days: 20}", "", 20, "settings/region/north.yaml:1"),
        (PROD, "limits: {days: 20}", "limits: {days: 30}", 30, "settings/tenant/acme.yaml:1"),
        (PROD + "  shop:limits: {days: 40}\n", "limits: {days: 20}", "limits: {days: 30}", 40, "Pulumi.dev.yaml:5"),
        (PROD.replace("north", "south"), "limits: {days: 20}", "", 10, "default of prod"),
    ],
)
def test_the_highest_layer_wins(tmp_path: Path, stack: str, region: str, tenant: str, days: int, origin: str) -> None:
    settings = Shop.from_file(project(tmp_path, stack, region__north=region, tenant__acme=tenant), "shop")
    assert settings.limits.days == days
    assert str(settings.origin("limits.days")) == origin


def test_groups_are_merged_field_by_field_and_lists_are_replaced(tmp_path: Path) -> None:
    path = project(tmp_path, PROD, region__north="limits:\n  names: [a, b]\n")
    settings = Shop.from_file(path, "shop")
    assert (settings.limits.days, settings.limits.names) == (10, ["a", "b"])
    assert str(settings.origin("limits.names[1]")) == "settings/region/north.yaml:2"


def test_a_group_that_a_stack_leaves_out_stays_out(tmp_path: Path) -> None:
    overlay = "cluster:\n  version: '1.34'\n  size: 5\n"
    assert Shop.from_file(project(tmp_path, PROD, region__north=overlay), "shop").cluster is None
    path = project(tmp_path, PROD + "  shop:cluster: {size: 3}\n", region__north=overlay)
    assert Shop.from_file(path, "shop").cluster == Cluster(version="1.34", size=3)


@pytest.mark.parametrize(
    "overlay, problem",
    [
        ("limits: {days: 0}", "settings/region/north.yaml:1: limits.days: must be at least 1, got 0"),
        ("limits: {dayz: 1}", "settings/region/north.yaml:1: limits.dayz: is not known; did you mean 'days'?"),
        ("limit: {days: 1}", "settings/region/north.yaml:1: limit: is not known; did you mean 'limits'?"),
        ("environment: dev", "settings/region/north.yaml:1: environment: decides which layers hold"),
        ("tenant: other", "settings/region/north.yaml:1: tenant: decides which layers hold"),
        (
            "limits: {secure: v1:a:b}",
            "settings/region/north.yaml:1: limits: is secret; each stack has a key of its own",
        ),
        ("- a", "must be a map"),
        ("a: [", "north.yaml:1: is not YAML"),
    ],
)
def test_what_is_wrong_in_an_overlay_is_told_with_its_line(tmp_path: Path, overlay: str, problem: str) -> None:
    with pytest.raises(SettingsError) as caught:
        Shop.from_file(project(tmp_path, PROD, region__north=overlay), "shop")
    assert problem in str(caught.value)


def test_a_value_never_leaves_the_folder_of_overlays(tmp_path: Path) -> None:
    project(tmp_path, PROD)
    (tmp_path / "secret.yaml").write_text("limits: {days: 99}\n", encoding="utf-8")
    assert overlays(tmp_path, ["region"], {"region": "../../secret"}) == []
    assert overlays(tmp_path, ["region"], {"region": ""}) == []
    assert overlays(tmp_path / "nowhere", ["region"], {"region": "north"}) == []


def test_overlays_are_found_from_a_folder_below_the_project(tmp_path: Path) -> None:
    project(tmp_path, PROD, region__north="limits: {days: 20}\n", tenant__acme="limits: {days: 30}\n")
    (tmp_path / "stacks").mkdir()
    found = overlays(tmp_path / "stacks", ["region", "tenant"], {"tenant": "acme", "region": "north"})
    assert [layer.source for layer in found] == ["overlay region north", "overlay tenant acme"], "lowest first"
    listed = [(key, value) for key, value, _ in overlay_files(tmp_path, ["region", "tenant"])]
    assert listed == [("region", "north"), ("tenant", "acme")]
