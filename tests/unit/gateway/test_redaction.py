"""What records may hold: no secret, whatever it lies in, and what names people apart."""

import json
from typing import Any

import pytest
from contracts.audit import Actor, AuditRecordedV1, Personal
from gateway.recording.redaction import PERSONAL, SECRETS, apart, read_body
from support.openapi import document
from uuid_utils.compat import uuid7

SECRET = "only-its-sender-knows-it"


@pytest.mark.parametrize(
    "values",
    [
        {"token": SECRET},
        {"keys": {"auth": SECRET, "p256dh": SECRET}},
        {"rows": [{"password": SECRET}]},
        {"secrets": [{"sealed": SECRET}]},
        {"url": f"https://user:{SECRET}@example.ru/{SECRET}?key={SECRET}#{SECRET}"},
        {"endpoint": f"https://push.example/{SECRET}"},
        {"urls": {"url": f"https://[{SECRET}"}},
        {"token": {"nested": [SECRET]}},
    ],
)
def test_no_secret_is_in_a_record(values: dict[str, Any]) -> None:
    lasting, personal = apart(values)
    assert SECRET not in json.dumps([lasting, personal])


@pytest.mark.parametrize(
    "secret",
    [
        "pulse_" + "k" * 43,
        "pulse_refresh_" + "k" * 43,
        "whsec_" + "k" * 32,
        "123456789:" + "A" * 35,
        "123456789%3A" + "A" * 35,
        "eyJhbGciOiJFUzI1NiJ9.eyJzaWQiOiI3ZjMwYTEifQ.c2lnbmF0dXJl",
    ],
)
def test_what_looks_like_a_secret_is_in_none_under_whatever_name(secret: str) -> None:
    for values in ({"tokens": [secret]}, {"nm_id": secret}, {"query": f"a=1&api_key={secret}&b=2"}, {secret: 1}):
        lasting, personal = apart(values)
        assert secret not in json.dumps([lasting, personal])
        assert "[redacted]" in json.dumps([lasting, personal])


def test_whatever_the_document_calls_a_secret_is_one() -> None:
    schemas = document()["components"]["schemas"].values()
    names = {
        name
        for schema in schemas
        for name, field in schema.get("properties", {}).items()
        if field.get("format") == "password"
    }
    assert names >= {"token", "refresh_token"}
    assert names <= SECRETS
    assert not SECRETS & PERSONAL


def test_what_names_people_is_apart_wherever_it_lies() -> None:
    lasting, personal = apart(
        {
            "role": "viewer",
            "telegram_id": 7,
            "name": None,
            "rows": [{"nm_id": 1, "note": "of Anna"}, {"nm_id": 2}],
            "rules": [{"is_on": False}],
            "nested": {"name": "Anna"},
        }
    )
    assert lasting == {
        "role": "viewer",
        "rows": [{"nm_id": 1}, {"nm_id": 2}],
        "rules": [{"is_on": False}],
    }
    assert personal == {
        "telegram_id": 7,
        "name": None,
        "rows": [{"note": "of Anna"}, None],
        "nested": {"name": "Anna"},
    }


@pytest.mark.parametrize(
    "body",
    [
        b'{"a": "\\ud800", "\\ud800": 1}',
        b'{"a": NaN, "b": Infinity, "c": 1e999}',
        b'{"a": ' + b"9" * 4000 + b"}",
        b'{"a": ' + b"[" * 300 + b"]" * 300 + b"}",
        b'{"name": ' + b'{"name": ' * 50 + b"1" + b"}" * 51,
        b'{"a": "\\u0000"}',
    ],
)
def test_whatever_is_sent_can_be_recorded(body: bytes) -> None:
    before, after = apart(read_body(body))
    record = AuditRecordedV1(
        actor=Actor(kind="user"),
        action="x",
        outcome="refused",
        after=before,
        personal=Personal(after=after),
        request_id=uuid7(),
    )
    assert AuditRecordedV1.model_validate_json(record.model_dump_json()).action == "x"


@pytest.mark.parametrize("body", [b"", b"[1]", b"null", b"{", b"\xff", b"[" * 5000])
def test_what_is_no_object_says_nothing(body: bytes) -> None:
    assert read_body(body) == {}
