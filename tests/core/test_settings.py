import pulumi
import pytest
from pydantic import Field, field_validator

from platform_lib.core.cidr import parse_ipv4
from platform_lib.core.errors import SettingsError
from platform_lib.core.inputs import Input
from platform_lib.core.settings import Settings, SettingsGroup, WithheldSecret, settings_class
from support.recording import PROJECT, record


class Network(SettingsGroup):
    cidr: str
    """Range."""

    zones: list[str] | None = None
    """Zones."""

    zone_count: int | None = Field(default=None, ge=1)
    """How many."""

    @field_validator("cidr")
    @classmethod
    def _check(cls, value):
        parse_ipv4(value)
        return value


class StackSettings(Settings):
    environment: str
    """Environment."""

    account: str | None = None
    """Account, digits as text."""

    protect: bool | None = None
    """Protect."""

    network: Network
    """Network."""

    token: Input[str] | None = None
    """A secret."""

    @classmethod
    def environment_defaults(cls, environment):
        return (
            {"network": {"zone_count": 3}, "protect": True} if environment == "prod" else {"network": {"zone_count": 2}}
        )


GOOD = """\
config:
  aws:region: eu-west-1
  platform:environment: prod
  platform:account: 012345678901
  platform:network:
    cidr: 10.0.0.0/16
    zones:
      - euw1-az1
  platform:token:
    secure: v1:abc
"""


PREFIX = "stack 'test': Pulumi.test.yaml"


def written(folder, text, stack="test"):
    (folder / "Pulumi.yaml").write_text("name: platform\nruntime: python\n")
    path = folder / f"Pulumi.{stack}.yaml"
    path.write_text(text)
    return path


def lines(caught):
    return str(caught.value).splitlines()


def test_a_stack_file_gives_settings_with_the_origin_of_every_value(tmp_path):
    settings = StackSettings.from_file(written(tmp_path, GOOD), PROJECT)
    assert settings.account == "012345678901"
    assert settings.network == Network(cidr="10.0.0.0/16", zones=["euw1-az1"], zone_count=3)
    assert settings.protect is True
    assert isinstance(settings.token, WithheldSecret)
    assert repr(settings.token) == "[secret]"
    assert {path: str(origin) for path, origin in settings.origins().items()} == {
        "environment": "Pulumi.test.yaml:3",
        "account": "Pulumi.test.yaml:4",
        "protect": "default of prod",
        "network.cidr": "Pulumi.test.yaml:6",
        "network.zones": "Pulumi.test.yaml:7",
        "network.zone_count": "default of prod",
        "token": "Pulumi.test.yaml:9",
    }
    assert str(settings.origin("network.zones[0]")) == "Pulumi.test.yaml:7"
    assert str(settings.origin("nothing")) == "default"


def test_a_key_without_a_namespace_is_the_projects_own(tmp_path):
    text = "config:\n  environment: dev\n  network: {cidr: 10.0.0.0/16}\n"
    assert StackSettings.from_file(written(tmp_path, text), PROJECT).environment == "dev"


def test_all_faults_are_told_at_once_with_file_and_line(tmp_path):
    text = """\
config:
  platform:enviroment: prod
  platform:protect: perhaps
  platform:network:
    cidr: 10.0.0.1/16
    zone_count: 0
    zonez: []
"""
    with pytest.raises(SettingsError) as caught:
        StackSettings.from_file(written(tmp_path, text), PROJECT)
    assert lines(caught) == [
        "stack 'test': Pulumi.test.yaml:2: enviroment: is not known; did you mean 'environment'?",
        "stack 'test': Pulumi.test.yaml: environment: is required",
        "stack 'test': Pulumi.test.yaml:3: protect: must be true or false, got 'perhaps'",
        f"{PREFIX}:5: network.cidr: has host bits set beyond /16, got '10.0.0.1/16'; use '10.0.0.0/16'",
        "stack 'test': Pulumi.test.yaml:6: network.zone_count: must be at least 1, got 0",
        "stack 'test': Pulumi.test.yaml:7: network.zonez: is not known; did you mean 'zones'?",
    ]


def test_a_secret_in_a_plain_group_is_refused(tmp_path):
    text = GOOD.replace("cidr: 10.0.0.0/16", "cidr: {secure: v1:abc}")
    with pytest.raises(SettingsError) as caught:
        StackSettings.from_file(written(tmp_path, text), PROJECT)
    assert lines(caught)[0] == (
        "stack 'test': Pulumi.test.yaml:5: network: is secret, but must be plain; move the secret to a key of its own"
    )


@pytest.mark.parametrize(
    "text, problem",
    [
        ("config: [", "is not YAML"),
        ("- a", "Pulumi.test.yaml: must be a map with the key 'config'"),
        ("config: 5", "Pulumi.test.yaml: Pulumi.test.yaml:1: config: must be a map"),
    ],
)
def test_what_is_no_stack_file_is_refused(tmp_path, text, problem):
    with pytest.raises(SettingsError) as caught:
        StackSettings.from_file(written(tmp_path, text), PROJECT)
    assert problem in str(caught.value)


