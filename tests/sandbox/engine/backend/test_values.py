import json
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platform_lib.core.errors import EngineError
from platform_lib.core.values import UNKNOWN, Archive, Asset, ResourceReference, Secret
from platform_lib.sandbox.engine.backend.crypter import Passphrase, PassphraseCrypter
from platform_lib.sandbox.engine.backend.values import Codec, DocumentError, go_json
from platform_lib.sandbox.wire import SECRET_SIGNATURE, SIGNATURE_KEY

CRYPTER = PassphraseCrypter(Passphrase())
SEALED, OPEN = Codec(CRYPTER), Codec(None)

_text = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
_number = st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False).filter(
    lambda number: not number.is_integer()
)
_leaf = (
    st.none() | st.booleans() | _number | _text | st.just(UNKNOWN)
    | st.builds(Asset, hash=_text, text=_text)
    | st.builds(ResourceReference, _text, st.none() | _text, _text)
    | st.builds(lambda name, asset: Archive("h", {name: asset}), _text, st.builds(Asset, text=_text))
)  # fmt: skip
_value = st.recursive(
    _leaf,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(_text.filter(lambda key: key != SIGNATURE_KEY), inner, max_size=3)
        | st.builds(Secret, inner)
    ),
    max_leaves=8,
)


@given(_value)
def test_a_value_comes_back_as_it_was(value) -> None:
    assert SEALED.decode(json.loads(json.dumps(SEALED.encode(value)))) == value
    assert OPEN.decode(json.loads(json.dumps(OPEN.encode(value)))) == value


@given(
    st.recursive(
        st.none() | st.booleans() | _number | _text, lambda inner: st.lists(inner) | st.dictionaries(_text, inner)
    )
)
def test_go_json_is_json(value) -> None:
    assert json.loads(go_json(value)) == value


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (1e-5, "0.00001"), (1e-7, "1e-7"), (1.5e-10, "1.5e-10"), (1e16, "10000000000000000"), (1e20, "1" + 20 * "0"),
        (1e21, "1e+21"), (10**21, "1e+21"), (10**20, "1" + 20 * "0"), (0.1, "0.1"), (5.0, "5"), (-0.0, "-0"),
        (123456789.125, "123456789.125"), (True, "true"),
    ],
)  # fmt: skip
def test_numbers_are_written_as_go_writes_them(number, text) -> None:
    assert go_json(number) == text


def test_texts_are_escaped_as_go_escapes_them() -> None:
    assert go_json("<a href='x'>&\u2028ü") == "\"\\u003ca href='x'\\u003e\\u0026\\u2028ü\""


@pytest.mark.parametrize("number", [float("inf"), float("-inf")])
def test_infinities_have_a_signature_of_their_own(number) -> None:
    data = SEALED.encode(number)
    assert isinstance(data, dict)
    assert SEALED.decode(data) == number


def test_nan_comes_back() -> None:
    assert math.isnan(SEALED.decode(SEALED.encode(float("nan"))))


def test_whole_numbers_come_back_as_integers() -> None:
    assert type(SEALED.decode(3.0)) is int


def test_no_secret_shows_in_what_is_written() -> None:
    assert "hunter2" not in json.dumps(SEALED.encode({"a": [Secret({"b": "hunter2"})]}))


def test_an_unknown_id_of_a_reference_is_written_empty() -> None:
    assert SEALED.encode(ResourceReference("urn", UNKNOWN))["id"] == ""


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        ({SIGNATURE_KEY: "0" * 32}, "unknown signature"),
        ({SIGNATURE_KEY: SECRET_SIGNATURE}, "exactly one of ciphertext and plaintext"),
        ({SIGNATURE_KEY: SECRET_SIGNATURE, "ciphertext": "a", "plaintext": "b"}, "exactly one"),
        ({SIGNATURE_KEY: SECRET_SIGNATURE, "plaintext": "{"}, "its content is not JSON"),
        ({SIGNATURE_KEY: "5cf8f73096256a8f31e491e813e4eb8e"}, "malformed resource reference: urn"),
        ({SIGNATURE_KEY: "5cf8f73096256a8f31e491e813e4eb8e", "urn": "u", "id": 1}, "id is not a text"),
        ({SIGNATURE_KEY: "8ad145fe-0d11-4827-bfd7-1abcbf086f5c", "value": "zz"}, "malformed number"),
        ({SIGNATURE_KEY: "803fd3297a5875dc03ca845dda5d2a98", "value": "/w=="}, "bytes that are not UTF-8"),
        ({SIGNATURE_KEY: "0def7320c3a5731c473e5ecbe6d01bc7", "assets": {"a": 1}}, "member 'a'"),
    ],
)
def test_a_malformed_value_says_what_is_wrong(data, problem) -> None:
    with pytest.raises(DocumentError, match=problem):
        SEALED.decode(data)


def test_a_sealed_secret_needs_a_crypter() -> None:
    with pytest.raises(DocumentError, match="no encryption salt came with it"):
        OPEN.decode(SEALED.encode(Secret("x")))


def test_a_thing_that_is_no_value_is_refused() -> None:
    with pytest.raises(EngineError, match="a set is not a property value"):
        SEALED.encode({1})
