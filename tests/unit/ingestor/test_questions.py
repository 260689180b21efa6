"""How a question is asked for and read."""

import json
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from ingestor.resources import questions
from ingestor.resources.resource import BrokenRow, Start
from support.wb_contract import SAMPLES, sample

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
WB: dict[str, Any] = {
    "id": "q1",
    "text": "Подойдёт ли M?",
    "createdDate": "2026-11-20T11:18:08.769513469Z",
    "state": "wbRu",
    "answer": {"text": "Да", "editable": False, "createDate": "2026-11-20T12:00:00Z"},
    "productDetails": {
        "imtId": 6,
        "nmId": 5,
        "productName": "Худи",
        "supplierArticle": "HD-22",
        "supplierName": "Продавец",
        "brandName": "Б",
    },
    "wasViewed": True,
    "isWarned": False,
    "userName": "Имя Покупателя",
}
MINIMAL = {"id": "q1", "createdDate": "2026-11-20T11:18:08Z"}


def parsed(row: dict[str, Any]) -> dict[str, Any]:
    values = questions.parse(msgspec.Raw(json.dumps(row).encode()), NOW)
    return dict(zip(questions.RESOURCE.storage.names, values, strict=True))


def test_a_question_is_read_whole_and_without_who_asks() -> None:
    assert parsed(WB) == {
        "id": "q1",
        "created_at": datetime(2026, 11, 20, 11, 18, 8, 769513, tzinfo=UTC),
        "nm_id": 5,
        "imt_id": 6,
        "product_name": "Худи",
        "supplier_article": "HD-22",
        "brand": "Б",
        "text": "Подойдёт ли M?",
        "state": "wbRu",
        "answer_text": "Да",
        "answered_at": datetime(2026, 11, 20, 12, 0, tzinfo=UTC),
        "answer_editable": False,
        "was_viewed": True,
        "is_warned": False,
    }


def test_all_but_id_and_date_may_be_absent_or_null() -> None:
    row = parsed(MINIMAL)
    assert {name for name, value in row.items() if value is not None} == {"id", "created_at"}
    assert parsed({**dict.fromkeys(WB), **MINIMAL}) == row


def test_an_answer_that_was_not_given_yet_has_no_time() -> None:
    row = parsed(WB | {"answer": {"text": "", "createDate": "0001-01-01T00:00:00Z"}})
    assert (row["answer_text"], row["answered_at"]) == (None, None)


def test_words_and_fields_that_nobody_knows_yet_are_no_obstacle() -> None:
    assert parsed(WB | {"state": "новое", "ещё": {}})["state"] == "новое"


@pytest.mark.parametrize(
    "broken",
    [
        {"id": None},
        {"createdDate": "0001-01-01T00:00:00Z"},
        {"wasViewed": "yes"},
        {"productDetails": {"nmId": "5"}},
        {"productDetails": {"nmId": 2**63}},
        {"answer": {"createDate": "soon"}},
        {"text": 5},
    ],
)
def test_what_cannot_be_a_question_is_refused(broken: dict[str, Any]) -> None:
    with pytest.raises((msgspec.MsgspecError, ValueError)):
        parsed(WB | broken)


class TestKey:
    def test_tells_the_key_and_when_it_was_asked(self) -> None:
        raw = msgspec.Raw(json.dumps(MINIMAL).encode())
        assert questions.key_of(raw) == (("q1",), datetime(2026, 11, 20, 11, 18, 8, tzinfo=UTC))

    def test_refuses_an_empty_id(self) -> None:
        with pytest.raises(BrokenRow):
            questions.key_of(msgspec.Raw(json.dumps(MINIMAL | {"id": ""}).encode()))


def test_what_is_asked_of_each_list() -> None:
    position = questions.begin(None, Start(NOW, False, 100_000))
    assert questions.ask(position) == {
        "params": {"isAnswered": "false", "take": "10000", "skip": "0", "order": "dateAsc"}
    }
    answered = {**position, "todo": [{"list": "answered", "since": 77, "skip": 0}]}
    assert questions.ask(answered)["params"] == {
        "isAnswered": "true",
        "take": "10000",
        "skip": "0",
        "order": "dateAsc",
        "dateFrom": "77",
    }


class TestRead:
    def test_rows_lie_under_data(self) -> None:
        assert len(questions.read(json.dumps({"data": {"questions": [WB]}}).encode()).rows) == 1
        assert questions.read(b'{"data": {"questions": null}}').rows == []

    @pytest.mark.parametrize("body", [b'{"data": null, "error": true}', b'{"data": {"feedbacks": [{}]}}'])
    def test_another_answer_is_not_taken_for_an_empty_list(self, body: bytes) -> None:
        with pytest.raises(msgspec.MsgspecError):
            questions.read(body)


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="WB's examples are not here")
def test_wbs_own_example_is_read() -> None:
    [raw] = questions.read(json.dumps(sample("questions")).encode()).rows
    row = parsed(json.loads(bytes(raw)))
    assert (row["id"], row["nm_id"], row["state"]) == ("2ncBtX4B9I0UHoornoqG", 14917842, "suppliersPortalSynch")
