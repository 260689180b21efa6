import io
from types import SimpleNamespace

import pytest
from tgsim.config import Config, PrintMode
from tgsim.entities import Formatted
from tgsim.inbox import Inbox, Media, Message, Receipt
from tgsim.printing import Printer, render


@pytest.fixture
def message() -> Message:
    return Inbox(10).add(
        bot_id=1,
        chat_id=1001,
        media=Media("photo", "AgAC"),
        receipt=Receipt("sendPhoto", 1700000000.0, None),
        content=Formatted("🧾 Новый заказ\n\nХуди"),
        html="",
        buttons=[[{"text": "Отчёт", "callback_data": "r"}, {"text": "На WB", "url": "wildberries.ru"}]],
    )


class TestRender:
    def test_a_message_is_framed_as_the_seller_sees_it(self, message: Message) -> None:
        assert render(message).splitlines() == [
            "┌─ chat 1001 · 15.11.2023 01:13:20 MSK ".ljust(72, "─"),
            "│ [photo]",
            "│ 🧾 Новый заказ",
            "│",
            "│ Худи",
            "│ [Отчёт] [На WB]",
            "└".ljust(72, "─"),
        ]

    def test_an_edited_one_says_so(self, message: Message) -> None:
        message.versions.append(message.current)
        assert " MSK · edited " in render(message)


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class TestPrinter:
    @pytest.mark.parametrize(("mode", "frames"), [("all", 5), ("sample", 2), ("none", 0)])
    def test_the_mode_decides_how_many_are_printed(
        self, mode: PrintMode, frames: int, message: Message, clock: SimpleNamespace
    ) -> None:
        out = io.StringIO()
        printer = Printer(mode, lambda: clock.now, out)
        for pause in (0.0, 0.1, 0.1, 1.0, 0.1):
            clock.now += pause
            printer.show(message)
        printer.flush()
        assert out.getvalue().count("┌") == frames
        more = [line for line in out.getvalue().splitlines() if "more" in line]
        assert more == (["… and 2 more", "… and 1 more"] if mode == "sample" else [])

    def test_colour_is_for_terminals(self, message: Message, clock: SimpleNamespace) -> None:
        plain, terminal = io.StringIO(), Terminal()
        for out in (plain, terminal):
            Printer("all", lambda: clock.now, out).show(message)
        assert "\x1b" not in plain.getvalue()
        assert terminal.getvalue().startswith("\x1b[2m┌")


class TestConfig:
    def test_a_generated_token_has_telegrams_shape(self) -> None:
        bot_id, _, secret = Config().tokens[0].partition(":")
        assert bot_id.isdigit()
        assert len(secret) == 35

    def test_a_token_without_a_bot_id_is_refused(self) -> None:
        with pytest.raises(ValueError, match="a bot token is"):
            Config(tokens=("nope",))
