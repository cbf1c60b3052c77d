import contextlib
import copy
import hashlib
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from platform_lib.core.errors import EngineError
from platform_lib.core.values import Secret
from platform_lib.sandbox.engine.backend.crypter import Passphrase, PassphraseCrypter
from platform_lib.sandbox.engine.backend.deployment import (
    Deployment,
    check_document,
    check_sandbox,
    deserialize,
    is_sandbox,
    salt_of,
    serialize,
)
from platform_lib.sandbox.engine.backend.values import Codec, DocumentError
from platform_lib.sandbox.engine.state import PendingOperation, ResourceState, Snapshot
from support.backend import PASSPHRASE, VECTORS, full_snapshot, thing

RIGHT = Passphrase(PASSPHRASE, "PULUMI_CONFIG_PASSPHRASE")
STOCK = json.loads((VECTORS / "state.json").read_text())
OPEN = json.loads((VECTORS / "state-open.json").read_text())
CRYPTER = PassphraseCrypter(RIGHT, salt_of(STOCK))


def _written(snapshot: Snapshot, *, show_secrets: bool = False) -> dict:
    return json.loads(json.dumps(serialize(Deployment(snapshot), CRYPTER, show_secrets=show_secrets)))


def test_reads_a_state_that_the_stock_cli_wrote() -> None:
    read = deserialize(check_document(STOCK), Codec(CRYPTER)).snapshot
    assert read.resources == full_snapshot().resources


def test_writes_resources_as_the_stock_cli_writes_them() -> None:
    ours = _written(full_snapshot(), show_secrets=True)["deployment"]["resources"]
    assert ours == OPEN["deployment"]["resources"]
    for mine, theirs in zip(ours, OPEN["deployment"]["resources"], strict=True):
        # Fields that the engine does not use come last; the others stand in the order of the format.
        assert [key for key in mine if key != "stackTrace"] == [key for key in theirs if key != "stackTrace"]


def test_everything_comes_back() -> None:
    snapshot = full_snapshot()
    document = _written(snapshot)
    read = deserialize(check_document(document), Codec(PassphraseCrypter(RIGHT, salt_of(document))))
    assert read.snapshot == snapshot


_names = st.text("abcdef", min_size=1, max_size=3)
_texts = st.lists(_names, max_size=2)
_properties = st.dictionaries(_names, st.none() | st.integers(-9, 9) | _names | st.builds(Secret, _names), max_size=3)
_resources = st.builds(
    ResourceState,
    urn=_names, type=_names, custom=st.just(True), id=_names, inputs=_properties, outputs=_properties, parent=_names,
    provider=_names, protect=st.booleans(), external=st.booleans(), dependencies=_texts,
    property_dependencies=st.dictionaries(_names, _texts, max_size=2), init_errors=_texts, delete=st.booleans(),
    pending_replacement=st.booleans(), additional_secret_outputs=_texts, aliases=_texts, import_id=_names,
    retain_on_delete=st.booleans(), deleted_with=_names, ignore_changes=_texts, replace_on_changes=_texts,
    created=_names, modified=_names, source_position=_names, replace_with=_texts, hide_diff=_texts,
    tainted=st.booleans(),
    replacement_trigger=st.none() | _names | st.builds(Secret, _names),
    hooks=st.dictionaries(_names, st.lists(_names, min_size=1, max_size=2), max_size=1),
    custom_timeouts=st.dictionaries(st.sampled_from(["create", "update", "delete"]), st.integers(1, 9)),
    extra=st.dictionaries(st.sampled_from(["viewOf", "later"]), _names, max_size=1),
)  # fmt: skip
_pending = st.builds(PendingOperation, st.sampled_from(["creating", "updating", "deleting", "reading"]), _resources)


@given(st.lists(_resources, max_size=4), st.lists(_pending, max_size=2))
def test_any_state_comes_back(resources, pending) -> None:
    snapshot = Snapshot(resources, pending, {"integrity_error": {"version": "1"}})
    assert deserialize(check_document(_written(snapshot)), Codec(CRYPTER)).snapshot == snapshot


def test_unknown_fields_are_kept() -> None:
    document = _written(Snapshot([thing("a")]))
    document["deployment"]["snippets"] = [{"uuid": "u"}]
    document["deployment"]["resources"][0]["newField"] = {"a": 1}
    read = deserialize(check_document(document), Codec(CRYPTER))
    again = serialize(read, CRYPTER)["deployment"]
    assert again["snippets"] == [{"uuid": "u"}]
    assert again["resources"][0]["newField"] == {"a": 1}


