"""What sellers read in the bot, over HTTP: a fake Telegram, a gateway on real servers, the reporter's route."""

import io
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import httpx
import pytest
import redis.asyncio
from contracts.items import Rank, Section
from local.servers import Servers
from openpyxl import load_workbook
from PIL import Image
from reporter.internal import report_route
from reporter.tables import day_totals
from servicekit.cache import Cache
from servicekit.db import Database
from servicekit.text import text_units
from starlette.applications import Starlette
from support.botting import RunningBot, labels, running_bot
from support.facts import put
from support.gateway import built_gateway
from support.item_figures import keep_figures
from support.reporting import NOON, TODAY
from support.served import served
from support.shop import Shop, open_shop
from support.shop_items import NOTHING_COUNTED, a_stock, put_card, put_period, put_stock

ALICE, NOBODY = 1001, 2002
MARK = "Vq7alice"
OF_THE_SHOP = {"оверсайз", "с", "начёсом…", "Шапка", "бини,", "синяя", "(Коледино"}
"""Titles of items and a warehouse, which nobody translates."""
HOSTILE = "<b>=1+1</b> & " + "👩‍👩‍👧 \u202eЖЖ " * 120
OF_DAYS = {name: value for name, value in NOTHING_COUNTED.items() if not name.startswith("previous_")}


@dataclass
class Told:
    """A bot whose Alice has a shop with something of everything."""

    bot: RunningBot
    shop: Shop


@pytest.fixture
async def told(
    gateway_db: Database,
    reporter_db: Database,
    ingestor_db: Database,
    notifier_db: Database,
    servers: Servers,
    redis_client: redis.asyncio.Redis,
    redis_prefix: str,
    vhost_url: str,
) -> AsyncIterator[Told]:
    reports = Starlette(routes=[report_route(reporter_db, Cache(redis_client, prefix=redis_prefix), lambda: NOON)])
    async with (
        served(reports) as reporter,
        built_gateway(
            gateway_db,
            redis_url=servers.redis_url,
            redis_prefix=redis_prefix,
            rabbitmq_url=vhost_url,
            reporter_url=reporter,
        ) as gateway,
    ):
        shop = await open_shop(
            gateway, await gateway.user(ALICE), reporter_db, ingestor_db, notifier_db, nm_id=7_000_001, mark=MARK
        )
        await _more(reporter_db, shop.cabinet_id)
        async with running_bot(gateway) as bot:
            yield Told(bot, shop)


async def _more(database: Database, cabinet_id: UUID) -> None:
    """Days of orders, classes, a size that is to be sent, and an item with an evil name."""
    for ago in range(40):
        figures = {"orders": 4, "orders_sum": Decimal(4000 + 100 * ago), "bought": 2, "open": 1, "sales": 2}
        row = {"nm_id": 0, "day": TODAY - timedelta(days=ago), **OF_DAYS, **figures}
        await put(database, day_totals, cabinet_id, row)
    rank = Rank(abc_revenue="A", revenue_share=Decimal("81.5"), xyz="X", weeks=9)
    await put_card(database, cabinet_id, 7_000_008, title="Cap", sizes=[{"chrt_id": 10, "tech_size": "M"}])
    await put_period(database, cabinet_id, 7_000_008, orders=8, orders_sum=Decimal(800), sales_sum=Decimal(700))
    await keep_figures(database, cabinet_id, {(Section.RANK, "RUB"): rank}, 7_000_008)
    send = {"orders_per_day": Decimal("2.1"), "days_left": Decimal("2.86"), "replenish": 38}
    await put_stock(database, cabinet_id, 7_000_008, a_stock(6, None, **send))
    await put_card(database, cabinet_id, 7_000_009, title=HOSTILE, vendor_code="=2+2")
    await put_stock(database, cabinet_id, 7_000_009, a_stock(0, 0, replenish=5, days_left=Decimal(0)))


def assert_fits(told: Told) -> None:
    """Every message that was ever sent or edited is within Telegram's limits, and tells how old its data are."""
    for message in told.bot.telegram.messages():
        if message["method"].startswith(("send", "edit")):
            assert text_units(message["html"]) <= (4096 if message["photo"] is None else 1024)


