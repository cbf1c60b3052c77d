import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platform_lib.core.errors import EngineError
from platform_lib.sandbox.engine.backend.crypter import Passphrase, PassphraseCrypter, find_passphrase
from support.backend import PASSPHRASE, SALT, VECTORS

# Made by `pulumi stack init` and `pulumi config set --secret` of the stock CLI, 3.260.
TOKEN = "v1:bR0Fau3Zomq68fjF:BAjabSRMsNeiAEzmupgWIKUolBJ0E7reiN7nS10="

RIGHT = Passphrase(PASSPHRASE, "PULUMI_CONFIG_PASSPHRASE")
SHARED = PassphraseCrypter(RIGHT, SALT)


def test_opens_what_the_stock_cli_sealed() -> None:
    assert PassphraseCrypter(RIGHT, SALT).decrypt(TOKEN) == "s3cr3t <&> ü"


@given(st.text())
def test_opens_what_it_sealed(text: str) -> None:
    assert SHARED.decrypt(SHARED.encrypt(text)) == text


def test_seals_the_same_text_differently_each_time() -> None:
    assert SHARED.encrypt("x") != SHARED.encrypt("x")


def test_a_new_salt_is_made_by_the_first_secret_and_proves_the_passphrase() -> None:
    crypter = PassphraseCrypter(Passphrase())
    assert crypter.salt == ""
    sealed = crypter.encrypt("x")
    assert crypter.salt.startswith("v1:")
    assert PassphraseCrypter(Passphrase(), crypter.salt).decrypt(sealed) == "x"


def test_a_wrong_passphrase_is_named_by_its_source() -> None:
    crypter = PassphraseCrypter(Passphrase("wrong", "PULUMI_CONFIG_PASSPHRASE"), SALT, subject="stack 'dev'")
    with pytest.raises(EngineError) as caught:
        crypter.decrypt(TOKEN)
    assert str(caught.value) == "stack 'dev': incorrect passphrase in PULUMI_CONFIG_PASSPHRASE; set the right one"


def test_a_passphrase_where_none_was_used_says_to_unset_it() -> None:
    first = PassphraseCrypter(Passphrase())
    sealed = first.encrypt("x")
    with pytest.raises(EngineError, match="unset it: the secrets were made with an empty passphrase"):
        PassphraseCrypter(Passphrase("wrong", "PULUMI_CONFIG_PASSPHRASE"), first.salt).decrypt(sealed)


def test_no_passphrase_where_one_was_used_says_to_set_it() -> None:
    with pytest.raises(EngineError, match="the secrets need a passphrase; set PULUMI_CONFIG_PASSPHRASE"):
        PassphraseCrypter(Passphrase(), SALT).decrypt(TOKEN)


@pytest.mark.parametrize("sealed", ["", "v1:a", "v2:AAAA:AAAA", "v1:!!!:AAAA", "v1:AAAA:AAAA", TOKEN[:-6] + "AAAAA="])
def test_a_damaged_secret_is_refused(sealed: str) -> None:
    with pytest.raises(EngineError, match="a secret cannot be opened"):
        SHARED.decrypt(sealed)


@pytest.mark.parametrize("salt", ["v1", "v1:AAAA", "v2:AAAA:v1:AAAA:AAAA", "v1:!:v1:AAAA:AAAA"])
def test_a_malformed_salt_is_refused(salt: str) -> None:
    with pytest.raises(EngineError, match="the encryption salt is malformed"):
        PassphraseCrypter(RIGHT, salt).encrypt("x")


def test_a_secret_without_a_salt_is_refused() -> None:
    with pytest.raises(EngineError, match="no encryption salt beside it"):
        PassphraseCrypter(RIGHT).decrypt(TOKEN)


def test_the_passphrase_comes_from_the_variable_then_the_file(tmp_path) -> None:
    file = tmp_path / "phrase"
    file.write_text("  from file\n")
    variables = {"PULUMI_CONFIG_PASSPHRASE": "", "PULUMI_CONFIG_PASSPHRASE_FILE": str(file)}
    assert find_passphrase(variables) == Passphrase("", "PULUMI_CONFIG_PASSPHRASE")
    del variables["PULUMI_CONFIG_PASSPHRASE"]
    assert find_passphrase(variables).text == "from file"
    assert not find_passphrase({}).given


def test_a_missing_passphrase_file_is_named(tmp_path) -> None:
    with pytest.raises(EngineError, match="cannot read the passphrase, got No such file"):
        find_passphrase({"PULUMI_CONFIG_PASSPHRASE_FILE": str(tmp_path / "none")})


def test_a_passphrase_is_not_shown() -> None:
    assert PASSPHRASE not in repr(RIGHT)


def test_the_vectors_use_this_salt() -> None:
    document = json.loads((VECTORS / "state.json").read_text())
    assert document["deployment"]["secrets_providers"]["state"]["salt"] == SALT
