"""Recognising secrets: the issuers' forms, randomness, known values in their encodings; taking them out of texts."""

import base64
import json
import random
import string
import urllib.parse

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from platform_lib.core.values import UNKNOWN, Secret
from platform_lib.operations.gate.leaks.forms import entropy, known_form, looks_random, random_in
from platform_lib.operations.gate.leaks.values import LEAST, SecretValues, of_configuration, of_properties

TOKEN = "".join(random.Random(7).choices(string.ascii_letters + string.digits, k=40))


@pytest.mark.parametrize(
    "text, kind",
    [
        ("AKIAIOSFODNN7EXAMPLE", "an AWS access key id"),
        ("-----BEGIN RSA PRIVATE KEY-----\nabc", "a private key"),
        (f"ghp_{'a1B2' * 9}", "a GitHub token"),
        ("postgres://app:s3cretpw@db:5432/x", "a password in an address"),
        ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N", "a JSON web token"),
        ("db_password=correcthorse", "a password"),
    ],
)
def test_known_forms_are_named(text: str, kind: str) -> None:
    assert known_form(f"before {text} after") == kind


@pytest.mark.parametrize(
    "text",
    [
        "baseline-password-policy",
        "arn:aws:kms:eu-central-1:111111111111:key/0e0f5a7a-8a52-4b61-bd5c-2f3a6a1f0b77",
        "vpc-0b97713686887aa22",
        "10.0.0.0/16",
        "https://sqs.eu-central-1.amazonaws.com/111111111111/jobs-3f2a1b9",
        "db_password=${PASSWORD}",
    ],
)
def test_what_is_no_secret_is_none(text: str) -> None:
    assert known_form(text) is None
    assert not random_in(text)