async def test_orders_are_turned_over_filtered_searched_opened_and_reported(told: Told) -> None:
    bot = told.bot
    page = await bot.says(ALICE, "/orders", expecting=MARK)
    assert page["text"].count("300") == 0
    assert "данные на" in page["text"].splitlines()[-1]
    assert {"1", "2", "3", "❌ Отменён", "🔎 Найти"} <= set(labels(page))

    none = await bot.presses(page, "❌ Отменён", expecting="Здесь нет заказов")
    assert none["message_id"] == page["message_id"]
    page = await bot.presses(none, "Все", expecting=MARK)
    card = await bot.presses(page, "2", expecting="Заказ ·")
    assert card["message_id"] == page["message_id"]
    assert "7000001" in card["text"]
    report = await bot.presses(card, "📄 Отчёт", expecting="Заказ от")
    assert report["message_id"] != card["message_id"]
    assert "🕒" in report["text"]
    back = await bot.presses(card, "‹ К списку", expecting="Заказы")
    assert back["message_id"] == page["message_id"]

    question = await bot.presses(back, "🔎 Найти", expecting="что искать")
    found = await bot.says(ALICE, "такого нет", reply_to=question["message_id"], expecting="Здесь нет заказов")
    assert "такого нет" in found["text"]
    assert MARK in (await bot.says(ALICE, f"/orders {MARK[:5].lower()}", expecting="🔎"))["text"]
    assert_fits(told)


async def test_items_and_stocks_are_listed_opened_and_drawn(told: Told) -> None:
    bot = told.bot
    page = await bot.says(ALICE, "/items", expecting="Товары")
    assert "<b>=1+1</b>" in page["text"]
    assert f"Худи {MARK}" in page["text"]
    question = await bot.presses(page, "🔎 Найти", expecting="что искать")
    found = await bot.says(ALICE, "7000001", reply_to=question["message_id"], expecting="🔎")
    card = await bot.presses(found, "1", expecting="Выкупы")
    assert "30 дней" in card["text"]
    assert "4,5" in card["text"]
    found = await bot.says(ALICE, "/items cap", expecting="🔎")
    card = await bot.presses(found, "1", expecting="Cap")
    stock = await bot.presses(card, "📦 Остатки", expecting="Хватит")
    assert "M: 6 шт" in stock["text"]
    assert "2,1 в день" in stock["text"]
    assert "отгрузить 38 шт" in stock["text"]
    await assert_picture(bot, await bot.presses(stock, "📉 Прогноз", expecting="Хватит"))

    first = await bot.says(ALICE, "/stocks", expecting="Что кончится раньше")
    lines = first["text"].splitlines()
    assert next(line for line in lines if line.startswith("1.")).startswith("1. <b>=1+1</b>")
    out = await bot.presses(first, "⛔ Кончились", expecting="⛔")
    assert MARK not in out["text"]
    assert_fits(told)


async def test_what_to_send_is_told_and_comes_as_a_file_without_formulas(told: Told) -> None:
    page = await told.bot.says(ALICE, "/replenish", expecting="Что отгрузить")
    assert "43 шт" in page["text"]
    sent = await told.bot.presses(page, "📥", expecting="данные на")
    book = load_workbook(io.BytesIO(await file_of(told.bot, sent["document"])))
    rows = [row for row in book.active.iter_rows(min_row=2, values_only=True) if row[2]]
    assert [(row[2], row[3], row[4]) for row in rows] == [(7_000_008, "M", 38), (7_000_009, "M", 5)]
    assert rows[0][8:10] == (2.1, 2.86)
    assert all(cell.data_type != "f" for row in book.active.iter_rows() for cell in row)
    assert rows[1][1] == "=2+2"


async def test_analytics_abc_and_buyout_are_pictures_that_replace_one_another(told: Told) -> None:
    bot = told.bot
    shown = await bot.says(ALICE, "/analytics", expecting="30 дней")
    await assert_picture(bot, shown)
    assert "9 · 900" in shown["text"].replace("\u202f", " ")
    week = await bot.presses(shown, "7 дн", expecting="7 дней")
    assert week["message_id"] == shown["message_id"]
    buyout = await bot.presses(week, "🎯", expecting="Выкуп по неделям")
    assert "66,7" in buyout["text"]
    await assert_picture(bot, buyout)
    abc = await bot.presses(buyout, "🔤", expecting="ABC по выручке")
    assert abc["message_id"] == shown["message_id"]
    assert "AX" in abc["text"]
    assert "81,5" in abc["text"]
    listed = await bot.presses(abc, "Класс A", expecting="Класс A")
    assert "1. Cap" in listed["text"]
    assert_fits(told)


