"""Whom Telegram vouches for, and nobody else."""

import hashlib
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest
from gateway.refusals import Refused
from gateway.telegram_sign_in import Person, from_mini_app, from_widget
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr
from servicekit import clock
from support.gateway import BOT_TOKEN
from support.signing_in import init_data, signed, widget

# Published with the libraries that check it: a token that is no longer in use, and what Telegram signed with it.
PUBLISHED_TOKEN = SecretStr("5768337691:AAH5YkoiEuPk8-FZa32hStHTqXiLPtAEhx8")
PUBLISHED = (
    "query_id=AAHdF6IQAAAAAN0XohDhrOrc"
    "&user=%7B%22id%22%3A279058397%2C%22first_name%22%3A%22Vladislav%22%2C%22last_name%22%3A%22Kibenko%22%2C"
    "%22username%22%3A%22vdkfrost%22%2C%22language_code%22%3A%22ru%22%2C%22is_premium%22%3Atrue%7D"
    "&auth_date=1662771648&hash=c501b71e775f74ce10e377dea85a7ea24ecd640b223ea86dfe453e0eaed2e2b2"
)

Check = Callable[[dict[str, str]], Person]
Make = Callable[..., dict[str, str]]


def as_text(fields: dict[str, Any]) -> dict[str, str]:
    return {name: str(value) for name, value in fields.items()}


def by_widget(fields: dict[str, str]) -> Person:
    return from_widget(fields, BOT_TOKEN)


def by_mini_app(fields: dict[str, str]) -> Person:
    return from_mini_app(urlencode(fields), BOT_TOKEN)


def refusal(check: Check, fields: dict[str, str]) -> tuple[int, str]:
    with pytest.raises(Refused) as refused:
        check(fields)
    return refused.value.status, refused.value.code


FORGED = (401, "sign_in_forged")
WAYS = [
    pytest.param(by_widget, lambda **given: as_text(widget(7, **given)), 24 * 3600, id="widget"),
    pytest.param(by_mini_app, lambda **given: dict(parse_qsl(init_data(7, **given))), 3600, id="mini app"),
]
every_way = pytest.mark.parametrize(("check", "make", "most_seconds"), WAYS)


def test_what_telegram_itself_signed_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "wall", lambda: 1662771648.0 + 60)
    assert from_mini_app(PUBLISHED, PUBLISHED_TOKEN).id == 279058397
    with pytest.raises(Refused):
        from_mini_app(PUBLISHED.replace("279058397", "279058398"), PUBLISHED_TOKEN)


def test_the_names_are_told() -> None:
    person = by_widget(as_text(widget(7, last_name="Северова", username="anna", photo_url="https://t.me/i/1.jpg")))
    assert (person.id, person.first_name, person.last_name, person.username) == (7, "Анна", "Северова", "anna")
    assert from_mini_app(init_data(2**52), BOT_TOKEN) == Person(id=2**52, first_name="Анна")


@every_way
def test_nothing_but_what_was_signed_is_taken(
    check: Check, make: Callable[..., dict[str, str]], most_seconds: int
) -> None:
    whole = make()
    assert check(whole).id == 7
    for name in whole:
        assert refusal(check, {other: value for other, value in whole.items() if other != name}) == FORGED
    assert refusal(check, make(bot_token=SecretStr("7654321:another-bot"))) == FORGED

    @given(name=st.sampled_from([*whole, "extra"]), value=st.text(max_size=80).filter(str.isprintable))
    def changed(name: str, value: str) -> None:
        if whole.get(name) != value:
            assert refusal(check, {**whole, name: value}) == FORGED

    changed()


@every_way
def test_it_is_taken_for_so_long_and_not_before(
    check: Check, make: Make, most_seconds: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "wall", lambda: 1_800_000_000.0)
    assert check(make(seconds_ago=most_seconds)).id == 7
    assert refusal(check, make(seconds_ago=most_seconds + 1)) == (401, "sign_in_expired")
    assert check(make(seconds_ago=-60)).id == 7
    assert refusal(check, make(seconds_ago=-61)) == (401, "sign_in_not_yet")


def test_neither_is_taken_for_the_other() -> None:
    assert refusal(by_mini_app, as_text(widget(7))) == FORGED
    assert refusal(by_widget, dict(parse_qsl(init_data(7)))) == FORGED


def test_a_name_with_a_line_feed_makes_nobody_else_of_its_bearer() -> None:
    """Signed for 7, who calls himself so that the same lines can be read as those of 8."""
    date = widget(7)["auth_date"]
    key = hashlib.sha256(BOT_TOKEN.get_secret_value().encode()).digest()
    honest = signed({"auth_date": date, "first_name": "A\nid=8\nlast_name=B", "id": 7}, key)
    forged = {"auth_date": str(date), "first_name": "A", "id": "8", "last_name": "B\nid=7", "hash": honest["hash"]}
    assert signed({name: value for name, value in forged.items() if name != "hash"}, key)["hash"] == honest["hash"]
    assert refusal(by_widget, forged) == FORGED


def test_what_is_no_init_data_of_a_user_is_refused() -> None:
    for said in (
        "",
        "hash",
        "hash=",
        "&&",
        PUBLISHED * 2,
        "user=%FF&hash=00",
        "user=%00&hash=00",
        "a=1&" * 5_000,
        init_data(7) + "&user=%7B%22id%22%3A8%7D",
        init_data(7, auth_date="9" * 5_000),
        init_data(7, auth_date="-1"),
        init_data(7, user="[]"),
        init_data(7, user='{"id": "x"}'),
        init_data(7, user='{"id": 0, "first_name": "A"}'),
        init_data(7, user="[" * 5_000),
    ):
        with pytest.raises(Refused) as refused:
            from_mini_app(said, BOT_TOKEN)
        assert (refused.value.status, refused.value.code) == FORGED, said[:80]
