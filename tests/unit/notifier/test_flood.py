"""Whose limit a 429 is."""

from notifier.deliveries.flood import CHATS, FIRST_PAUSE_SECONDS, WINDOW_SECONDS, Flood


def test_one_chat_limited_for_hours_is_that_chats_matter_however_often() -> None:
    flood = Flood()
    assert [flood.limited("7", 10_072, now) for now in range(20)] == [0.0] * 20


def test_several_chats_at_once_are_the_bots() -> None:
    flood = Flood()
    assert [flood.limited(str(chat), 3, 1) for chat in range(CHATS)] == [0.0, 0.0, 3]


def test_the_bot_is_paused_for_seconds_whatever_the_chats_were_told() -> None:
    flood = Flood()
    assert [flood.limited(str(chat), 10_072, 1) for chat in range(CHATS)][-1] == FIRST_PAUSE_SECONDS


def test_chats_limited_one_after_another_while_others_get_through_are_their_own() -> None:
    flood = Flood()
    for chat in range(50):
        assert flood.limited(str(chat), 30, chat / 10) == 0.0
        flood.got_through()


def test_chats_limited_long_after_one_another_are_their_own() -> None:
    flood = Flood()
    assert [flood.limited(str(chat), 30, chat * WINDOW_SECONDS) for chat in range(9)] == [0.0] * 9


def test_a_pause_that_the_next_message_confirms_is_twice_as_long_and_ends_with_the_first_that_gets_through() -> None:
    flood = Flood()
    pauses = [flood.limited(str(chat), 100, 0.1 * chat) for chat in range(6)]
    assert pauses == [0, 0, FIRST_PAUSE_SECONDS, 0, 0, 0]  # what was under way confirms nothing
    assert flood.limited("x", 100, 6) == 2 * FIRST_PAUSE_SECONDS
    assert flood.limited("x", 100, 17) == 4 * FIRST_PAUSE_SECONDS
    assert flood.limited("x", 15, 60) == 15  # never longer than Telegram asks
    flood.got_through()
    assert flood.limited("x", 100, 100) == 0
