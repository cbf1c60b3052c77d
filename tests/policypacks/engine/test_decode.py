import json
from typing import Any

from google.protobuf.struct_pb2 import Struct
from hypothesis import given
from hypothesis import strategies as st

from platform_lib.core.values import UNKNOWN, UNKNOWN_SENTINEL, Archive, Asset, ResourceReference, Secret
from policypacks.engine.decode import OUTPUT, SECRET, SIGNATURE, decode_json, decode_struct, encode_struct

LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.text()
    | st.just(UNKNOWN)
    | st.builds(Asset, text=st.text(min_size=1))
    | st.builds(Archive, path=st.text(min_size=1))
    | st.builds(ResourceReference, st.text(min_size=1), st.just("an-id") | st.just(UNKNOWN))
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner) | inner.map(Secret),
)


@given(st.dictionaries(st.text(), VALUES))
def test_what_is_encoded_is_decoded(properties: dict[str, Any]) -> None:
    struct = Struct()
    encode_struct(properties, struct)
    assert decode_struct(Struct.FromString(struct.SerializeToString())) == properties


def test_outputs_of_components_are_their_values() -> None:
    struct = Struct()
    struct.update({"a": {SIGNATURE: OUTPUT, "value": 1, "secret": True}, "b": {SIGNATURE: OUTPUT}})
    assert decode_struct(struct) == {"a": Secret(1), "b": UNKNOWN}


def test_state_secrets() -> None:
    state = {
        "plain": {SIGNATURE: SECRET, "plaintext": json.dumps({"a": [1.0]})},
        "cipher": {SIGNATURE: SECRET, "ciphertext": "v1:x"},
        "unknown": UNKNOWN_SENTINEL,
        "number": 3.0,
    }
    assert decode_json(state) == {
        "plain": Secret({"a": [1]}),
        "cipher": Secret(UNKNOWN),
        "unknown": UNKNOWN,
        "number": 3,
    }
