from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platform_lib.core.errors import CloudError
from platform_lib.core.values import UNKNOWN, Archive, Asset, ResourceReference, Secret
from platform_lib.sandbox.cloud.codec import MARK, Codec

PLAIN = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False, allow_infinity=False), st.text(max_size=12)
)
MARKED = st.one_of(
    st.builds(Asset, hash=st.text(max_size=4), text=st.text(max_size=4)),
    st.builds(Archive, hash=st.text(max_size=4), path=st.text(max_size=4)),
    st.builds(ResourceReference, urn=st.text(max_size=8), id=st.text(max_size=4)),
)
VALUES = st.recursive(
    st.one_of(PLAIN, MARKED),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=5), inner, max_size=3), st.builds(Secret, inner)
    ),
    max_leaves=12,
)


@given(VALUES)
def test_every_value_reads_back_as_it_was_written(value: Any) -> None:
    codec = Codec.for_file(None)
    assert codec.loads(codec.dumps(value)) == value


def test_the_text_of_a_secret_tells_nothing_and_names_stay() -> None:
    text = Codec.for_file(None).dumps(
        {"password": Secret("hunter2"), "deep": [{"token": Secret({"inner": "hunter3"})}]}
    )
    assert "hunter" not in text
    assert "inner" not in text
    assert "password" in text
    assert "token" in text


def test_equal_secrets_are_sealed_differently() -> None:
    codec = Codec.for_file(None)
    assert codec.dumps(Secret("x")) != codec.dumps(Secret("x"))


def test_an_unknown_cannot_be_stored() -> None:
    with pytest.raises(CloudError, match="of type Unknown cannot be stored"):
        Codec.for_file(None).dumps({"a": UNKNOWN})


def test_a_key_is_made_once_and_only_for_its_owner(tmp_path: Path) -> None:
    path = tmp_path / "cloud.db"
    first, second = Codec.for_file(path), Codec.for_file(path)
    key = tmp_path / "cloud.db.key"
    assert second.loads(first.dumps(Secret(1))) == Secret(1)
    assert key.stat().st_mode & 0o777 == 0o600
    assert [item.name for item in tmp_path.iterdir()] == ["cloud.db.key"], "no draft of the key is left"


def test_a_damaged_key_is_told_with_the_way_out(tmp_path: Path) -> None:
    (tmp_path / "cloud.db.key").write_text("not a key")
    with pytest.raises(CloudError, match=r"missing or damaged.*platform sandbox reset"):
        Codec.for_file(tmp_path / "cloud.db")


def test_a_secret_of_another_key_does_not_open() -> None:
    text = Codec.for_file(None).dumps(Secret("x"))
    with pytest.raises(CloudError, match=r"does not open with the key.*platform sandbox reset"):
        Codec.for_file(None).loads(text)


def test_a_digest_is_steady_under_one_key_only() -> None:
    one, other = Codec.for_file(None), Codec.for_file(None)
    assert one.digest("bucket") == one.digest("bucket")
    assert one.digest("bucket") != other.digest("bucket")
    assert MARK not in one.digest("bucket")
