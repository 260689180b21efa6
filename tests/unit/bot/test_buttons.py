"""What buttons say is read back part by part, and only in their chat."""

from uuid import uuid4

import pytest
from bot.actions import Action
from bot.buttons import Buttons, keyboard
from bot.filters import pressed
from bot.handlers import ROUTERS
from servicekit.callback_data import Forged, pack

KEY = b"k" * 32
HERE = Buttons(KEY, 7)


def test_parts_are_read_in_the_order_they_were_put_in() -> None:
    cabinet_id = uuid4()
    pressed = HERE.read(HERE.data(Action.MEMBER_ROLE, cabinet_id, 2**52, "m"))
    assert pressed.action is Action.MEMBER_ROLE
    assert (pressed.uuid(), pressed.number(), pressed.text()) == (cabinet_id, 2**52, "m")
    with pytest.raises(Forged):
        pressed.number()


def test_a_button_of_another_chat_or_of_an_action_that_is_no_more_is_refused() -> None:
    with pytest.raises(Forged):
        Buttons(KEY, 8).read(HERE.data(Action.MENU))
    with pytest.raises(Forged):
        HERE.read(pack("zz", key=KEY, chat_id=7))


def test_every_button_has_a_handler_and_none_has_two() -> None:
    filters = [
        each.callback
        for make in ROUTERS
        for handler in make().callback_query.handlers
        for each in handler.filters or ()
    ]
    handled = [action for each in filters if isinstance(each, pressed) for action in each.actions]
    assert sorted(handled) == sorted(Action)


def test_actions_are_letters_that_no_two_share_and_empty_rows_are_left_out() -> None:
    assert len(set(Action)) == len(Action.__members__)
    for action in Action:
        assert HERE.read(HERE.data(action)).action is action
    assert len(keyboard([HERE.button("x", Action.MENU)], []).inline_keyboard) == 1
