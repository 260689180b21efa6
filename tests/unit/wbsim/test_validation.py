from typing import Any

import pytest
from wbsim import validation as v

CHECK = v.record(
    {
        "limit": v.integer(1, 100),
        "share": v.number(0, 1),
        "flag": v.boolean,
        "name": v.nullable(v.text),
        "ids": v.array(v.integer(), 2),
        "order": v.one_of("asc", "desc"),
        "inner": v.record({"deep": v.text}),
    },
    frozenset({"limit"}),
)
GOOD = {"limit": 1, "share": 0.5, "flag": True, "name": None, "ids": [1], "order": "asc", "inner": {"deep": ""}}


def test_a_body_within_the_rules_has_no_problems() -> None:
    assert CHECK("", GOOD) == []


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"limit": 0}, "limit: must be at least 1"),
        ({"limit": 101}, "limit: must be at most 100"),
        ({"limit": True}, "limit: must be an integer"),
        ({"limit": "5"}, "limit: must be an integer"),
        ({"share": 2}, "share: must be a number from 0 to 1"),
        ({"share": True}, "share: must be a number from 0 to 1"),
        ({"flag": 1}, "flag: must be a boolean"),
        ({"name": 5}, "name: must be a string"),
        ({"ids": 5}, "ids: must be an array"),
        ({"ids": [1, 2, 3]}, "ids: at most 2 items"),
        ({"ids": [1, "2"]}, "ids[1]: must be an integer"),
        ({"order": "up"}, "order: must be one of asc, desc"),
        ({"inner": []}, "inner: must be an object"),
        ({"inner": {"deep": 1}}, "inner.deep: must be a string"),
        ({"extra": 1}, "extra: unknown field"),
    ],
)
def test_each_breach_is_named(change: dict[str, Any], problem: str) -> None:
    assert CHECK("", GOOD | change) == [problem]


def test_a_missing_field_is_named() -> None:
    assert CHECK("", {}) == ["limit: field required"]


def test_a_query_turns_into_integers_and_booleans_where_it_can() -> None:
    pairs = [("take", "10"), ("skip", "-1"), ("nmId", "x1"), ("isAnswered", "true"), ("flag", "yes"), ("order", "7")]
    read = v.read_query(pairs, frozenset({"take", "skip", "nmId"}), frozenset({"isAnswered", "flag"}))
    assert read == {"take": 10, "skip": -1, "nmId": "x1", "isAnswered": True, "flag": "yes", "order": "7"}
