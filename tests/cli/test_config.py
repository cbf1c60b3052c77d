"""``platform config``: what stacks are set to and from where, all files checked at once, schemas for editors."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import jsonschema
import pytest
from ruamel.yaml import YAML

from support.cli_project import CliProject, invoke

ROOT = Path(__file__).parents[2]
MODEL = '''\
from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from pydantic import Field

from platform_lib.core.inputs import Input
from platform_lib.core.settings import Settings, SettingsGroup


class Size(StrEnum):
    SMALL = "small"
    LARGE = "large"


class Database(SettingsGroup):
    size: Size = Size.SMALL
    """How big."""

    backup_days: int = Field(default=7, ge=1)
    """How long backups are kept."""

    zones: list[str] = Field(default_factory=list)
    """Where it is."""


class ShopSettings(Settings):
    environment: str
    """Decides defaults."""

    region: str
    """Where it is."""

    tenant: str | None = None
    """Whose it is."""

    database: Database = Field(default_factory=Database)
    """The database."""

    token: Input[str] | None = None
    """A secret."""

    @classmethod
    def environment_defaults(cls, environment: str) -> Mapping[str, Any]:
        return {"database": {"backup_days": 35}} if environment == "prod" else {}
'''
DEV = "config:\n  shop:environment: dev\n  shop:region: eu-west-1\n"
PROD = """\
config:
  shop:environment: prod
  shop:region: eu-west-1
  shop:tenant: acme
  shop:database:
    size: large
  shop:token:
    secure: v1:AAAAAAAAAAAAAAAA:AAAA