def test_the_magic_is_that_of_the_version() -> None:
    manifest = _written(Snapshot())["deployment"]["manifest"]
    assert manifest["magic"] == hashlib.sha256(manifest["version"].encode()).hexdigest()


def test_a_field_that_older_engines_drop_raises_the_version() -> None:
    resource = thing("a", hooks={"beforeCreate": ["h"]})
    document = _written(Snapshot([resource]))
    assert (document["version"], document["features"]) == (4, ["hooks"])
    assert deserialize(check_document(document), Codec(CRYPTER)).snapshot.resources == [resource]


def test_a_state_without_secrets_names_no_secrets_provider() -> None:
    document = serialize(Deployment(Snapshot([thing("a")])), PassphraseCrypter(RIGHT))
    assert "secrets_providers" not in document["deployment"]


def test_run_serial_and_operation_come_back() -> None:
    document = serialize(Deployment(Snapshot(), "r1", 7, "up"), CRYPTER)
    read = deserialize(check_document(document), Codec(CRYPTER))
    assert (read.run, read.serial, read.operation) == ("r1", 7, "up")
    assert read.snapshot.metadata == {}


def test_the_mark_tells_sandbox_states_from_real_ones() -> None:
    ours = _written(Snapshot([thing("a")]))
    assert is_sandbox(ours)
    real = copy.deepcopy(ours)
    real["deployment"]["manifest"]["version"] = "3.260.0"
    assert not is_sandbox(real)
    with pytest.raises(DocumentError, match="comes from a real cloud"):
        check_sandbox(real)
    del real["deployment"]["resources"]
    assert is_sandbox(real)


def test_the_mark_survives_the_stock_cli() -> None:
    assert is_sandbox(STOCK)


@pytest.mark.parametrize(
    ("document", "problem"),
    [
        (None, "not a deployment"),
        ([], "not a deployment"),
        ({"version": 3}, "not a deployment"),
        ({"version": 3, "checkpoint": {}}, "a checkpoint file of a backend"),
        ({"version": "3", "deployment": {}}, "version: not a number"),
        ({"version": 5, "deployment": {}}, "newer than this release reads, got 5, at most 4; upgrade"),
        ({"version": 2, "deployment": {}}, "older than the sandbox ever wrote, got 2"),
        ({"version": 4, "features": ["byteString"], "deployment": {}}, "not supported by this release, got byteString"),
        ({"version": 3, "deployment": {"resources": {}}}, "resources is an object, expected a list"),
        ({"version": 3, "deployment": {"manifest": []}}, "manifest is a list, expected an object"),
    ],
)
def test_another_document_is_refused(document, problem) -> None:
    with pytest.raises(DocumentError, match=problem):
        check_document(document)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"urn": None}, "has no urn"),
        ({"type": ""}, "type is missing"),
        ({"protect": "yes"}, "protect is a text, expected a flag"),
        ({"inputs": []}, "inputs is a list, expected an object"),
        ({"dependencies": [1]}, "dependencies is a list, expected a list of texts"),
        ({"propertyDependencies": {"a": "b"}}, "expected an object of lists of texts"),
        ({"customTimeouts": {"create": "5m"}}, "expected an object of numbers"),
        ({"custom": False}, "a component has the id 'a-1'"),
    ],
)
def test_a_malformed_resource_is_named(change, problem) -> None:
    document = _written(Snapshot([thing("a")]))
    document["deployment"]["resources"][0].update(change)
    with pytest.raises(DocumentError, match=problem):
        deserialize(check_document(document), Codec(CRYPTER))


def test_another_secrets_provider_is_refused() -> None:
    document = {"version": 3, "deployment": {"secrets_providers": {"type": "cloud", "state": {}}}}
    with pytest.raises(DocumentError, match="unknown type, got 'cloud'"):
        salt_of(check_document(document))


@settings(max_examples=150)
@given(st.data())
def test_a_damaged_document_is_refused_or_read_but_never_crashes(data) -> None:
    document = copy.deepcopy(STOCK)
    node, key = document, "deployment"
    while isinstance(node[key], dict | list) and node[key] and data.draw(st.integers(0, 3)):
        node = node[key]
        key = data.draw(st.sampled_from(sorted(node) if isinstance(node, dict) else range(len(node))))
    node[key] = data.draw(st.sampled_from([None, 1, "x", True, [], {}, [1], {"a": 1}]))
    with contextlib.suppress(EngineError):  # any other exception fails the test
        read = deserialize(check_document(document), Codec(PassphraseCrypter(RIGHT, salt_of(document))))
        assert len(read.snapshot.resources) <= len(STOCK["deployment"]["resources"])