async def test_digests_and_alerts_are_read_and_dealt_with(told: Told) -> None:
    bot = told.bot
    page = await bot.says(ALICE, "/digests", expecting="Сводки")
    digest = await bot.presses(page, "16.11", expecting="Заказы:")
    assert "Отзывы:" in digest["text"]
    assert "данные на" in digest["text"].splitlines()[-1]
    await bot.presses(digest, "‹ К списку", expecting="Сводки")

    page = await bot.says(ALICE, "/alerts", expecting="Скоро кончится")
    card = await bot.presses(page, "1", expecting="Осталось дней: 2,86")
    assert "риск 34" in card["text"]
    seen = await bot.presses(card, "👀", expecting="Видели")
    card = await bot.presses(seen, "↩️ Вернуть", expecting="Осталось дней")
    assert "Видели" not in card["text"]
    snoozed = await bot.presses(card, "😴 7 дн", expecting="Отложено до")
    assert "Здесь ничего нет" in (await bot.presses(snoozed, "‹ К списку", expecting="Открытые"))["text"]
    [alert] = (await told.shop.owner.get("/alerts", state="snoozed")).json()["data"]
    assert alert["mark"]["marked_by"] == ALICE
    assert_fits(told)


async def test_where_there_are_two_shops_every_view_is_of_one_or_of_all_of_them(
    told: Told, reporter_db: Database, ingestor_db: Database, notifier_db: Database
) -> None:
    bot, other = told.bot, "Zx9other"
    assert not [text for text in labels(await bot.says(ALICE, "/orders", expecting=MARK)) if text.endswith("▾")]
    second = await open_shop(
        bot.gateway, told.shop.owner, reporter_db, ingestor_db, notifier_db, nm_id=7_000_101, mark=other
    )
    page = await bot.says(ALICE, "/orders", expecting=other)
    assert MARK in page["text"]
    shops = await bot.presses(page, "🏪 Все магазины ▾")
    assert shops["text"] == page["text"]
    own = await bot.presses(shops, other, expecting=f"🏪 {other}")
    assert (MARK in own["text"], own["message_id"]) == (False, page["message_id"])
    # The shop stays while the list is filtered, searched, opened and come back to.
    assert f"🏪 {other}" in (await bot.presses(own, "❌ Отменён", expecting="Здесь нет заказов"))["text"]
    page = await bot.presses(own, "Все", expecting=other)
    card = await bot.presses(page, "1", expecting="Заказ ·")
    back = await bot.presses(card, "‹ К списку", expecting=f"🏪 {other}")
    question = await bot.presses(back, "🔎 Найти", expecting="что искать")
    found = await bot.says(ALICE, MARK, reply_to=question["message_id"], expecting="🔎")
    assert found["text"].startswith(f"🏪 {other}\n")
    assert "Здесь нет заказов" in found["text"]
    every = await bot.presses(await bot.presses(back, f"🏪 {other} ▾"), "🏪 Все магазины", expecting=MARK)
    assert other in every["text"]

    for command in (
        "items", "stocks", "reviews", "questions", "alerts", "digests", "analytics", "replenish", "buyout", "abc"
    ):  # fmt: skip
        page = await bot.says(ALICE, f"/{command}", expecting="🕒")
        shops = await bot.presses(page, "🏪 Все магазины ▾")
        own = await bot.presses(shops, other, expecting=f"🏪 {other}")
        assert (MARK in own["text"], own["message_id"]) == (False, page["message_id"]), command
    # A shop that is disconnected is his no more, whatever button leads there.
    await told.shop.owner.call("DELETE", f"/cabinets/{second.cabinet_id}")
    await bot.presses(own, "📊", expecting="Это не ваш магазин")
    assert_fits(told)


