"""Source of a form that the reader does not know: the error names token, file and line, and nothing is guessed."""

import itertools
from pathlib import Path

import pytest

from platform_lib.sandbox import schema
from platform_lib.sandbox.schema.package import sdk
from support.fake_sdk import ARGS, RESOURCE, write

THING = "fake:index/thing:Thing"
_FOLDERS = itertools.count()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A place of its own on the path for a small SDK."""
    place = tmp_path / f"sdk{next(_FOLDERS)}"
    place.mkdir()
    monkeypatch.syspath_prepend(place)
    return place


def test_the_small_sdk_is_read_as_a_real_one(folder: Path) -> None:
    write(folder)
    known = schema.resource(THING)
    size, name = known.inputs["sizeGb"], known.inputs["name"]
    assert (size.python_name, size.type.kind, size.required, size.default) == ("size", "integer", True, None)
    assert (name.required, name.default, name.secret) == (False, "plain", True)
    assert (known.outputs["accessToken"].secret, known.outputs["accessToken"].required) == (True, False)
    assert known.replace == ()
    assert known.autoname is None
    assert known.sources == {"inputs": "pulumi-fake 1.0.0 thing.py", "outputs": "pulumi-fake 1.0.0 thing.py"}


SIZE = "def size(self) -> pulumi.Input[_builtins.int]"
BAD = {
    "unknown statement": ('pulumi.set(__self__, "size", size)', "print(size)", "not known in a constructor"),
    "unknown condition": ("if name is not None:", "if callable(name):", "not known in a constructor"),
    "unknown inner statement": ("name = 'plain'", "del name", "not known in a constructor"),
    "default is computed": ("name = 'plain'", "name = name.upper()", "is not a constant"),
    "unknown container": (SIZE, "def size(self) -> Deque[_builtins.int]", "type 'Deque[...]' is not known"),
    "unknown type": (SIZE, "def size(self) -> _builtins.complex", "'_builtins.complex'"),
    "no type": (SIZE, "def size(self)", "'size' has no type"),
    "literal of a number": (SIZE, "def size(self) -> Literal[1]", "is not a text"),
    "module is not imported": (SIZE, "def size(self) -> '_other.v1.ThingArgs'", "module that is not imported"),
    "no keyword of that name": ("size: pulumi.Input[_builtins.int],", "width: int,", "without getter"),
}


@pytest.mark.parametrize("case", BAD)
def test_an_unknown_form_names_token_file_and_line(case: str, folder: Path) -> None:
    old, new, problem = BAD[case]
    assert old in ARGS
    file = write(folder, args=ARGS.replace(old, new, 1))
    with pytest.raises(schema.ShapeError) as caught:
        schema.resource(THING)
    error = caught.value
    assert (error.token, error.file) == (THING, "thing.py")
    assert problem in error.problem
    assert f"schema of '{THING}': thing.py:{error.line}: " in str(error)
    # The line itself, or the one above it: a function is told by its `def`, an argument by the `def` it belongs to.
    near = file.read_text().splitlines()[error.line - 1 : error.line + 1]
    assert any(new in line for line in near)


def test_a_line_that_does_not_parse_is_named(folder: Path) -> None:
    file = write(
        folder, args=ARGS.replace('pulumi.set(__self__, "size", size)', 'pulumi.set(__self__, "size" size)', 1)
    )
    with pytest.raises(schema.ShapeError, match=r"'ThingArgs' does not parse") as caught:
        schema.resource(THING)
    assert '"size" size' in file.read_text().splitlines()[caught.value.line - 1]


@pytest.mark.parametrize(
    ("old", "new", "problem"),
    [
        ("class ThingArgs", "class OtherArgs", "'ThingArgs' is missing"),
        ("_internal_init(__self__,", "_start(__self__,", "no _internal_init"),
        ("ThingArgs.__new__(ThingArgs)", "make()", "no _internal_init that names its arguments class"),
        ('additional_secret_outputs=["accessToken"]', "additional_secret_outputs=secrets()", "is not a constant"),
        ("class Thing(", "class Thang(", "no file defines the class|'Thing' is missing"),
    ],
)
def test_a_missing_part_is_named(old: str, new: str, problem: str, folder: Path) -> None:
    write(folder, args=ARGS.replace(old, new, 1), resource=RESOURCE.replace(old, new, 1))
    with pytest.raises(schema.ShapeError, match=problem):
        schema.resource(THING)


def test_a_registry_of_another_form_is_named(folder: Path) -> None:
    write(folder)
    init = folder / "pulumi_fake" / "__init__.py"
    good = init.read_text()
    init.write_text(good.replace('"classes"', '"types"'))
    with pytest.raises(schema.ShapeError, match=r"__init__.py:2: resource_modules has an unknown form"):
        schema.tokens("fake")


def test_an_sdk_without_registry_is_named(folder: Path) -> None:
    write(folder)
    (folder / "pulumi_fake" / "__init__.py").write_text("x = 1\n")
    with pytest.raises(schema.ShapeError, match="no resource_modules are registered"):
        schema.tokens("fake")


def test_a_broken_manifest_is_named(folder: Path) -> None:
    write(folder)
    (folder / "pulumi_fake" / "pulumi-plugin.json").write_text("{")
    with pytest.raises(schema.ShapeError, match=r"pulumi-plugin.json:0: not readable"):
        sdk("fake")


def test_other_packages_called_pulumi_something_are_no_sdks(folder: Path) -> None:
    (folder / "pulumi_tool").mkdir()
    (folder / "pulumi_tool" / "__init__.py").write_text("")
    assert "tool" not in {info.name for info in schema.packages()}
    with pytest.raises(schema.PackageMissingError, match="package 'tool'"):
        sdk("tool")
