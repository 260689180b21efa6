"""In which language a person is answered, and how long that is believed."""

from types import SimpleNamespace

import pytest
from aiogram.types import User
from bot.language import AGAIN_SECONDS, KNOWN_SECONDS, Manners

ANNA = User(id=7, is_bot=False, first_name="Анна", language_code="ru")


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [1000.0]
    monkeypatch.setattr("bot.language.time", SimpleNamespace(monotonic=lambda: now[0]))
    return now


def test_what_was_found_out_is_believed_for_a_while(clock: list[float]) -> None:
    manners = Manners()
    assert not manners.is_known(ANNA)
    manners.asked(ANNA)
    manners.choose(ANNA, "en", "Asia/Omsk")
    clock[0] += KNOWN_SECONDS - 1
    assert manners.is_known(ANNA)
    assert manners.of(ANNA).language.code == "en"
    clock[0] += 2
    assert not manners.is_known(ANNA)
    assert manners.of(ANNA).language.code == "en"


def test_who_could_not_be_asked_is_asked_again_soon(clock: list[float]) -> None:
    manners = Manners()
    manners.not_answered(ANNA)
    assert manners.is_known(ANNA)
    clock[0] += AGAIN_SECONDS + 1
    assert not manners.is_known(ANNA)
