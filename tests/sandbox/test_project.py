import pytest

from platform_lib.core.errors import SettingsError
from platform_lib.sandbox.project import check_stack_name, fits, read_project

_CONFIG = "name: a\nruntime: python\nconfig:\n"


@pytest.fixture
def project(tmp_path):
    def project(text: str):
        (tmp_path / "Pulumi.yaml").write_text(text)
        return read_project(tmp_path)

    return project


def test_reads_what_the_stock_cli_reads(project, tmp_path) -> None:
    read = project(
        "name: shop\nruntime: {name: python, options: {virtualenv: .venv}}\nmain: app\ndescription: a shop\n"
        "options: {refresh: always}\nconfig:\n  owner: {type: string, description: who}\n"
        "  zones: {type: array, items: {type: array, items: {type: string}}}\n  size: 3\n  aws:region: eu-west-1\n"
    )
    (tmp_path / "app").mkdir()
    assert (read.name, read.runtime, read.description, read.refresh) == ("shop", "python", "a shop", True)
    assert read.program == tmp_path / "app"
    assert read.config["owner"].default is None
    assert read.config["zones"].full_type == "array<array<string>>"
    assert read.config["size"].default == 3
    assert read.config["aws:region"].value == "eu-west-1"


def test_is_found_from_a_folder_below(project, tmp_path) -> None:
    project("name: shop\nruntime: python\n")
    (tmp_path / "a" / "b").mkdir(parents=True)
    assert read_project(tmp_path / "a" / "b").root == tmp_path


def test_stack_files_may_lie_in_a_folder_of_their_own(project, tmp_path) -> None:
    (tmp_path / "stacks").mkdir()
    for name in ("Pulumi.dev.yaml", "Pulumi.prod.eu.yaml", "Pulumi.yml", "other.yaml"):
        (tmp_path / "stacks" / name).write_text("")
    assert project("name: shop\nruntime: python\nstackConfigDir: stacks\n").stacks() == ["dev", "prod.eu"]
    assert project("name: shop\nruntime: python\nconfig: stacks\n").stacks() == ["dev", "prod.eu"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("runtime: python\n", "Pulumi.yaml: name: is missing; write name: <project>"),
        ("nmae: shop\nruntime: python\n", "name: is missing; did you mean 'nmae'?"),
        ("name: 'a b'\nruntime: python\n", "Pulumi.yaml:1: name: must be a project name, got 'a b'"),
        ("name: a\n", "runtime: is missing or no runtime; write runtime: python"),
        ("- a\n", "must be a map with name and runtime"),
        ("name: a\nruntime: python\nmain: [x]\n", "Pulumi.yaml:3: main: must be a text"),
        ("name: a\nruntime: python\nconfig: [x]\n", "Pulumi.yaml:3: config: must be a map of configuration keys"),
        ("name: a\nruntime: python\nconfig: x\nstackConfigDir: y\n", "names the stack folder, as stackConfigDir does"),
        (_CONFIG + "  k: {tpye: string}\n", "Pulumi.yaml:4: config.k.tpye: unknown attribute; did you mean 'type'?"),
        (_CONFIG + "  k: {type: strin}\n", "config.k.type: unknown type, got 'strin'; did you mean 'string'?"),
        (_CONFIG + "  k: {type: array}\n", "declares an array without the type of its items"),
        (_CONFIG + "  k: {type: array, items: string}\n", "config.k.items: must be a map with a type"),
        (_CONFIG + "  k: {type: integer, default: x}\n", "config.k.default: is not of type integer"),
        (_CONFIG + "  k: {default: 1, value: 2}\n", "has both a default and a value; keep one"),
        (_CONFIG + "  'b:k': {type: string}\n", "is not declared for a key of another namespace"),
        (_CONFIG + "  'b:k': {default: 1}\n", "write value instead"),
        (_CONFIG + "  'b:k': {description: x}\n", "has no value, though b is another namespace"),
    ],
)  # fmt: skip
def test_a_wrong_project_says_where_and_what(project, text, message) -> None:
    with pytest.raises(SettingsError) as caught:
        project(text)
    assert message in str(caught.value)


def test_all_findings_come_at_once(project) -> None:
    with pytest.raises(SettingsError) as caught:
        project("name: ''\nconfig:\n  k: {type: x}\n")
    assert len(caught.value.findings) == 3


def test_no_project_is_said(tmp_path) -> None:
    with pytest.raises(SettingsError, match=r"no Pulumi\.yaml in .* or above"):
        read_project(tmp_path)


def test_a_program_that_cannot_be_run_is_said(project) -> None:
    with pytest.raises(SettingsError, match="the sandbox runs python programs, got 'nodejs'"):
        _ = project("name: a\nruntime: nodejs\n").program
    with pytest.raises(SettingsError, match="main: no such file or folder, got 'nowhere'"):
        _ = project("name: a\nruntime: python\nmain: nowhere\n").program


@pytest.mark.parametrize("name", ["", "a/b", "..", "x" * 101, "a b"])
def test_a_name_that_no_stack_can_have_is_refused(name) -> None:
    with pytest.raises(SettingsError, match="not a stack's name"):
        check_stack_name(name)


@pytest.mark.parametrize(
    ("kind", "value", "expected"),
    [
        ("string", "x", True), ("string", 1, False), ("integer", 1, True), ("integer", "12", True),
        ("integer", "-1", True), ("integer", "1.0", False), ("integer", 1.0, True), ("integer", 1.5, False),
        ("integer", True, False),
        ("boolean", "true", True), ("boolean", True, True), ("boolean", "yes", False), ("object", {}, True),
        ("object", [], False), ("array", [], False),
    ],
)  # fmt: skip
def test_types_follow_the_stock_cli(kind, value, expected) -> None:
    assert fits(kind, None, value) is expected
