"""Every handler of the bot is driven over HTTP by some test of this folder; this one runs last."""

import pytest
from support.handled import SEEN, every_handler


def test_every_handler_was_called(is_whole_folder: bool) -> None:
    if not is_whole_folder:
        pytest.skip("only a part of the bot's tests runs")
    assert sorted(every_handler() - SEEN) == []