"""


@pytest.fixture
def project(tmp_path: Path) -> Iterator[CliProject]:
    made = CliProject(tmp_path / "shop")
    (made.folder / "settings_model_of_shop.py").write_text(MODEL, encoding="utf-8")
    made.pyproject('settings = "settings_model_of_shop:ShopSettings"')
    write(made, "Pulumi.yaml", "name: shop\nruntime: python\nconfig:\n  shop:environment: {type: string}\n")
    write(made, "Pulumi.dev.yaml", DEV)
    write(made, "Pulumi.prod.yaml", PROD)
    write(made, "settings/region/eu-west-1.yaml", "database:\n  zones: [euw1-az1, euw1-az2]\n  backup_days: 14\n")
    write(made, "settings/tenant/acme.yaml", "database:\n  backup_days: 90\n")
    yield made
    sys.modules.pop("settings_model_of_shop", None)
    sys.path[:] = [path for path in sys.path if path != str(made.folder.resolve())]


def write(project: CliProject, name: str, text: str) -> None:
    path = project.folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def told(project: CliProject) -> list[str]:
    answer = project.run("config", "check")
    lines = answer.err.splitlines()
    assert answer.code == (1 if lines else 0)
    return lines


def test_each_value_comes_from_the_highest_layer_that_sets_it(project: CliProject) -> None:
    answer = project.run("config", "show", "--stack", "prod", "--json").json
    values = {item["path"]: (item["value"], item["origin"]) for item in answer["settings"]}
    assert {path: value for path, (value, _) in values.items()} == {
        "environment": "prod",
        "region": "eu-west-1",
        "tenant": "acme",
        "database.size": "large",
        "database.backup_days": 90,
        "database.zones": ["euw1-az1", "euw1-az2"],
        "token": "[secret]",
    }
    origins = {path: (origin["source"], origin["file"], origin["line"]) for path, (_, origin) in values.items()}
    assert origins["database.size"] == ("stack file", "Pulumi.prod.yaml", 6)
    assert origins["database.backup_days"] == ("overlay tenant acme", "settings/tenant/acme.yaml", 2)
    assert origins["database.zones"] == ("overlay region eu-west-1", "settings/region/eu-west-1.yaml", 2)
    (project.folder / "settings" / "tenant" / "acme.yaml").unlink()
    (project.folder / "settings" / "region" / "eu-west-1.yaml").unlink()
    text = project.run("config", "show", "--stack", "prod", "--origin").out
    assert "default of prod" in text
    assert "v1:" not in text


def test_the_program_reads_the_same_layers(project: CliProject) -> None:
    project.program(
        "import pulumi\nfrom settings_model_of_shop import ShopSettings\n"
        "settings = ShopSettings.from_config()\n"
        'pulumi.export("days", settings.database.backup_days)\npulumi.export("zones", settings.database.zones)\n'
        'pulumi.export("from", str(settings.origin("database.backup_days")))\n'
    )
    answer = project.run("up", "--stack", "dev", "--yes", "--no-policy", "--json")
    assert answer.json["outputs"] == {
        "days": 14,
        "zones": ["euw1-az1", "euw1-az2"],
        "from": "settings/region/eu-west-1.yaml:3",
    }


def test_a_project_in_order_has_no_finding(project: CliProject) -> None:
    assert told(project) == []
    assert project.run("config", "check").out == "checked dev, prod: nothing is wrong\n"
    assert project.run("config", "check", "--json").json["findings"] == []


@pytest.mark.parametrize(
    "name, old, new, expected",
    [
        (
            *("Pulumi.prod.yaml", "size: large", "size: lrge"),
            (
                "stack 'prod': Pulumi.prod.yaml:6: database.size: must be one of 'small', 'large', got 'lrge'; "
                "did you mean 'large'?"
            ),
        ),
        (
            *("Pulumi.prod.yaml", "shop:tenant", "shop:tennant"),
            "stack 'prod': Pulumi.prod.yaml:4: tennant: is not known; did you mean 'tenant'?",
        ),
        (
            *("Pulumi.prod.yaml", "  shop:token:\n    secure: v1:AAAAAAAAAAAAAAAA:AAAA\n", "  shop:token: hunter2\n"),
            (
                "stack 'prod': Pulumi.prod.yaml:7: token: is written in plain text, but is a secret; encrypt it: "
                "pulumi config set --secret shop:token; change it, since the file was readable"
            ),
        ),
        (
            *("Pulumi.prod.yaml", "  shop:environment: prod\n", ""),
            "stack 'prod': Pulumi.prod.yaml: environment: is required",
        ),
        (
            *("Pulumi.dev.yaml", "config:\n", "config:\n  aws:regoin: eu-west-1\n"),
            (
                "stack 'dev': Pulumi.dev.yaml:2: config.aws:regoin: is not known to the provider aws; "
                "did you mean 'region'?"
            ),
        ),
        (
            *("Pulumi.dev.yaml", "config:\n", "config:\n  awss:region: eu-west-1\n"),
            (
                "stack 'dev': Pulumi.dev.yaml:2: config.awss:region: is not read: no provider called 'awss' is "
                "installed; did you mean 'aws'?"
            ),
        ),
        (
            *(
                "Pulumi.dev.yaml",
                "config:\n",
                'config:\n  pulumi:disable-default-providers: ["*"]\n  aws:region: eu-west-1\n',
            ),
            (
                "stack 'dev': Pulumi.dev.yaml:3: config.aws:region: is not read: the default provider of aws is turned "
                "off; remove it"
            ),
        ),
        (
            *("Pulumi.dev.yaml", "config:\n", "config:\n  pulumi:disable-default-provider: [aws]\n"),
            (
                "stack 'dev': Pulumi.dev.yaml:2: config.pulumi:disable-default-provider: is not known; "
                "did you mean 'disable-default-providers'?"
            ),
        ),
        (
            *("Pulumi.dev.yaml", "config:\n", "encryptionsalt: v1:a:v1:b:c\nconfig:\n"),
            (
                "stack 'dev': Pulumi.dev.yaml:1: encryptionsalt: is not used: the file holds no secret; remove it: it "
                "locks others out"
            ),
        ),
        (
            *("Pulumi.dev.yaml", "config:\n", "confg:\n"),
            "stack 'dev': Pulumi.dev.yaml:1: confg: unknown key; did you mean 'config'?",
        ),
        (
            *("Pulumi.yaml", "shop:environment: {type: string}", "shop:owner: {type: string}"),
            (
                "stack 'dev': Pulumi.dev.yaml: config.shop:owner: is missing; set it: Pulumi.yaml:4: config.shop:owner "
                "requires it (string)"
            ),
        ),
        (
            *("settings/region/eu-west-1.yaml", "backup_days: 14", "backup_days: 0"),
            "stack 'dev': settings/region/eu-west-1.yaml:3: database.backup_days: must be at least 1, got 0",
        ),
        (
            *("settings/region/eu-west-1.yaml", "backup_days", "backup_day"),
            (
                "stack 'dev': settings/region/eu-west-1.yaml:3: database.backup_day: is not known; "
                "did you mean 'backup_days'?"
            ),
        ),
        (
            *("settings/tenant/acme.yaml", "database:", "token: hunter2\ndatabase:"),
            (
                "stack 'prod': settings/tenant/acme.yaml:1: token: is a secret; each stack has a key of its own; "
                "set it in stack files"
            ),
        ),
        (
            *("settings/tenant/acme.yaml", "database:", "token: {secure: v1:a:b}\ndatabase:"),
            (
                "stack 'prod': settings/tenant/acme.yaml:1: token: is secret; each stack has a key of its own; set it "
                "in stack files"
            ),
        ),
        (
            *("settings/tenant/acme.yaml", "database:", "environment: dev\ndatabase:"),
            (
                "stack 'prod': settings/tenant/acme.yaml:1: environment: decides which layers hold; set it in the "
                "stack file"
            ),
        ),
        (
            *("settings/tenant/acme.yaml", "database:", "region: x\ndatabase:"),
            "stack 'prod': settings/tenant/acme.yaml:1: region: decides which layers hold; set it in the stack file",
        ),
    ],
)
def test_each_fault_is_told_with_file_line_and_key(
    project: CliProject, name: str, old: str, new: str, expected: str
) -> None:
    text = (project.folder / name).read_text(encoding="utf-8")
    assert old in text
    write(project, name, text.replace(old, new, 1))
    lines = told(project)
    assert expected.partition(": ")[2] in [line.partition(": ")[2] for line in lines], lines
    assert "hunter2" not in "\n".join(lines)


def test_a_credential_in_plain_text_is_told_without_it(project: CliProject) -> None:
    write(project, "Pulumi.dev.yaml", DEV + "  aws:accessKey: AKIAIOSFODNN7EXAMPLE\n")
    [line] = told(project)
    assert line == (
        "stack 'dev': Pulumi.dev.yaml:4: config.aws:accessKey: holds an AWS access key id in plain text; encrypt it, "
        "and change it: the file was readable"
    )


def test_an_overlay_that_no_stack_uses_is_told(project: CliProject) -> None:
    write(project, "settings/region/us-east-1.yaml", "database: {backup_days: 3}\n")
    assert told(project) == [
        (
            "overlays: settings/region/us-east-1.yaml: is not used: no stack has the region 'us-east-1'; remove it, or "
            "have a stack set it"
        )
    ]


def test_a_value_that_every_stack_overrides_is_told(project: CliProject) -> None:
    write(project, "settings/tenant/acme.yaml", "database:\n  size: small\n  backup_days: 90\n")
    assert told(project) == [
        (
            "overlays: settings/tenant/acme.yaml:2: database.size: is not used: every stack with this overlay sets its "
            "own; remove it"
        )
    ]


def test_every_fault_of_every_file_is_told_at_once(project: CliProject) -> None:
    write(project, "Pulumi.dev.yaml", DEV.replace("shop:region", "shop:regio"))
    write(project, "Pulumi.prod.yaml", PROD.replace("large", "huge"))
    assert len(told(project)) == 3


def test_a_default_of_the_project_file_is_named_as_the_origin(project: CliProject) -> None:
    write(
        project,
        "Pulumi.yaml",
        "name: shop\nruntime: python\nconfig:\n  shop:region: {type: string, default: eu-north-1}\n",
    )
    write(project, "Pulumi.dev.yaml", "config:\n  shop:environment: dev\n")
    answer = project.run("config", "show", "--stack", "dev", "--json").json
    region = next(item for item in answer["settings"] if item["path"] == "region")
    assert (region["value"], region["origin"]) == (
        "eu-north-1",
        {"source": "project file", "file": "Pulumi.yaml", "line": 4},
    )


def test_the_schema_takes_good_files_and_refuses_bad_ones(project: CliProject, tmp_path: Path) -> None:
    schema = project.run("config", "schema").json
    jsonschema.Draft7Validator.check_schema(schema)
    yaml = YAML(typ="safe")
    for text in (DEV, PROD):
        jsonschema.validate(yaml.load(text), schema)
    for old, new in (
        ("shop:tenant", "shop:tennant"),
        ("size: large", "size: huge"),
        ("shop:environment: prod\n", "shop:x: 1\n"),
        ("    secure: v1:AAAAAAAAAAAAAAAA:AAAA", "    - x"),
    ):
        assert old in PROD
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(yaml.load(PROD.replace(old, new)), schema)
    file = tmp_path / "overlay.json"
    assert project.run("config", "schema", "--for", "overlay", "--output", str(file)).code == 0
    overlay = json.loads(file.read_text(encoding="utf-8"))
    jsonschema.validate({"database": {"backup_days": 3}}, overlay)
    for bad in ({"token": "x"}, {"environment": "dev"}, {"database": {"backup_day": 3}}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(bad, overlay)


def test_without_a_model_the_keys_are_checked_all_the_same(tmp_path: Path) -> None:
    bare = CliProject(tmp_path / "bare")
    answer = bare.run("config", "check")
    assert answer.code == 0, answer.err
    assert "add [tool.platform] settings" in bare.run("config", "schema").err
    (bare.folder / "Pulumi.dev.yaml").write_text("config:\n  aws:regin: x\n", encoding="utf-8")
    assert bare.run("config", "check").code == 1


@pytest.mark.golden
@pytest.mark.parametrize("kind", ["stack", "overlay"])
def test_the_schemas_of_the_reference_platform_are_checked_in(request: pytest.FixtureRequest, kind: str) -> None:
    made = invoke("config", "schema", "--for", kind, "--cwd", str(ROOT)).out
    path = ROOT / "settings" / f"{kind}.schema.json"
    if request.config.getoption("--update-golden"):
        path.write_text(made, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == made, "run make golden, and say in CHANGELOG.md what changed"


def test_the_reference_platform_is_in_order() -> None:
    answer = invoke("config", "check", "--cwd", str(ROOT))
    assert (answer.code, answer.err) == (0, "")
