"""A chat as a phone shows it, and a picture of it."""

import asyncio
import json
import struct
import sys
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import httpx
import pytest
from tgsim.entities import parse_html
from tgsim.inbox_page import formatted_html
from tgsim.picture import NoPicture, browser, camera, picture_of
from tgsim.running import running_tgsim

Start = Callable[..., httpx.AsyncClient]
SIM = "http://tgsim/_sim"
EVIL = '<script>alert("1")</script>'


class Words(HTMLParser):
    """The page's words, its tags, and that each tag is closed where it must be."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.tags: list[str] = []
        self._opened: list[str] = []

    def handle_starttag(self, tag: str, _attrs: Any) -> None:
        self.tags.append(tag)
        if tag not in ("meta", "img"):
            self._opened.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._opened.pop() == tag

    def handle_data(self, data: str) -> None:
        if self._opened[-1:] != ["style"]:
            self.words.append(data)


def read(page: str) -> Words:
    words = Words()
    words.feed(page)
    words.close()
    return words


async def page(api: httpx.AsyncClient, query: str = "chat_id=7") -> str:
    response = await api.get(f"{SIM}/inbox?{query}")
    assert response.status_code == 200, response.text
    return response.text


class TestFormatting:
    @pytest.mark.parametrize(
        ("html", "shown"),
        [
            ("a <b>b <i>c</i></b><u>d</u> &lt;e&gt;", "a <b>b <i>c</i></b><u>d</u> &lt;e&gt;"),
            ("👕<s>👕ё</s>👕", "👕<s>👕ё</s>👕"),
            ("<pre>1  2\n3</pre>", "<pre>1  2\n3</pre>"),
            (
                '<a href="https://a.example/?a=1&amp;b=2">x</a>',
                '<a href="https://a.example/?a=1&amp;b=2" rel="noreferrer">x</a>',
            ),
            ("<tg-spoiler>x</tg-spoiler>", '<span class="spoiler">x</span>'),
            ("<blockquote expandable>x</blockquote>", "<blockquote>x</blockquote>"),
            ("<b>ab<i>c</i></b><b>d</b>e", "<b>ab<i>c</i></b><b>d</b>e"),
            # A box ends its line by itself.
            ("<pre>a</pre>\n\n<b>b</b>\nc", "<pre>a</pre>\n<b>b</b>\nc"),
        ],
    )
    def test_a_text_is_shown_as_it_was_meant(self, html: str, shown: str) -> None:
        assert formatted_html(parse_html(html)) == shown


class TestPage:
    async def test_a_conversation_is_in_order_with_who_said_what_when(
        self, start: Start, clock: SimpleNamespace, png: Callable[..., bytes]
    ) -> None:
        clock.now = 1700000000
        api = start(wall_clock=lambda: clock.now, bot_name="Продажи")
        await api.post(f"{SIM}/chats/7/send", json={"text": "/start"})
        keyboard = [[{"text": "📊 Отчёт", "callback_data": "r"}, {"text": "На WB", "url": "a.example"}]]
        markup = json.dumps({"inline_keyboard": keyboard})
        data = {"chat_id": "7", "caption": "<b>Заказ</b> 👕", "parse_mode": "HTML", "reply_markup": markup}
        sent = (await api.post("sendPhoto", data=data, files={"photo": png()})).json()["result"]
        place = {"chat_id": 7, "message_id": sent["message_id"]}
        clock.now += 3600
        await api.post("editMessageCaption", json={**place, "caption": "Отменён"})
        await api.post("setMessageReaction", json={**place, "reaction": [{"type": "emoji", "emoji": "👍"}]})
        answer = {"text": "да", "reply_parameters": {"message_id": sent["message_id"]}, "chat_id": 7}
        await api.post("sendMessage", json={**answer, "reply_markup": {"keyboard": [["Меню"]]}})
        await api.post("sendDocument", data={"chat_id": "7"}, files={"document": ("отчёт.csv", b"x" * 2048)})

        found = read(await page(api))
        assert "".join(found.words) == (
            "ПродажиПродажи15 ноября/start01:13Отменён👍изменено 01:13Отменёнда02:13📄 отчёт.csv2,0 КБ02:13Меню"
        )
        assert ("script" in found.tags, found.tags.count("img")) == (False, 1)
        assert "22:13" in await page(api, "chat_id=7&zone=UTC")
        last = "".join(read(await page(api, "chat_id=7&last=1")).words)
        assert last == "ПродажиПродажи15 ноября📄 отчёт.csv2,0 КБ02:13"

    async def test_of_messages_that_are_named_nothing_else_is_shown(self, api: httpx.AsyncClient) -> None:
        for text in ("раз", "два", "три"):
            await api.post("sendMessage", json={"chat_id": 7, "text": text})
        found = read(await page(api, "chat_id=7&message_id=1&message_id=3"))
        words = "".join(found.words)
        assert ("раз" in words, "два" in words, "три" in words) == (True, False, True)
        assert "header" not in found.tags

    async def test_nothing_of_what_is_shown_is_run(self, api: httpx.AsyncClient) -> None:
        person = {"id": 8, "first_name": EVIL}
        await api.post(f"{SIM}/chats/-5", json={"title": EVIL})
        await api.post(f"{SIM}/chats/-5/send", json={"text": EVIL, "from": person})
        await api.post(f"{SIM}/chats/-5/join", json={"from": person, "user": person})
        button = {"inline_keyboard": [[{"text": EVIL, "callback_data": "x"}]]}
        await api.post("sendMessage", json={"chat_id": -5, "text": EVIL, "reply_markup": button})
        await api.post("sendDocument", data={"chat_id": "-5"}, files={"document": (EVIL, b"x")})
        response = await api.get(f"{SIM}/inbox?chat_id=-5")
        found = read(response.text)
        assert "script" not in found.tags
        assert "".join(found.words).count(EVIL) >= 6
        assert response.headers["content-security-policy"].startswith("default-src 'none'")

    async def test_a_picture_that_was_forgotten_is_named(self, start: Start, png: Callable[..., bytes]) -> None:
        api = start(keep_file_bytes=1)
        await api.post("sendPhoto", data={"chat_id": "7"}, files={"photo": png()})
        assert "🖼 фотография" in await page(api)

    @pytest.mark.parametrize("query", ["", "chat_id=x", "chat_id=7&zone=Nowhere", "chat_id=7&zone=../x"])
    async def test_a_wrong_question_is_refused(self, api: httpx.AsyncClient, query: str) -> None:
        assert (await api.get(f"{SIM}/inbox?{query}")).status_code == 400


class TestPicture:
    def test_without_a_browser_it_says_what_to_install(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        monkeypatch.setenv("PATH", str(tmp_path))
        assert browser() is None
        with pytest.raises(NoPicture, match="apt install chromium"):
            picture_of("http://127.0.0.1:1/", width=300)

    def test_a_browser_that_ends_is_told_of(self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        ending = tmp_path / "chromium"
        ending.write_text("#!/bin/sh\nexit 1\n")
        ending.chmod(0o755)
        monkeypatch.setenv("PATH", f"{tmp_path}:/usr/bin:/bin")
        with pytest.raises(NoPicture, match="the browser has ended"):
            picture_of("http://127.0.0.1:1/", width=300)

    @pytest.mark.skipif(browser() is None, reason="no Chromium on this machine")
    async def test_the_whole_page_is_in_it(self, tmp_path: Path) -> None:
        out = tmp_path / "chat.png"
        async with running_tgsim(limits=None) as tgsim:
            for number in range(40):
                tgsim.say(7, f"строка {number}")
            command = ["picture", "--url", tgsim.url, "--chat", "7", "--out", str(out), "--width", "300"]
            process = await asyncio.create_subprocess_exec(sys.executable, "-m", "tgsim", *command)
            assert await process.wait() == 0
            with_one = await asyncio.to_thread(two_pictures, f"{tgsim.url}/_sim/inbox?chat_id=7")
        width, height = struct.unpack(">II", out.read_bytes()[16:24])
        assert width == 600
        assert height > 40 * 60
        # One browser takes many, each as high as its page.
        assert height == with_one[0] > 5 * with_one[1]


def two_pictures(url: str) -> tuple[int, ...]:
    """The heights of a picture of a page at 300 pixels, and of one with one of its messages."""
    with camera() as shoot:
        taken = [shoot(address, 300, 2.0) for address in (url, f"{url}&message_id=1")]
    return tuple(struct.unpack(">I", png[20:24])[0] for png in taken)
