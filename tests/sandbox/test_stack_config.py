import json

import pytest

from platform_lib.core.errors import SettingsError
from platform_lib.sandbox.engine.backend.crypter import Passphrase, PassphraseCrypter
from platform_lib.sandbox.project import read_project
from platform_lib.sandbox.stack_config import read_stack_file, stack_config
from support.backend import PASSPHRASE, SALT, VECTORS

RIGHT = Passphrase(PASSPHRASE, "PULUMI_CONFIG_PASSPHRASE")
TOKEN = "v1:bR0Fau3Zomq68fjF:BAjabSRMsNeiAEzmupgWIKUolBJ0E7reiN7nS10="


@pytest.mark.parametrize("stack", ["dev", "odd", "odd2"])
def test_values_are_those_that_the_stock_cli_makes(stack) -> None:
    project = read_project(VECTORS)
    file = read_stack_file(project, stack)
    made = stack_config(project, file, PassphraseCrypter(RIGHT, file.salt))
    stock = json.loads((VECTORS / f"config-{stack}.json").read_text())
    assert {key: (value.value, value.secret, value.is_object) for key, value in made.items()} == {
        key: (value.get("value"), value["secret"], "objectValue" in value) for key, value in stock.items()
    }


@pytest.fixture
def config(tmp_path):
    """Makes the configuration of a project and a stack file."""

    def config(project: str, stack: str | None, *, passphrase: Passphrase = RIGHT, **options):
        (tmp_path / "Pulumi.yaml").write_text(f"name: shop\nruntime: python\n{project}")
        if stack is not None:
            (tmp_path / "Pulumi.dev.yaml").write_text(stack)
        read = read_project(tmp_path)
        file = read_stack_file(read, "dev")
        crypter = PassphraseCrypter(passphrase, file.salt, subject=file.subject)
        return stack_config(read, file, crypter, **options)

    return config


def _plain(made) -> dict[str, str]:
    return {key: value.value for key, value in made.items()}


def test_a_stack_without_a_file_has_the_defaults(config) -> None:
    assert _plain(config("config: {size: 3, 'aws:region': eu-west-1}\n", None)) == {
        "shop:size": "3", "aws:region": "eu-west-1",
    }  # fmt: skip


def test_provider_and_engine_keys_pass_through(config) -> None:
    made = config("", "config:\n  pulumi:disable-default-providers: ['*']\n  aws:config:region: eu-west-1\n")
    assert _plain(made) == {"pulumi:disable-default-providers": '["*"]', "aws:region": "eu-west-1"}


def test_a_default_below_a_key_joins_what_the_stack_sets(config) -> None:
    declared = "config:\n  db.port: {default: 5432}\n  db.names[0]: {default: 'true'}\n"
    made = config(declared, "config:\n  db: {host: h}\n")
    assert _plain(made) == {"shop:db": '{"host":"h","names":[true],"port":5432}'}


def test_a_required_key_says_what_it_is_for(config) -> None:
    declared = "config:\n  owner: {type: string, description: team that owns it}\n  cost: {}\n"
    with pytest.raises(SettingsError) as caught:
        config(declared, "config: {}\n")
    assert str(caught.value).splitlines() == [
        "stack 'dev': Pulumi.dev.yaml: config.cost: is missing; set it: Pulumi.yaml:5: config.cost requires it",
        "stack 'dev': Pulumi.dev.yaml: config.owner: is missing; set it: team that owns it (string)",
    ]


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("{type: integer}", "x"), ("{type: boolean}", "1"), ("{type: object}", "[]"), ("{type: string}", "{}"),
        ("{type: array, items: {type: integer}}", "[1, x]"), ("{type: array, items: {type: integer}}", "3"),
    ],
)  # fmt: skip
def test_a_wrong_type_names_file_line_and_key(config, kind, value) -> None:
    with pytest.raises(SettingsError, match=r"stack 'dev': Pulumi\.dev\.yaml:3: config\.k: must be of type .*, got "):
        config(f"config: {{k: {kind}}}\n", f"config:\n  other: 1\n  k: {value}\n")


