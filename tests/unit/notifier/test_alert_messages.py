"""What a seller reads when data stop, or come again."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Literal, get_args
from uuid import uuid4

import pytest
from contracts.cabinets import CabinetSuspendedV1, CabinetTokenExpiringV1
from contracts.freshness import DataDelayedV1, DataRecoveredV1, DelayedResource, RecoveredResource
from contracts.message_kinds import MessageKind
from contracts.model import MOSCOW, Model
from contracts.syncs import ResourceName, SyncFailedV1
from contracts.wb_token import Category
from notifier.kinds import KINDS
from notifier.kinds.cabinet_resumed import Resumed
from notifier.kinds.cabinet_suspended import TEXTS
from notifier.messages.endpoint import Endpoint
from notifier.messages.message import MAX_CAPTION_UNITS, RUSSIAN, About, Message
from notifier.messages.notice import why
from notifier.messages.resource_names import CATEGORIES, RESOURCES, in_words
from notifier.messages.scope import Scope
from servicekit.text import text_units

NOW = datetime(2028, 2, 29, 23, 59, tzinfo=MOSCOW)
ABOUT = About("Северный <ветер>", data_at=NOW, now=NOW)
HOUR = timedelta(hours=1)

Shown = Callable[[MessageKind, Model], str]


@pytest.fixture
def shown() -> Shown:
    def shown(kind: MessageKind, payload: Model) -> str:
        message: Message = KINDS[kind].render(payload.model_dump_json(), ABOUT)
        assert text_units(message.html) <= MAX_CAPTION_UNITS
        # An endpoint may be told of several shops.
        assert ("Северный &lt;ветер&gt;" in message.html) == (not kind.startswith("webhook_"))
        assert message.html.endswith("🕒 на 29.02 23:59 МСК")
        return message.html

    return shown


def delayed(*resources: str, reason: str | None = "503: an HTML page") -> DataDelayedV1:
    return DataDelayedV1(
        resources=tuple(
            DelayedResource(resource=resource, last_success_at=NOW - 2 * HOUR, reason=reason) for resource in resources
        )
    )


@pytest.mark.parametrize("reason", sorted(TEXTS))
def test_a_refused_cabinet_says_what_stops_and_what_to_do(shown: Shown, reason: str) -> None:
    html = shown("cabinet_suspended", CabinetSuspendedV1.model_validate({"reason": reason, "detail": "401: <b>no"}))
    assert "Заказы, остатки и отзывы больше не приходят" in html
    assert "не пропадут" in html
    assert "401" not in html


def test_there_is_a_text_for_every_reason_of_a_suspension() -> None:
    assert set(get_args(CabinetSuspendedV1.model_fields["reason"].annotation)) == set(TEXTS)


def test_the_end_of_a_suspension_says_how_long_it_was(shown: Shown) -> None:
    html = shown("cabinet_resumed", Resumed(since=NOW - 3 * HOUR - timedelta(minutes=5)))
    assert "Перерыв: 3 ч 5 мин" in html


def test_a_missing_scope_names_the_category_and_the_data(shown: Shown) -> None:
    html = shown("scope_refused", Scope(category="statistics", resource="orders"))
    assert "Не приходят: заказы." in html
    assert "«Статистика»" in html
    assert "категори" not in shown("scope_refused", Scope(category=None, resource="tariffs_box"))
    paid = Scope(category="statistics", resource="orders", reason="payment_required")
    assert "Пополните баланс" in shown("scope_refused", paid)
    assert "Снова приходят: заказы." in shown("scope_restored", Scope(category="statistics", resource="orders"))


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (timedelta(days=30), "через 30 дней"),
        (timedelta(days=21), "через 21 день"),
        (timedelta(days=2, hours=1), "через 3 дня"),
        (timedelta(days=1), "через 1 день"),
        (timedelta(hours=5), "меньше чем через сутки"),
    ],
)
def test_a_token_that_ends_says_in_how_many_days(shown: Shown, left: timedelta, words: str) -> None:
    html = shown("token_expiring", CabinetTokenExpiringV1(expires_at=NOW + left, threshold_days=30))
    assert f"Токен кончится {words}" in html


def test_late_data_say_since_when_and_why(shown: Shown) -> None:
    html = shown("data_delayed", delayed("orders"))
    assert "Заказы: последние данные на 29.02 21:59" in html
    assert "Причина: Wildberries отвечает с ошибкой 503." in html


def test_late_data_of_every_resource_fit_into_a_message(shown: Shown) -> None:
    html = shown("data_delayed", delayed(*get_args(ResourceName)))
    assert html.count("последние данные") == 8
    assert "… ещё" in html


def test_data_that_come_again_say_how_long_the_pause_was(shown: Shown) -> None:
    data = DataRecoveredV1(
        resources=tuple(
            RecoveredResource(resource=name, delayed_since=NOW - 2 * HOUR, recovered_at=NOW)
            for name in ("stocks", "stock_remains", "prices")
        )
    )
    html = shown("data_recovered", data)
    assert "Остатки WB, цены" in html
    assert "Перерыв: 2 ч 0 мин, с 29.02 21:59." in html


@pytest.mark.parametrize(
    ("state", "error", "words"),
    [
        ("unavailable", "answered 503", "shop.example отвечает кодом 503."),
        ("unavailable", "shop.example does not resolve", "shop.example не находится по имени."),
        ("unavailable", "ConnectTimeout", "shop.example не отвечает."),
        ("unavailable", None, "Если за 7 дней не примет ни одного, подписка будет приостановлена."),
        ("refused", "shop.example is not at a public address", "не публичный адрес"),
    ],
)
def test_an_endpoint_that_takes_nothing_says_what_it_does(
    shown: Shown, state: Literal["unavailable", "refused"], error: str | None, words: str
) -> None:
    told = Endpoint(webhook_id=uuid4(), host="shop.example", since=NOW - HOUR, state=state, error=error)
    html = shown("webhook_failing", told)
    assert words in html
    assert "Так с 29.02 22:59." in html


@pytest.mark.parametrize(
    ("state", "error", "words"),
    [
        ("unavailable", "answered 503", "shop.example отвечает кодом 503: за 7 дней не принято ни одного сообщения."),
        ("gone", "answered 410", "shop.example ответил, что этого адреса больше нет (код 410)."),
    ],
)
def test_a_paused_endpoint_says_why_and_what_to_do(
    shown: Shown, state: Literal["unavailable", "gone"], error: str, words: str
) -> None:
    told = Endpoint(webhook_id=uuid4(), host="shop.example", since=NOW, state=state, error=error)
    html = shown("webhook_paused", told)
    assert "Вебхук приостановлен" in html
    assert words in html
    assert "Пропущенное храним 100 дней" in html


def test_an_endpoint_that_takes_messages_again_says_how_long_the_pause_was(shown: Shown) -> None:
    html = shown("webhook_recovered", Endpoint(webhook_id=uuid4(), host="<shop>.example", since=NOW - 3 * 24 * HOUR))
    assert "&lt;shop&gt;.example снова отвечает." in html
    assert "Перерыв: 3 дн, с 26.02 23:59." in html


def test_a_failed_sync_says_what_and_when_it_is_tried_again(shown: Shown) -> None:
    failed = SyncFailedV1(sync_id=uuid4(), resource="stocks", reason="429: slow down", failed_at=NOW)
    assert "Остатки WB: Wildberries ограничил число запросов." in shown("sync_failed", failed)
    assert "Попробуйте позже." in shown("sync_failed", failed)
    again = failed.model_copy(update={"next_run_at": NOW + HOUR})
    assert "Попробуем снова в 01.03 00:59." in shown("sync_failed", again)


@pytest.mark.parametrize(
    ("reason", "words"),
    [
        ("500: an HTML page", "отвечает с ошибкой 500"),
        ("429: too many", "ограничил число запросов"),
        ("404: This method is temporarily disabled", "временно отключил"),
        ("400: wrong", "отклоняет запрос (код 400)"),
        ("orders: no whole answer in 60 s", "не отдаёт данные"),
        (None, "не ответил вовремя"),
    ],
)
def test_the_reason_is_put_into_words(reason: str | None, words: str) -> None:
    assert words in why(reason, RUSSIAN)


def test_every_resource_and_category_has_a_name_that_sellers_know() -> None:
    assert set(RESOURCES) == set(get_args(ResourceName))
    assert set(CATEGORIES) == {category.value for category in Category}
    assert in_words(["orders", "order_feed", "unheard_of"], RUSSIAN) == "заказы, unheard_of"


@pytest.mark.parametrize("kind", ["running_out", "replenishment_due", "out_of_stock", "restocked"])
def test_an_item_of_one_size_is_told_without_naming_it(kind: MessageKind) -> None:
    [alert, *_] = KINDS[kind].preview()
    figures = alert.figures

    def lines(tech_size: str) -> list[str]:
        sizes = [row | {"tech_size": tech_size} for row in figures.get("sizes", ())]
        sized = alert.model_copy(update={"figures": figures | {"tech_size": tech_size, "sizes": sizes}})
        html = KINDS[kind].render(sized.model_dump_json(), ABOUT).html
        return html.split("\n\n")[1].split("\n")

    assert any("XS" in line for line in lines("XS"))
    for line in lines("0"):
        assert line[0].isupper() or line[0].isdigit()
        assert "(— " not in line
