"""How a feedback is asked for and read."""

import json
from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from contracts.model import MOSCOW
from ingestor.resources import feedbacks
from ingestor.resources.resource import BrokenRow, Start
from support.wb_contract import SAMPLES, sample

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
WB: dict[str, Any] = {
    "id": "a1",
    "text": "Ткань тонкая",
    "pros": "Цвет",
    "cons": "",
    "productValuation": 2,
    "createdDate": "2026-11-20T10:20:48+03:00",
    "answer": {"text": "Спасибо", "state": "reviewRequired", "editable": True},
    "state": "wbRu",
    "productDetails": {
        "imtId": 6,
        "nmId": 5,
        "productName": "Худи",
        "supplierArticle": "HD-22",
        "supplierName": "Продавец",
        "brandName": "Б",
        "size": "L",
    },
    "video": {"previewImage": "https://cover", "link": "https://list.m3u8", "durationSec": 10},
    "wasViewed": True,
    "photoLinks": [{"fullSize": "https://full", "miniSize": "https://mini"}],
    "userName": "Имя Покупателя",
    "orderStatus": "buyout",
    "matchingSize": "smaller",
    "bables": ["цена"],
    "lastOrderShkId": 9,
    "lastOrderCreatedAt": "2026-11-12T10:20:48+03:00",
    "color": "графит",
    "subjectId": 219,
    "subjectName": "Худи",
    "parentFeedbackId": None,
    "childFeedbackId": "a2",
}
MINIMAL = {"id": "a1", "createdDate": "2026-11-20T10:20:48.769513469Z"}


def parsed(row: dict[str, Any]) -> dict[str, Any]:
    values = feedbacks.parse(msgspec.Raw(json.dumps(row).encode()), NOW)
    return dict(zip(feedbacks.RESOURCE.storage.names, values, strict=True))


def test_a_feedback_is_read_whole() -> None:
    row = parsed(WB)
    for name in ("bables", "photos", "video"):
        row[name] = json.loads(row[name])
    assert row == {
        "id": "a1",
        "created_at": datetime(2026, 11, 20, 10, 20, 48, tzinfo=MOSCOW),
        "nm_id": 5,
        "imt_id": 6,
        "product_name": "Худи",
        "supplier_article": "HD-22",
        "brand": "Б",
        "size": "L",
        "color": "графит",
        "subject_id": 219,
        "subject": "Худи",
        "valuation": 2,
        "text": "Ткань тонкая",
        "pros": "Цвет",
        "cons": None,
        "bables": ["цена"],
        "photos": [{"full_size": "https://full", "mini_size": "https://mini"}],
        "video": {"link": "https://list.m3u8", "preview_image": "https://cover", "duration_seconds": 10},
        "matching_size": "smaller",
        "order_status": "buyout",
        "bought_at": datetime(2026, 11, 12, 10, 20, 48, tzinfo=MOSCOW),
        "shk_id": 9,
        "state": "wbRu",
        "answer_text": "Спасибо",
        "answer_state": "reviewRequired",
        "answer_editable": True,
        "was_viewed": True,
        "parent_id": None,
        "child_id": "a2",
    }


def test_who_left_it_is_not_read() -> None:
    assert "Имя Покупателя" not in str(parsed(WB))


def test_all_but_id_and_date_may_be_absent() -> None:
    row = parsed(MINIMAL)
    assert {name: value for name, value in row.items() if value is not None} == {
        "id": "a1",
        "created_at": datetime(2026, 11, 20, 10, 20, 48, 769513, tzinfo=UTC),
        "bables": "[]",
        "photos": "[]",
    }


def test_null_is_as_good_as_absent() -> None:
    assert parsed({**dict.fromkeys(WB), **MINIMAL}) == parsed(MINIMAL)


def test_words_and_fields_that_nobody_knows_yet_are_no_obstacle() -> None:
    row = parsed(WB | {"state": "новое", "orderStatus": "lost", "матчинг": 1, "productValuation": 7})
    assert (row["state"], row["order_status"], row["valuation"]) == ("новое", "lost", 7)


@pytest.mark.parametrize(
    "broken",
    [
        {"id": 5},
        {"createdDate": "yesterday"},
        {"createdDate": None},
        {"productValuation": "5"},
        {"productValuation": 2**31},
        {"lastOrderShkId": 2**63},
        {"productDetails": {"nmId": 0}},
        {"productDetails": []},
        {"photoLinks": ["https://full"]},
        {"answer": "text"},
        {"lastOrderCreatedAt": "soon"},
    ],
)
def test_what_cannot_be_a_feedback_is_refused(broken: dict[str, Any]) -> None:
    with pytest.raises((msgspec.MsgspecError, ValueError)):
        parsed(WB | broken)


class TestKey:
    def test_tells_the_key_and_when_it_was_left(self) -> None:
        raw = msgspec.Raw(json.dumps(WB).encode())
        assert feedbacks.key_of(raw) == (("a1",), datetime(2026, 11, 20, 10, 20, 48, tzinfo=MOSCOW))

    def test_refuses_an_empty_id(self) -> None:
        with pytest.raises(BrokenRow):
            feedbacks.key_of(msgspec.Raw(json.dumps(WB | {"id": ""}).encode()))


class TestAsk:
    def test_what_is_asked_of_each_list(self) -> None:
        position = feedbacks.begin(None, Start(NOW, False, 10))
        assert feedbacks.ask(position) == {
            "params": {"take": "10", "skip": "0", "isAnswered": "false", "order": "dateAsc"}
        }
        answered = {**position, "todo": [{"list": "answered", "since": 77, "skip": 20}]}
        assert feedbacks.ask(answered) == {
            "params": {"take": "10", "skip": "20", "isAnswered": "true", "order": "dateAsc", "dateFrom": "77"}
        }
        asked = feedbacks.ask({**position, "todo": [{"list": "archive", "since": None, "skip": 0}]})
        assert asked["method"].path == "/api/v1/feedbacks/archive"
        assert asked["params"] == {"take": "10", "skip": "0", "order": "dateDesc"}


class TestRead:
    def test_rows_lie_under_data(self) -> None:
        assert len(feedbacks.read(json.dumps({"data": {"feedbacks": [WB, WB]}}).encode()).rows) == 2
        assert feedbacks.read(b'{"data": {"feedbacks": null}}').rows == []

    @pytest.mark.parametrize("body", [b'{"data": null, "error": true}', b'{"data": {"questions": [{}]}}', b"[{}]"])
    def test_another_answer_is_not_taken_for_an_empty_list(self, body: bytes) -> None:
        with pytest.raises(msgspec.MsgspecError):
            feedbacks.read(body)


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="WB's examples are not here")
def test_wbs_own_example_is_read() -> None:
    [raw] = feedbacks.read(json.dumps(sample("feedbacks")).encode()).rows
    row = parsed(json.loads(bytes(raw)))
    assert (row["id"], row["nm_id"], row["child_id"]) == ("YX52RZEBhH9mrcYdEJuD", 987654321, "bIjTCZDvJni7NGnLbUlf")
    assert len(json.loads(row["photos"])) == 3
    assert None not in {row["bought_at"], row["answer_text"], row["video"], row["matching_size"]}