async def test_who_has_no_shop_sees_nothing_and_no_button_of_a_shop_works_for_him(told: Told) -> None:
    bot = told.bot
    for command, answer in (
        ("/orders", "Здесь нет заказов"),
        ("/items", "Здесь нет товаров"),
        ("/stocks", "Здесь нет товаров"),
        ("/replenish", "отгружать нечего"),
        ("/analytics", "Ещё ничего не посчитано"),
        ("/abc", "нет выручки"),
        ("/buyout", "Выкуплено —"),
        ("/reviews", "Здесь нет отзывов"),
        ("/questions", "Здесь нет вопросов"),
        ("/digests", "Сводок ещё нет"),
        ("/alerts", "Здесь ничего нет"),
        ("/sync", "Магазинов пока нет"),
    ):
        message = await bot.says(NOBODY, command, expecting=answer)
        assert "0 ₽" not in message["text"]
        assert "🕒" in message["text"].splitlines()[-1]
    bot.telegram.set_chat(-100, kind="group", title="Магазин")
    page = await bot.says(-100, f"/orders@{await username(bot)}", from_id=ALICE, expecting=MARK)
    # What was answered to Alice is hers to turn over; what stands there for all is answered to each as himself.
    assert "Это ответ другому человеку" in await bot.toasted(page, "1", from_id=NOBODY)
    card = await bot.presses(page, "1", from_id=ALICE, expecting="Заказ ·")
    report = await bot.presses(card, "📄 Отчёт", from_id=ALICE, expecting="Заказ от")
    refused = await bot.presses(report, "👕 Товар", from_id=NOBODY, expecting="Такого товара нет")
    assert MARK not in refused["text"]


async def test_english_is_complete(told: Told) -> None:
    bot, reader = told.bot, {"id": ALICE, "language_code": "en"}
    for command, answer in (
        ("/orders", "Orders"),
        ("/items", "Items"),
        ("/stocks", "What runs out first"),
        ("/replenish", "What to send to WB"),
        ("/analytics", "30 days"),
        ("/abc", "ABC by revenue"),
        ("/reviews", "Reviews"),
        ("/questions", "Questions"),
        ("/alerts", "Runs out soon"),
        ("/digests", "Digests"),
        ("/sync", "How fresh the data are"),
    ):
        assert_english(await bot.says(ALICE, command, from_id=reader, expecting=answer))
    page = await bot.says(ALICE, "/digests", from_id=reader)
    assert_english(await bot.presses(page, labels(page)[0], expecting="Bought"))
    card = await bot.presses(await bot.says(ALICE, "/orders", from_id=reader), "2", expecting="Order ·")
    report = await bot.presses(card, "📄 Report", expecting="Order of")
    assert_english(report)
    assert "data as of" in report["text"]


def assert_english(message: dict[str, Any]) -> None:
    """Nothing in the message or on its buttons is Russian but what the shop itself has."""
    said = message["text"].replace("Худи", "").replace(HOSTILE[-7:-2], "")
    words = [word for word in said.split() if is_russian(word) and "Ж" not in word]
    assert not set(words) - OF_THE_SHOP
    assert not [text for text in labels(message) if is_russian(text)]


async def assert_picture(bot: RunningBot, message: dict[str, Any]) -> None:
    """The message is a photo of a chart that one can see something in."""
    content = await file_of(bot, message["photo"])
    assert len(content) < 200_000
    with Image.open(io.BytesIO(content)) as picture:
        assert picture.size == (900, 540)
        assert len(picture.convert("RGB").getcolors(2**24) or ()) > 10


async def file_of(bot: RunningBot, file_id: str) -> bytes:
    """What the bot sent, fetched as any client of Telegram does."""
    telegram = bot.telegram
    async with httpx.AsyncClient(base_url=telegram.url) as client:
        told = (await client.get(f"/bot{telegram.token}/getFile", params={"file_id": file_id})).json()
        return (await client.get(f"/file/bot{telegram.token}/{told['result']['file_path']}")).content


async def username(bot: RunningBot) -> str:
    """What the bot is called."""
    async with httpx.AsyncClient(base_url=bot.telegram.url) as client:
        return str((await client.get(f"/bot{bot.telegram.token}/getMe")).json()["result"]["username"])


def is_russian(text: str) -> bool:
    return any("а" <= letter.lower() <= "я" for letter in text)
