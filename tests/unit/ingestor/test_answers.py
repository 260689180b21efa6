"""Nothing is an answer however WB spells it, and only what is needed of an answer is demanded."""

import json
from collections.abc import Collection
from typing import Any

import msgspec
import pytest
from ingestor.resources import RESOURCES, answers
from ingestor.resources.resource import Page, Resource, Seen, Start
from ingestor.sync.page import read
from ingestor.wb.errors import BadRequest, NothingThere, Unavailable, error_of
from support.mutations import ONE_ROW, answer_of, rows_of_a_shop, written
from support.reading import NOW, parsed

SPELLINGS = (
    b"", b" ", b"null", b'""', b"{}", b"[]", b' [ ] ', b'{"data":null}', b'{"data":[]}', b'{"data":{}}', b'{"data":""}',
    b'{"error":false,"data":[]}', b'{"data":null,"error":false,"errorText":"","additionalErrors":null}',
    b'{"response":null}', b'{"total":0}', b'{"orders":null,"next":0}',
    b'{"detail":"there are no statistics for this advertising period","title":"invalid payload","status":400}',
    b'{"data":null,"error":true,"errorText":"no data"}',
)  # fmt: skip

REFUSED_AS_EMPTY = (
    {"detail": "there are no statistics for this advertising period", "title": "invalid payload", "status": 400},
    {"detail": "there are no companies with correct intervals", "title": "invalid payload"},
    {"errors": ["no data for the selected period"]},
    {"errors": "No data"},
    {"message": "data not found", "code": "NotFound"},
    {"message": "orders not found for this period"},
    {"errorText": "Нет данных за указанный период"[:10], "error": True, "data": None},
    {"detail": "Данные за период не найдены"},
    {"detail": "нет статистики"},
    {"detail": "ничего не найдено"},
    "there are no campaigns",
)
REFUSED = (
    {"detail": "wrong bid value: 3; min: 150", "title": "invalid payload"},
    {"errors": ["dateFrom: field required"]},
    {"errors": "no data in the request body"},
    {"detail": "No such data type"},
    {"detail": "no statistics method for the token"},
    {"detail": "campaign 7 not found"},
    {"detail": "orders: no items passed"},
    {"detail": "period must not exceed 31 days"},
    {"detail": "Report not found"},
    {"title": "not found", "detail": "no such path: /adv/v3/data"},
    {"detail": "в запросе нет данных"},
    "<html>no data</html>",
    "",
)


def of_each(*, but: Collection[str] = ()) -> pytest.MarkDecorator:
    chosen = [resource for name, resource in RESOURCES.items() if name not in but]
    return pytest.mark.parametrize("resource", chosen, ids=lambda resource: resource.name)


@of_each()
@pytest.mark.parametrize("body", SPELLINGS)
def test_nothing_is_no_rows_and_the_reading_goes_on(resource: Resource, body: bytes) -> None:
    page = read(resource, body)
    assert list(page.rows) == []
    start = Start(NOW, sweep=False, page_rows=1_000)
    position = resource.reading.begin(None, start) | ({"ids": [1]} if resource.reading.subjects else {})
    step = resource.reading.advance(position, Seen(page.rows, after=page.after, wb_now=NOW))
    assert step.done or step.wait_seconds or step.position != position


@of_each(but=ONE_ROW)
@pytest.mark.parametrize("other", [[{"a": 1}], {"a": 1}])
def test_a_list_under_another_name_is_not_nothing(resource: Resource, other: Any) -> None:
    for answer in ({"renamed": other}, {"data": {"renamed": other}}):
        with pytest.raises(Unavailable):
            read(resource, written(answer))


@of_each()
def test_an_error_with_a_status_of_success_is_no_answer(resource: Resource) -> None:
    for answer in ({"error": True, "data": None}, {"title": "internal error", "detail": "try later"}, {"code": "E1"}):
        with pytest.raises(Unavailable):
            read(resource, written(answer))


@of_each(but=ONE_ROW)
def test_rows_are_found_in_an_envelope_more(resource: Resource) -> None:
    answer = answer_of(resource.name, rows_of_a_shop()[resource.name])
    expected = parsed(resource, written(answer)).rows
    assert expected
    assert parsed(resource, written({"data": answer, "error": False, "errorText": ""})).rows == expected


@of_each(but=ONE_ROW)
@pytest.mark.parametrize("value", [None, "", 5, -1, "x", [], {}, True, [1], {"a": None}, "9" * 30])
def test_whatever_stands_beside_the_rows_they_are_read(resource: Resource, value: Any) -> None:
    answer = answer_of(resource.name, rows_of_a_shop()[resource.name])
    expected = parsed(resource, written(answer)).rows
    for holder in _holders(answer):
        for name in [name for name in holder if not isinstance(holder[name], list)]:
            if isinstance(holder[name], dict) and any(isinstance(each, list | dict) for each in holder[name].values()):
                continue  # on the way to the rows
            kept, holder[name] = holder[name], value
            page = read(resource, written(answer))
            assert len(parsed(resource, page).rows) == len(expected), (name, value)
            _goes_on(resource, page)
            del holder[name]
            page = read(resource, written(answer))
            assert len(parsed(resource, page).rows) == len(expected), name
            _goes_on(resource, page)
            holder[name] = kept


def _holders(answer: Any) -> list[dict[str, Any]]:
    """The objects on the way to the rows."""
    found = []
    while isinstance(answer, dict):
        found.append(answer)
        answer = next((each for each in answer.values() if isinstance(each, dict | list)), None)
    return found


def _goes_on(resource: Resource, page: Page) -> None:
    position = resource.reading.begin(None, Start(NOW, sweep=False, page_rows=1_000))
    position |= {"ids": [1]} if resource.reading.subjects else {}
    step = resource.reading.advance(position, Seen(page.rows, after=page.after, wb_now=NOW))
    json.dumps(step.position)


@pytest.mark.parametrize("status", [400, 404, 422])
@pytest.mark.parametrize("said", REFUSED_AS_EMPTY)
def test_a_refusal_that_only_says_that_there_is_nothing_is_known(status: int, said: Any) -> None:
    assert type(error_of(status, _body(said))) is NothingThere


@pytest.mark.parametrize("status", [400, 404, 422])
@pytest.mark.parametrize("said", REFUSED)
def test_one_that_says_that_the_request_is_wrong_is_a_refusal(status: int, said: Any) -> None:
    assert type(error_of(status, _body(said))) is BadRequest


def _body(said: Any) -> bytes:
    return said.encode() if isinstance(said, str) else json.dumps(said).encode()


def test_a_field_beside_the_list_is_there_or_not() -> None:
    listed = answers.listed(b'{"rows": [{}], "next": 5, "bad": "x"}', "rows")
    assert listed.get("next", int) == 5
    assert listed.get("bad", int) is None
    assert listed.get("none", int) is None


def test_rows_that_are_no_list_are_none() -> None:
    with pytest.raises(msgspec.MsgspecError):
        answers.rows(b'{"rows": {"0": {}}}', "rows")
