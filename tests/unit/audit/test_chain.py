"""A record's place, time, body, personal data and tenant are all in its hash; personal data are not in its body."""

import json
from dataclasses import replace
from datetime import timedelta
from uuid import uuid4

import pytest
from audit.chain import NOTHING_PERSONAL, Personal, Record, body_of, canonical, genesis, personal_of
from contracts.audit import ADMINISTRATION, cabinets_chain, chain_of, users_chain
from contracts.audit import Personal as SaidPersonal
from contracts.webhooks import is_owner_id
from support.auditing import NOON, recorded

TENANT = cabinets_chain(uuid4())
RECORD = Record(TENANT, 1, NOON, b"{}", Personal(b"s" * 16, b"{}", ()), genesis(TENANT))


@pytest.mark.parametrize(
    "other",
    [
        replace(RECORD, seq=2),
        replace(RECORD, at=NOON + timedelta(microseconds=1)),
        replace(RECORD, body=b"{ }"),
        replace(RECORD, personal=None),
        replace(RECORD, personal=Personal(b"t" * 16, b"{}", ())),
        replace(RECORD, personal=Personal(b"s" * 16, b"[]", ())),
        replace(RECORD, previous=genesis(uuid4())),
    ],
)
def test_whatever_differs_differs_in_the_hash(other: Record) -> None:
    assert RECORD.hash == replace(RECORD).hash
    assert other.hash != RECORD.hash


def test_an_old_time_has_a_hash_too() -> None:
    assert len(replace(RECORD, at=NOON.replace(year=1970)).hash) == 32


def test_one_text_of_the_same_values() -> None:
    assert canonical({"b": 1, "a": "Ж"}) == canonical({"a": "Ж", "b": 1}) == '{"a":"Ж","b":1}'.encode()


def test_what_names_a_person_is_in_no_body() -> None:
    event = recorded(TENANT, telegram_id=1_234_567)
    body, personal = body_of(event), personal_of(event)
    assert personal is not None
    assert b"1234567" not in body
    assert "Север".encode() not in body
    assert json.loads(body)["id"] == str(event.id)
    assert json.loads(personal.data) == {"after": {"name": "Север 0"}, "telegram_id": 1_234_567}
    again = personal_of(event)
    assert again is not None
    assert (again.data, again.commitment != personal.commitment) == (personal.data, True)


def test_a_record_without_personal_data_says_so() -> None:
    event = recorded(TENANT, telegram_id=None)
    assert personal_of(event) is None
    assert replace(RECORD, personal=None).commitment == NOTHING_PERSONAL


@pytest.mark.parametrize(
    ("personal", "people"),
    [
        ({"telegram_id": 5}, (5,)),
        ({"after": {"telegram_id": "6"}}, (6,)),
        ({"before": {"members": [7, 8, 7]}}, (7, 8)),
        ({"before": {"rows": [{"owner_telegram_id": 9}]}}, (9,)),
        ({"after": {"chat_id": -100, "user": True, "name": 5}}, ()),
        ({"after": {"telegram_id": "9" * 500}}, ()),
        ({"after": {"telegram_id": "²"}}, ()),
    ],
)
def test_people_are_found_wherever_they_are_named(personal: dict[str, object], people: tuple[int, ...]) -> None:
    event = recorded(TENANT)
    said = event.model_copy(
        update={"data": event.data.model_copy(update={"personal": SaidPersonal.model_validate(personal)})}
    )
    found = personal_of(said)
    assert found is not None
    assert found.telegram_ids == people


def test_a_chain_is_found_by_whom_it_is_of() -> None:
    cabinet_id = uuid4()
    assert chain_of(cabinet_id) == cabinets_chain(cabinet_id) == chain_of(chain_of(cabinet_id)) != cabinet_id
    # What is filed under ids of cabinets is purged with them, and replayed.
    for chain in (ADMINISTRATION, cabinets_chain(cabinet_id), users_chain(7)):
        assert is_owner_id(chain)