@pytest.mark.parametrize(
    "text, path, is_random",
    [
        (f"token {'kJ8sQ2mZ7xV4nB1wR6tY9uP3'}", "value", True),
        ("5f4dcc3b5aa765d61d8327deb882cf99", "apiKey", True),
        ("5f4dcc3b5aa765d61d8327deb882cf99", "contentMd5Hash", False),
        ("5f4dcc3b5aa765d61d8327deb882cf99", "etag", False),
        ("0e0f5a7a-8a52-4b61-bd5c-2f3a6a1f0b77", "id", False),
        ("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "x", False),
        ("ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ8sQ2mZ7xV4nB1wR6tY9uP3kJ8sQ2mZ7xV4nB1wR6tY", "publicKey", False),
        ("-----BEGIN CERTIFICATE-----\nMIIBkJ8sQ2mZ7xV4nB1wR6tY9uP3\n-----END CERTIFICATE-----", "body", False),
        ("platform-production-eu-central-1-archive-of-all-logs", "bucket", False),
        # What AWS makes: identifiers and addresses, and a certificate once more in base64.
        ("4bf9a2a2688052bed2142abb08f2407a", "detectorId", False),
        ("4bf9a2a2688052bed2142abb08f2407a", "grants[0].id", False),
        ("4bf9a2a2688052bed2142abb08f2407a", "detector_ids[0]", False),
        ("4bf9a2a2688052bed2142abb08f2407a", "valid", True),
        ("kJ8sQ2mZ7xV4nB1wR6tY9uP3", "sessionId", True),
        ("arn:aws:guardduty:eu-central-1:111111111111:detector/4bf9a2a2688052bed2142abb08f2407a", "arn", False),
        ("arn:aws:guardduty::: 4bf9a2a2688052bed2142abb08f2407a4bf9a2a2688052be", "arn", True),
        ("https://F075B34D621597B0A1E545B44EF2A9E6.gr7.eu-central-1.eks.amazonaws.com", "endpoint", False),
        ("https://oidc.eks.eu-central-1.amazonaws.com/id/F075B34D621597B0A1E545B44EF2A9E6", "issuer", False),
        ("oidc.eks.cn-north-1.amazonaws.com.cn/id/F075B34D621597B0A1E545B44EF2A9E6:sub", "x", False),
        (base64.b64encode(b"-----BEGIN CERTIFICATE-----\nMIIBkJ8sQ2mZ7xV4nB1wR6").decode(), "data", False),
        # In an address only the host is public.
        ("https://hooks.example.com/services/kJ8sQ2mZ7xV4nB1wR6tY9uP3", "endpoint", True),
        ("https://example.com/?sig=kJ8sQ2mZ7xV4nB1wR6tY9uP3", "endpoint", True),
        ("https://kJ8sQ2mZ7xV4nB1wR6tY9uP3@example.com/", "endpoint", True),
        ("https://kJ8sQ2mZ7xV4nB1wR6tY9uP3", "endpoint", True),
        ("https://example.com/id/F075B34D621597B0A1E545B44EF2A9E6", "issuer", True),
    ],
)
def test_randomness_is_told_from_names_digests_and_public_keys(text: str, path: str, is_random: bool) -> None:
    assert random_in(text, path) is is_random


def test_entropy_is_that_of_shannon() -> None:
    assert entropy("") == 0
    assert entropy("aaaa") == 0
    assert entropy("abcd") == 2


@given(st.binary(min_size=24, max_size=64))
def test_random_bytes_look_random_in_hexadecimal(content: bytes) -> None:
    text = content.hex()
    assert looks_random(text) is (entropy(text) > 3.0)


@given(
    st.text(st.characters(min_codepoint=32, max_codepoint=0x2FF, exclude_characters="\x7f"), min_size=12, max_size=40),
    st.text(string.ascii_letters + " ", max_size=20),
    st.text(string.ascii_letters + " ", max_size=20),
)
def test_a_known_value_is_found_in_every_encoding_wherever_it_stands(value: str, before: str, after: str) -> None:
    known = SecretValues([value])
    whole = f"{before}{value}{after}"
    for text in (
        whole,
        json.dumps(whole),
        urllib.parse.quote(whole, safe=""),
        whole.encode().hex(),
        base64.b64encode(whole.encode()).decode(),
        base64.urlsafe_b64encode(whole.encode()).decode(),
    ):
        assert known.within(text), text
        assert not known.within(known.redacted(text)), text


def test_a_text_without_the_value_stays_as_it_is() -> None:
    known = SecretValues([TOKEN])
    assert known.redacted("nothing here") == "nothing here"
    assert SecretValues([]).redacted(TOKEN) == TOKEN
    assert not SecretValues(["x" * (LEAST - 1)]), "too short to be told apart"


def test_a_model_is_redacted_in_every_text() -> None:
    class Inner(BaseModel):
        names: dict[str, list[str]]

    class Outer(BaseModel):
        text: str
        inner: Inner
        number: int

    given_ = Outer(text=f"a {TOKEN}", inner=Inner(names={TOKEN: [TOKEN, "b"]}), number=3)
    found = SecretValues([TOKEN]).redacted_model(given_)
    assert TOKEN not in found.model_dump_json()
    assert (found.text, found.inner.names, found.number) == ("a [secret]", {"[secret]": ["[secret]", "b"]}, 3)


def test_of_a_secret_map_only_what_looks_random_counts_beside_the_whole() -> None:
    config = {"shop:db": json.dumps({"host": "db.example.com", "password": TOKEN}), "shop:plain": "x" * 20}
    known = of_configuration(config, {"shop:db"})
    assert known.within(TOKEN)
    assert not known.within("db.example.com")
    assert not known.within("x" * 20)


def test_marked_values_count_at_any_depth() -> None:
    values = [{"a": [Secret({"b": TOKEN, "region": "eu-central-1"})], "c": "plain", "d": Secret(UNKNOWN)}]
    strict, broad = of_properties(values, only_random=True), of_properties(values, only_random=False)
    assert (strict.within(TOKEN), strict.within("eu-central-1")) == (True, False)
    assert (broad.within(TOKEN), broad.within("eu-central-1"), broad.within("plain")) == (True, True, False)
