"""Charts: whatever they are given they are pictures that Telegram takes, and one is drawn at a time."""

import asyncio
import io
import subprocess
import sys
import threading
from datetime import date, timedelta
from decimal import Decimal

import pytest
from bot.charts import abc, buyout, sales, stock
from bot.charts.room import MAX_WAITING, Busy, Room
from bot.language import PACKAGE
from PIL import Image
from servicekit.translation import language

DAY = date(2026, 11, 1)
WORDS = language(PACKAGE, "ru")
HOSTILE = "$x$ \\frac{<b> 👩‍👩‍👧 \u202e漢字\n\x00 " * 40
SAID = {"title": HOSTILE, "note": HOSTILE}


def days(count: int) -> sales.Sales:
    told = [sales.Day(DAY + timedelta(days=each), Decimal(10**9 * each), None) for each in range(count)]
    return sales.Sales(told, [None, *[Decimal(5)] * (count - 1)], HOSTILE)


def test_hostile_names_huge_sums_and_unknown_figures_are_drawn_within_limits() -> None:
    sizes = [
        stock.Left(HOSTILE, 10**6, speed, DAY, DAY + timedelta(days=400)) for speed in (None, Decimal(0), Decimal(7))
    ]
    for drawn in (
        sales.draw(days(90), WORDS, **SAID),
        sales.draw(days(2), WORDS, **SAID),
        stock.draw(sizes * 5, DAY, WORDS, **SAID),
        abc.draw([abc.Item(HOSTILE, Decimal(60), "A"), abc.Item("", Decimal(60), "?")] * 60, WORDS, **SAID),
        buyout.draw([buyout.Week(DAY, 10, 9, 0), buyout.Week(DAY, 10, 0, 10)] * 7, WORDS, **SAID),
    ):
        assert len(drawn) <= 200_000
        with Image.open(io.BytesIO(drawn)) as picture:
            assert picture.size == (900, 540)


def test_nothing_to_show_is_said_in_words_and_looks_otherwise_than_zeros() -> None:
    empty = (
        sales.draw(sales.Sales([], [], "₽"), WORDS, title="", note=""),
        stock.draw([stock.Left("S", 0, None)], DAY, WORDS, title="", note=""),
        abc.draw([abc.Item("a", Decimal(0), "C")], WORDS, title="", note=""),
        buyout.draw([buyout.Week(DAY, 5, 0, 5)], WORDS, title="", note=""),
    )
    assert len(set(empty)) == len(empty)


def test_shares_are_of_what_has_ended() -> None:
    assert buyout.Week(DAY, ordered=10, bought=3, open=4).share == 50
    assert buyout.Week(DAY, ordered=4, bought=0, open=4).share is None
    assert stock.Left("S", 6, Decimal("2.4")).days() == 2.5


async def test_one_is_drawn_at_a_time_beside_the_loop_and_few_wait() -> None:
    begun, go_on = threading.Event(), threading.Event()
    at_once, most = 0, 0

    def draw() -> bytes:
        nonlocal at_once, most
        at_once += 1
        most = max(most, at_once)
        begun.set()
        go_on.wait(60)
        at_once -= 1
        return b"png"

    async with Room() as room:
        waiting = [asyncio.create_task(room.drawn(draw)) for _ in range(MAX_WAITING)]
        await asyncio.to_thread(begun.wait, 60)
        with pytest.raises(Busy):
            await room.drawn(draw)
        go_on.set()
        assert await asyncio.gather(*waiting) == [b"png"] * MAX_WAITING
        assert await room.drawn(draw) == b"png"
    assert most == 1


async def test_what_draws_is_loaded_once_somebody_is_there_and_not_before() -> None:
    seen = """
import asyncio, sys
from bot.charts.room import Room

async def main():
    async with Room() as room:
        await room.drawn(bytes)
        print("matplotlib" in sys.modules)
        room.prepare()
        room.prepare()
        await room.drawn(bytes)
        print("matplotlib" in sys.modules)

asyncio.run(main())
"""
    ran = await asyncio.to_thread(subprocess.run, [sys.executable, "-c", seen], capture_output=True, text=True)
    assert ran.stdout.split() == ["False", "True"], ran.stderr
