"""An hour of a seller's day in a minute: from the bot to Wildberries and back, compared with what happened there."""

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from contracts.model import MOSCOW
from demo.database import look
from demo.installation import TELEGRAM_ID, Installation, installation, wait_until
from servicekit.traces.store import spans_of, traces_of
from support.grouped import TITLES, is_of_many, orders_told
from support.person import Message, Person, labels
from support.trace_steps import steps_to

BORIS_ID = TELEGRAM_ID + 1
LINK = re.compile(r"https://t\.me/\w+\?start=(\S+)")
CARD_BUTTONS = {"Почему", "Why"}
STORED = ("ingestor.orders", "reporter.order_facts", "notifier.deliveries")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the services write their spans."""
    return tmp_path_factory.mktemp("traces")


@pytest.fixture(scope="module")
def pulse(store: Path) -> Iterator[Installation]:
    with installation(
        "day",
        history_orders=400,
        wb_options=["--products", "8"],
        progress=lambda _: None,
        has_bot=True,
        env={"TRACE_STORE": str(store), "OTEL_BSP_SCHEDULE_DELAY": "200"},
    ) as running:
        yield running


class Day:
    """What has happened so far: who was to be told what."""

    def __init__(self, pulse: Installation) -> None:
        self.pulse = pulse
        self.wb = pulse.wildberries
        self.anna = Person(pulse.telegram.control, TELEGRAM_ID, "Анна")
        self.boris = Person(pulse.telegram.control, BORIS_ID, "Борис")
        self.told_to_anna: set[str] = set()
        self.kept_from_anna: set[str] = set()

    def order(self, nm_id: int | None = None, *, is_told: bool = True) -> str:
        """Somebody orders something; whether Anna is to be told."""
        body = {} if nm_id is None else {"nm_id": nm_id}
        made = self.wb.control.post("/_sim/orders", json=body).raise_for_status().json()["orders"]
        srid: str = made[0]["srid"]
        (self.told_to_anna if is_told else self.kept_from_anna).add(srid)
        return srid

    def card(self, person: Person, srid: str) -> Message:
        """The one message of an order."""
        [found] = person.sees(f"order {srid}", lambda message: is_card(message, srid))
        return found

    def whole_card(self, person: Person, srid: str) -> Message:
        """The one message of an order, once both sources have told what they know."""
        [found] = person.sees(f"all of {srid}", lambda m: is_card(m, srid) and "покупатель платит" in m["text"])
        return found

    def rows(self, query: str, *values: Any) -> list[dict[str, Any]]:
        """What a service has stored."""
        found = look(self.pulse.admin_database_url, lambda connection: connection.fetch(query, *values))
        return [dict(row) for row in found]

    def decided(self, person: Person, status: str, reason: str, count: int) -> None:
        """Wait until so many of his deliveries were left out, or put off, for this reason."""
        query = "SELECT 1 FROM notifier.deliveries WHERE recipient = $1 AND status = $2 AND reason = $3"

        def found() -> int:
            return len(self.rows(query, str(person.telegram_id), status, reason))

        wait_until(f"{count} deliveries are {status}: {reason}", lambda: found() >= count)
        assert found() == count


def is_card(message: Message, srid: str) -> bool:
    """Whether it is the message that tells an order: what the bot shows of orders has no [Why]."""
    return f"<code>{srid}</code>" in message["html"] and bool(CARD_BUTTONS & set(labels(message)))


def head(message: Message) -> str:
    """The first line of a message."""
    first: str = message["text"].split("\n", 1)[0]
    return first


@pytest.mark.timeout(600)
def test_an_hour_of_a_sellers_day(pulse: Installation, store: Path) -> None:
    day = Day(pulse)
    token = connects_a_shop(day)
    nm_id = follows_orders(day)
    presses_what_is_under_a_message(day, nm_id)
    reads(day)
    loses_a_photo(day)
    answers_a_bad_review(day)
    invites_a_member(day)
    with in_borises_quiet_hours(day) as waiting:
        waiting.extend(switches_orders_off(day))
        asks_for_a_sync(day, store)
        waiting.extend(wants_english(day))
        waiting.extend(replaces_a_token(day, token))
    compare_with_what_happened(day)
    disconnects(day)


def connects_a_shop(day: Day) -> str:
    anna, token = day.anna, day.wb.new_token()
    sells_out(day)
    hello = anna.says("/start", "Pulse")
    listed = anna.presses(hello, "🏪", "нет магазинов")
    anna.presses(listed, "➕", "Пришлите токен")
    told = anna.says(token, "подключён")
    assert anna.deletions() == [token]
    assert not any(token in message["text"] for message in anna.messages())
    assert "раз в минуту" in told["text"]
    api = day.pulse.api

    def loaded() -> bool:
        resources = api.get("/api/v1/sync/status").raise_for_status().json()["data"][0]["resources"]
        wanted = [each for each in resources if each["next_run_at"] is not None]
        return len(wanted) >= 3 and all(each["first_load_done"] for each in wanted)

    wait_until("the shop's past is loaded", loaded)
    cards = [message for message in anna.messages() if CARD_BUTTONS & set(labels(message))]
    assert cards == [], "the shop's past is told to nobody"
    assert "🟢" in anna.says("/cabinets", "1 магазин")["text"]
    return token


def sells_out(day: Day) -> None:
    """Of the item that sells best little is left: it is to be replenished."""
    truth = day.wb.truth()
    best = Counter(order["row"]["nmId"] for order in truth["orders"]).most_common(1)[0][0]
    for size in truth["stocks"]:
        if size["nm_id"] == best:
            body = {"chrt_id": size["chrt_id"], "quantity": 8}
            day.wb.control.post("/_sim/stocks", json=body).raise_for_status()


def follows_orders(day: Day) -> int:
    cancelled, bought, *others = (day.order() for _ in range(4))
    cards = {srid: day.card(day.anna, srid) for srid in (cancelled, bought, *others)}
    assert all("заказ" in head(card) for card in cards.values())
    day.wb.cancel(cancelled)
    day.wb.buy(bought)
    day.anna.sees("the cancel", lambda m: is_card(m, cancelled) and "Отмена" in head(m))
    day.anna.sees("the buyout", lambda m: is_card(m, bought) and "Выкуп" in head(m))
    for srid in (cancelled, bought):
        now = day.card(day.anna, srid)
        assert now["message_id"] == cards[srid]["message_id"]
        assert len(now["earlier_versions"]) >= 1
    [order] = [each["row"] for each in day.wb.truth()["orders"] if each["srid"] == others[0]]
    return int(order["nmId"])


def presses_what_is_under_a_message(day: Day, nm_id: int) -> None:
    anna, srid = day.anna, day.order(nm_id)
    card = day.whole_card(anna, srid)
    wait_until("its stock is counted", lambda: day.pulse.api.get(f"/api/v1/stocks/{nm_id}").is_success)
    report = anna.presses(card, "Отчёт", "Деньги за штуку")
    assert srid in report["text"]
    anna.presses(card, "Остатки", str(nm_id))
    why = anna.presses(card, "Почему", "Почему: ")
    # An amount that came later is told in the same message, by an event of its own.
    told = day.rows(
        "SELECT event_id FROM notifier.deliveries WHERE recipient = $1 AND message_id = $2",
        str(anna.telegram_id),
        str(card["message_id"]),
    )
    assert [row for row in told if str(row["event_id"]) in why["text"]]
    assert day.card(anna, srid)["text"] == card["text"], "what is asked for of a message is told beside it"

    question = anna.presses(card, "Тише", "На сколько")
    muted = anna.presses(question, "🔕 Сутки", f"товар {nm_id}")
    day.order(nm_id, is_told=False)
    day.decided(anna, "dropped", "muted:item", 1)
    mutes = anna.presses(muted, "🔕 Всё", "1. ")
    anna.presses(mutes, "🔔 1", "снова сообщаем")
    day.card(anna, day.order(nm_id))


def reads(day: Day) -> None:
    anna = day.anna
    page = anna.says("/orders", "Заказы")
    anna.presses(page, "▶", "7", in_place=True)
    anna.presses(page, "◀", "Заказы", in_place=True)
    srid = next(iter(day.told_to_anna))
    found = anna.says(f"/orders {srid}", srid)
    assert "1" in labels(found)
    chart = anna.says("/analytics", "📊 30 дней")
    assert chart["photo"]
    # Not faster than the bot lets a person ask.
    wait_until(
        "what to send is counted", lambda: "📥" in "".join(labels(anna.says("/replenish", "🚚"))), pause_seconds=3
    )
    book = anna.presses(anna.says("/replenish", "🚚"), "📥", "🚚")
    assert book["document"]


def loses_a_photo(day: Day) -> None:
    [product, *_] = (each for each in day.wb.truth()["products"] if each["photos"])
    body = {"photos": 0}
    day.wb.control.post(f"/_sim/products/{product['nm_id']}", json=body).raise_for_status()
    nm_id = str(product["nm_id"])
    day.anna.sees("a card without its photo", lambda m: "Пропало фото" in m["text"] and nm_id in m["text"])


def answers_a_bad_review(day: Day) -> None:
    anna = day.anna

    def bad() -> dict[str, Any] | None:
        feedbacks = day.wb.truth()["feedbacks"]
        known = {each["id"] for each in before}
        waiting = (each for each in feedbacks if each["id"] not in known and each["state"] == "none")
        return next((each for each in waiting if each["productValuation"] <= 3 and each["text"]), None)

    before = day.wb.truth()["feedbacks"]
    while (review := bad()) is None:
        day.wb.control.post("/_sim/step", json={"section": "feedbacks", "count": 1}).raise_for_status()
    [told] = anna.sees("the bad review", lambda m: "Плохой отзыв" in m["text"] and "Ответить" in labels(m))
    card = anna.presses(told, "Ответить", review["text"])
    question = anna.presses(card, "✍️ Ответить", "Напишите ответ")
    answer = "Жаль, что так вышло. Напишите нам, и мы всё исправим."
    sure = anna.says(answer, "Отправить покупателю", reply_to=question)
    anna.presses(sure, "📨", "Принято")
    anna.sees("the answer is shown by WB", lambda m: "Опубликовано" in m["text"])
    [row] = [each for each in day.wb.truth()["feedbacks"] if each["id"] == review["id"]]
    assert row["answer"]["text"] == answer
    assert "Плохой отзыв" in anna.now(told)["text"]


def invites_a_member(day: Day) -> None:
    anna, boris = day.anna, day.boris
    card = anna.presses(anna.says("/cabinets", "1 магазин"), "🟢", "Ваша роль")
    members = anna.presses(card, "👥", "1 участник")
    asked = anna.presses(members, "➕", "Кого пригласить")
    invited = anna.presses(asked, "наблюдатель", "Вас приглашают")
    [link] = LINK.findall(invited["text"])
    boris.says(f"/start {link}", "Вы участник")
    anna.sees("somebody joined", lambda m: "присоединился" in m["text"] or "участник" in m["text"])
    srid = day.order()
    assert day.whole_card(anna, srid)["text"] == day.whole_card(boris, srid)["text"]


@contextmanager
def in_borises_quiet_hours(day: Day) -> Iterator[list[str]]:
    """Boris sleeps until the next full minute that is 10 s away; when he wakes he is told once what there was."""
    until = (datetime.now(MOSCOW) + timedelta(seconds=70)).replace(second=0, microsecond=0)
    chosen = day.boris.presses(day.boris.says("/settings", "Тихие часы"), "🌙", "Тихие часы")
    question = day.boris.presses(chosen, "✍️", "Со скольки")
    hours = f"{until + timedelta(minutes=1):%H:%M}–{until:%H:%M}"
    day.boris.says(hours, hours, reply_to=question)
    waiting: list[str] = []
    yield waiting
    [digest] = day.boris.sees("what there was at night", is_of_many)
    assert orders_told([digest]) == len(waiting)
    alone = [srid for srid in waiting if any(is_card(message, srid) for message in day.boris.messages())]
    assert alone == []


def switches_orders_off(day: Day) -> list[str]:
    anna = day.anna
    page = anna.says("/settings", "Тихие часы")
    family = anna.presses(page, "🧾", "Нажатие включает")
    for kind in TITLES:
        family = anna.presses(family, f"✅ {kind}", "Нажатие включает")
    srid = day.order(is_told=False)
    day.decided(anna, "dropped", "off:kind", 1)
    for kind in TITLES:
        family = anna.presses(family, f"🔕 {kind}", "Нажатие включает")
    again = day.order()
    day.card(anna, again)
    return [srid, again]


def asks_for_a_sync(day: Day, store: Path) -> None:
    anna = day.anna
    page = anna.says("/sync", "Насколько свежи")
    bar = anna.presses(page, "🔄 Обновить", "░")
    anna.sees("the sync ends", lambda m: m["message_id"] == bar["message_id"] and "всё прочитано" in m["text"])
    [asked] = day.rows("SELECT sync_id FROM gateway.sync_runs ORDER BY requested_at DESC LIMIT 1")

    def steps() -> list[str]:
        [*_, trace] = traces_of(store, str(asked["sync_id"]), limit=9) or [""]
        return steps_to(spans_of(store, trace), "sync products")

    wait_until("the trace of it is stored", lambda: bool(steps()))
    assert steps() == [
        "bot telegram update callback_query",
        "bot POST",
        "gateway POST /api/v1/sync/start",
        "gateway send sync.requested.v1",
        "ingestor process ingestor.syncs",
        "ingestor sync products",
    ]


def wants_english(day: Day) -> list[str]:
    anna = day.anna
    anna.presses(anna.says("/language", "Какой язык"), "🇬🇧", "Settings of messages")
    srid = day.order()
    card = day.card(anna, srid)
    assert "New order" in head(card)
    return [srid]


def replaces_a_token(day: Day, token: str) -> list[str]:
    anna = day.anna
    day.wb.control.post("/_sim/tokens/withdraw", json={"token": token}).raise_for_status()
    anna.sees("the token is refused", lambda m: "does not accept the token" in m["text"])
    day.boris.sees("critical ones do not wait", lambda m: "не принимает токен" in m["text"])
    meanwhile = day.order()
    card = anna.presses(anna.says("/cabinets", "1 shop"), "🔴", "suspended")
    anna.presses(card, "🔑", "Send me the shop's API token")
    fresh = day.wb.new_token()
    anna.says(fresh, "has a new token")
    assert fresh in anna.deletions()
    day.card(anna, meanwhile)
    after = day.order()
    day.card(anna, after)
    return [meanwhile, after]


def compare_with_what_happened(day: Day) -> None:
    truth = {each["srid"]: each["row"] for each in day.wb.truth()["orders"]}
    assert day.told_to_anna | day.kept_from_anna <= truth.keys()
    cards = [message for message in day.anna.messages() if CARD_BUTTONS & set(labels(message))]
    times = {srid: sum(f"<code>{srid}</code>" in card["html"] for card in cards) for srid in truth}
    lost = {srid for srid in day.told_to_anna if not times[srid]}
    assert (lost, {srid for srid, count in times.items() if count > 1}) == (set(), set())
    assert {srid for srid, count in times.items() if count} == day.told_to_anna
    is_told_cancelled = {srid for srid in day.told_to_anna if "Отмена" in head(day.card(day.anna, srid))}
    assert is_told_cancelled == {srid for srid in day.told_to_anna if truth[srid]["isCancel"]}


def disconnects(day: Day) -> None:
    anna = day.anna
    card = anna.presses(anna.says("/cabinets", "1 shop"), "🟢", "Your role")
    sure = anna.presses(card, "⏏️", "Disconnect")
    anna.presses(sure, "Yes", "The shop is disconnected")
    day.order(is_told=False)
    anna.says("/cabinets", "no shop")
    kept = " UNION ALL ".join(f"SELECT cabinet_id FROM {table}" for table in STORED)
    wait_until("what was stored is deleted", lambda: not day.rows(kept))
    assert day.rows("SELECT sealed_token FROM ingestor.cabinets") == [{"sealed_token": None}]
    assert not any(is_card(message, srid) for srid in day.kept_from_anna for message in anna.messages())