def test_a_secret_is_opened_and_never_shown(config) -> None:
    text = f"encryptionsalt: {SALT}\nconfig:\n  k: {{secure: '{TOKEN}'}}\n"
    made = config("", text)["shop:k"]
    assert (made.value, made.secret) == ("s3cr3t <&> ü", True)
    with pytest.raises(SettingsError) as caught:
        config("config: {k: {type: integer}}\n", text)
    assert "s3cr3t" not in str(caught.value)
    assert "got [secret]" in str(caught.value)


def test_a_key_declared_secret_must_be_sealed(config) -> None:
    with pytest.raises(SettingsError, match="is declared secret but written in plain text; encrypt it"):
        config("config: {k: {type: string, secret: true}}\n", "config: {k: x}\n")


def test_a_wrong_passphrase_names_each_key_and_the_way_out(config) -> None:
    text = f"encryptionsalt: {SALT}\nconfig:\n  a: {{secure: '{TOKEN}'}}\n  b: [{{secure: '{TOKEN}'}}]\n  c: 1\n"
    wrong = Passphrase("wrong", "PULUMI_CONFIG_PASSPHRASE")
    with pytest.raises(SettingsError) as caught:
        config("", text, passphrase=wrong)
    lines = str(caught.value).splitlines()
    assert [line.split(": ")[1:3] for line in lines] == [
        ["Pulumi.dev.yaml:3", "config.a"], ["Pulumi.dev.yaml:4", "config.b"],
    ]  # fmt: skip
    assert "incorrect passphrase in PULUMI_CONFIG_PASSPHRASE" in lines[0]
    assert "put a stand-in into fixtures.yaml" in lines[0]
    with pytest.raises(SettingsError) as declared:
        config("config: {a: {type: string}}\n", text, passphrase=wrong)
    assert len(declared.value.findings) == 2  # what cannot be opened is not missing too
    assert _plain(config("", text, passphrase=wrong, validate=False)) == {"shop:c": "1"}
    made = config("", text, passphrase=wrong, stand_ins={"a": "x", "shop:b": ["y"]})
    assert _plain(made) == {"shop:a": "x", "shop:b": '["y"]', "shop:c": "1"}
    assert made["shop:a"].secret


def test_secrets_of_a_cloud_key_are_not_opened(config) -> None:
    text = f"secretsprovider: awskms://alias/x\nencryptedkey: abc\nconfig:\n  a: {{secure: '{TOKEN}'}}\n"
    with pytest.raises(SettingsError, match="is sealed by awskms, which the sandbox does not call"):
        config("", text)


def test_an_environment_needs_stand_ins(config) -> None:
    with pytest.raises(SettingsError, match=r"Pulumi\.dev\.yaml:1: environment: imports Pulumi ESC environments"):
        config("", "environment: [prod]\n")
    assert _plain(config("", "environment: [prod]\n", stand_ins={"k": 1})) == {"shop:k": "1"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("confg: {}\n", r"Pulumi\.dev\.yaml:1: confg: unknown key; did you mean 'config'\?"),
        ("config:\n  a:b:c: 1\n", r"Pulumi\.dev\.yaml:2: config\.a:b:c: not a configuration key, got 'a:b:c'"),
        ("config:\n  a: 1\n  shop:a: 2\n", r"Pulumi\.dev\.yaml:3: config\.shop:a: is the same key as a; keep one"),
        ("config: [a]\n", r"Pulumi\.dev\.yaml:1: config: must be a map of keys"),
        ("encryptionsalt: 3\n", r"Pulumi\.dev\.yaml:1: encryptionsalt: must be a text"),
        ("- x\n", "must be a map; write config:"),
        ("config:\n  a: .inf\n", r"Pulumi\.dev\.yaml:2: config\.a: holds an infinite number"),
    ],
)
def test_a_wrong_stack_file_names_its_line(config, text, message) -> None:
    with pytest.raises(SettingsError, match=message):
        config("", text)


def test_defaults_hold_without_validation_and_missing_keys_do_not_matter(config) -> None:
    made = config("config: {size: 3, owner: {type: string}}\n", "config: {n: 1}\n", validate=False)
    assert _plain(made) == {"shop:size": "3", "shop:n": "1"}