def test_a_stack_file_that_is_not_there_is_refused(tmp_path):
    with pytest.raises(SettingsError, match=r"Pulumi.none.yaml: does not exist in"):
        StackSettings.from_file(tmp_path / "Pulumi.none.yaml", PROJECT)


CONFIG = {
    "platform:environment": "dev",
    "platform:account": "012345678901",
    "platform:network": '{"cidr": "10.0.0.0/16"}',
    "platform:token": "hunter2",
    "aws:region": "eu-west-1",
}


def load(config, secrets=("platform:token",)):
    found = {}

    def program():
        pulumi.runtime.set_all_config(config, list(secrets))
        found["settings"] = StackSettings.from_config()
        return pulumi.Output.from_input(found["settings"].token).is_secret()

    found["secret"] = record(program).result
    return found


def test_a_program_reads_its_settings_and_secrets_stay_secret(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    found = load(CONFIG)
    settings = found["settings"]
    assert settings.account == "012345678901"
    assert settings.network == Network(cidr="10.0.0.0/16", zone_count=2)
    assert isinstance(settings.token, pulumi.Output)
    assert found["secret"] is True
    assert str(settings.origin("environment")) == "configuration"
    assert str(settings.origin("network.zone_count")) == "default of dev"
    assert str(settings.origin("protect")) == "default"


def test_a_program_names_the_lines_of_its_stack_file(tmp_path, monkeypatch):
    written(tmp_path, GOOD)
    (tmp_path / "stacks").mkdir()
    monkeypatch.chdir(tmp_path / "stacks")
    with pytest.raises(SettingsError) as caught:
        load({**CONFIG, "platform:network": '{"cidr": "10.0.0.0/99"}', "platform:acount": "1"})
    assert isinstance(caught.value, pulumi.RunError)
    assert lines(caught) == [
        "stack 'test': Pulumi.test.yaml: acount: is not known; did you mean 'account'?",
        f"{PREFIX}:6: network.cidr: is not an IPv4 address range, got '10.0.0.0/99'; write it as '10.0.0.0/16'",
    ]


def test_a_secret_is_never_shown(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SettingsError) as caught:
        load({**CONFIG, "platform:network": '{"cidr": "hunter2"}'}, ["platform:token", "platform:network"])
    assert "hunter2" not in str(caught.value)
    assert "network: is secret, but must be plain" in str(caught.value)


def test_the_json_schema_takes_a_secret_as_its_plain_type():
    schema = StackSettings.json_schema()
    assert schema["additionalProperties"] is False
    assert schema["required"] == ["environment", "network"]
    assert {"type": "string"} in schema["properties"]["token"]["anyOf"]


def test_the_settings_class_is_the_one_that_the_project_names(tmp_path):
    (tmp_path / "pyproject.toml").write_text('[tool.platform]\nsettings = "named_settings:Mine"\n')
    (tmp_path / "named_settings.py").write_text(
        "from platform_lib.core.settings import Settings\n\nclass Mine(Settings):\n    environment: str\n    '''E.'''\n"
    )
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    assert settings_class(below).__name__ == "Mine"


def test_a_project_does_not_take_the_settings_class_of_one_around_it(tmp_path):
    (tmp_path / "pyproject.toml").write_text('[tool.platform]\nsettings = "named_settings:Mine"\n')
    inner = tmp_path / "inner"
    inner.mkdir()
    (inner / "pyproject.toml").write_text("[project]\nname = 'inner'\n")
    with pytest.raises(SettingsError, match="names no settings class"):
        settings_class(inner)


@pytest.mark.parametrize("named", ["no_such_module:Mine", "json:Nothing", "json:JSONDecoder", "json"])
def test_a_settings_class_that_is_none_is_refused(tmp_path, named):
    (tmp_path / "pyproject.toml").write_text(f'[tool.platform]\nsettings = "{named}"\n')
    with pytest.raises(SettingsError, match=r"tool.platform.settings: (cannot be imported|must name a subclass)"):
        settings_class(tmp_path)


def test_a_project_that_names_no_settings_class_says_what_to_add(tmp_path):
    with pytest.raises(SettingsError, match=r"add \[tool.platform\] settings"):
        settings_class(tmp_path)


class OptionalGroup(StackSettings):
    network: Network | None = None
    """The network, where the stack has one."""


def test_defaults_of_a_group_hold_only_where_the_stack_has_it():
    given = {"environment": "prod", "account": "012345678901"}
    without = OptionalGroup.build("one", given, secrets=frozenset(), file=None)
    assert without.network is None
    assert without.protect is True, "what is no group keeps the default of the environment"
    having = OptionalGroup.build("one", {**given, "network": {"cidr": "10.0.0.0/16"}}, secrets=frozenset(), file=None)
    assert having.network.zone_count == 3
