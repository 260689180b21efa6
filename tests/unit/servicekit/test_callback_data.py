"""Buttons carry what we put into them, and only in the chat we put it there."""

import string

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from servicekit.callback_data import MAX_BODY_BYTES, MAX_LENGTH, Forged, callback_key, pack, unpack

KEY = callback_key("123456:SECRET")
CHAT = -1001234567890

actions = st.text(string.ascii_lowercase, min_size=1, max_size=2)
bodies = st.binary(max_size=MAX_BODY_BYTES)
chats = st.integers(-(2**52), 2**52)


@given(actions, bodies, chats)
def test_what_is_packed_is_unpacked_and_fits(action: str, body: bytes, chat_id: int) -> None:
    data = pack(action, body, key=KEY, chat_id=chat_id)
    assert len(data.encode()) <= MAX_LENGTH
    assert unpack(data, key=KEY, chat_id=chat_id) == (action, body)


@given(actions, bodies, chats, chats)
def test_a_button_of_another_chat_or_bot_is_refused(action: str, body: bytes, chat_id: int, other: int) -> None:
    assume(chat_id != other)
    data = pack(action, body, key=KEY, chat_id=chat_id)
    with pytest.raises(Forged):
        unpack(data, key=KEY, chat_id=other)
    with pytest.raises(Forged):
        unpack(data, key=callback_key("123456:ANOTHER"), chat_id=chat_id)


@given(actions, bodies, st.data())
def test_a_button_with_one_other_character_is_refused(action: str, body: bytes, draw: st.DataObject) -> None:
    data = pack(action, body, key=KEY, chat_id=CHAT)
    place = draw.draw(st.integers(0, len(data) - 1))
    other = draw.draw(st.sampled_from(sorted(set(string.ascii_letters + string.digits + "-_=+/ ") - {data[place]})))
    with pytest.raises(Forged):
        unpack(data[:place] + other + data[place + 1 :], key=KEY, chat_id=CHAT)


@given(actions, bodies, st.data())
def test_a_button_that_is_cut_or_longer_is_refused(action: str, body: bytes, draw: st.DataObject) -> None:
    data = pack(action, body, key=KEY, chat_id=CHAT)
    for changed in (data[: draw.draw(st.integers(0, len(data) - 1))], data + "A", data + "=", data * 40):
        with pytest.raises(Forged):
            unpack(changed, key=KEY, chat_id=CHAT)


@given(st.text())
def test_anything_else_is_refused(data: str) -> None:
    with pytest.raises(Forged):
        unpack(data, key=KEY, chat_id=CHAT)
    with pytest.raises(Forged):
        unpack("\ud800" + data, key=KEY, chat_id=CHAT)


@pytest.mark.parametrize("action", ["", "abc", "A", "a1", "ж", " a"])
def test_an_action_is_one_or_two_small_letters(action: str) -> None:
    with pytest.raises(ValueError, match="action"):
        pack(action, key=KEY, chat_id=CHAT)


def test_a_body_that_does_not_fit_is_not_made() -> None:
    with pytest.raises(ValueError, match="28 bytes"):
        pack("a", b"x" * (MAX_BODY_BYTES + 1), key=KEY, chat_id=CHAT)


def test_the_key_is_not_the_token() -> None:
    assert len(KEY) == 32
    assert b"SECRET" not in KEY
