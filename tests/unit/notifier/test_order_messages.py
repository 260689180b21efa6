"""What sellers read, to the letter; and never more than Telegram takes, whatever the input."""

import re
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from contracts.message_kinds import MessageKind
from contracts.model import MOSCOW
from contracts.orders import ChangedOrder, DayFigures, ReportedOrder
from contracts.products import ProductCard, ProductSize
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from notifier.messages.changes import changed_lines
from notifier.messages.message import RUSSIAN, About, Message
from notifier.messages.order import order_message
from support.notifying import NOW, TODAY, reported
from tgsim.entities import parse_html, utf16_length


def rendered(
    kind: MessageKind,
    order: ReportedOrder,
    shop_name: str | None = "Северный ветер",
    now: datetime = NOW,
    *,
    is_edit: bool = False,
) -> Message:
    return order_message(kind, order, About(shop_name, data_at=NOW, now=now, is_edit=is_edit))


def plain(kind: MessageKind, order: ReportedOrder, **options: Any) -> str:
    """The text with ordinary spaces in place of thin ones."""
    return rendered(kind, order, **options).html.replace("\u202f", " ")


NEW = """\
🧾 <b>Новый заказ</b> · 20.11 14:07
🏬 Северный ветер · склад WB
🏷 Худи оверсайз с начёсом, графит
🆔 214503977 · HD-22/графит · размер M
🚚 Коледино → Республика Татарстан

💰 Цена продавца: 1 494 ₽ (до скидки <s>2 490 ₽</s>, −40 %)
🛍 СПП 24 % → покупатель платит 1 135 ₽ (без WB Кошелька)

📦 Остаток на складах WB: 46 шт (на 20.11 13:58)
💵 Сегодня этот товар: 4 шт · 5 976 ₽
💶 Сегодня весь магазин: 57 шт · 81 430 ₽ (из них отменено 2)

🔎 <code>5f0c1be2d4a94c0e8f1c7a91.0.0</code>
🕒 данные на 20.11 14:10 МСК"""

CANCELLED = """\
❌ <b>Отмена заказа</b> · 20.11 18:40
🏬 Северный ветер · склад WB
🗓 Заказ от 20.11 14:07 (прошло 4 ч 33 мин)
🏷 Худи оверсайз с начёсом, графит
🆔 214503977 · HD-22/графит · размер M"""

CHANGED = """\
✏️ <b>Заказ изменился</b> · 20.11 15:30
🏬 Северный ветер · склад WB
🗓 Заказ от 20.11 14:07
🏷 Худи оверсайз с начёсом, графит
🆔 214503977 · HD-22/графит · размер M
🚚 Коледино → Республика Татарстан

✏️ отмена снята
✏️ цена продавца: — → 1 494 ₽
✏️ СПП: 20,5 % → 24 %
✏️ склад: Электросталь → Коледино
💰 Цена продавца: 1 494 ₽"""


@pytest.mark.parametrize(("currency", "shown"), [("KGS", "сом"), ("KZT", "₸"), ("SEK", "SEK")])
@pytest.mark.parametrize("kind", ["order_new", "order_changed", "order_cancelled"])
def test_no_amount_of_another_currency_is_called_roubles(kind: MessageKind, currency: str, shown: str) -> None:
    known = reported()
    previous = {"price_with_disc": "1500", "total_price": "2500", "finished_price": "1200"}
    order = known.order.model_copy(update={"currency": currency, "previous": previous})
    figures = {
        name: getattr(known, name).model_copy(update={"currency": currency}) for name in ("shop_today", "product_today")
    }
    text = plain(kind, known.model_copy(update={"order": order, **figures}))
    assert "₽" not in text
    assert text.count(f" {shown}") >= (2 if kind == "order_cancelled" else 5)


def test_an_earlier_amount_has_its_earlier_currency() -> None:
    known = reported()
    changes = {"currency": "KGS", "previous": {"price_with_disc": "1500", "currency": "RUB"}}
    text = plain("order_changed", known.model_copy(update={"order": known.order.model_copy(update=changes)}))
    assert "цена продавца: 1 500 ₽ → 1 494 сом" in text


class TestNewOrder:
    def test_says_everything_known(self) -> None:
        assert plain("order_new", reported(srid="5f0c1be2d4a94c0e8f1c7a91.0.0")) == NEW

    def test_opens_the_product_at_wb(self) -> None:
        button = next(each for each in rendered("order_new", reported(nm_id=5)).buttons if each.url)
        assert (button.text, button.url) == ("На WB", "https://www.wildberries.ru/catalog/5/detail.aspx")

    def test_never_shows_an_unknown_amount_as_zero(self) -> None:
        order = reported(price_with_disc=None, total_price=None, finished_price=None, spp=None)
        nothing = DayFigures(day=TODAY, orders=1, orders_sum=Decimal(0), cancelled=0)
        order = order.model_copy(update={"stock_left": None, "product_today": nothing})
        text = plain("order_new", order)
        assert "Цена продавца: сумма ещё не пришла" in text
        assert "Цена покупателя: сумма ещё не пришла" in text
        assert "Остаток на складах WB: —" in text
        assert "этот товар: 1 шт · сумма ещё не пришла" in text
        assert not re.search(r"\b0 ₽", text)

    def test_no_orders_sum_to_zero(self) -> None:
        none = DayFigures(day=TODAY, orders=0, orders_sum=Decimal(0), cancelled=0)
        assert "этот товар: 0 шт · 0 ₽" in plain("order_new", reported().model_copy(update={"product_today": none}))

    def test_names_the_article_while_the_card_is_unknown(self) -> None:
        unknown = reported().model_copy(update={"product": None})
        assert "🏷 Худи Северный ветер\n🆔 214503977 · HD-22/графит" in plain("order_new", unknown)

    def test_leaves_out_what_does_not_exist(self) -> None:
        order = reported(
            tech_size="0", warehouse_type=None, warehouse_name=None, region_name=None, discount_percent=None
        )
        text = plain("order_new", order, shop_name=None)
        assert "размер" not in text
        assert "🏬" not in text
        assert "🚚 — → —" in text
        assert "(до скидки <s>2 490 ₽</s>)" in text

    def test_says_at_once_that_the_seller_assembles(self) -> None:
        lines = plain("order_new", reported(warehouse_type="Склад продавца")).splitlines()
        assert lines[1] == "🏬 Северный ветер · склад продавца"

    @pytest.mark.parametrize(("is_mp", "start"), [(False, "склад WB"), (True, "склад продавца")])
    def test_an_order_that_the_feed_alone_knows_says_what_that_has(self, is_mp: bool, start: str) -> None:
        unknown = ("supplier_article", "tech_size", "warehouse_name", "warehouse_type", "region_name", "total_price")
        order = reported(
            **dict.fromkeys((*unknown, "discount_percent", "spp", "finished_price")),
            chrt_id=8,
            is_mp=is_mp,
            destination_city="Казань",
            destination_district="Приволжский",
        )
        sizes = (ProductSize(chrt_id=7, tech_size="S"), ProductSize(chrt_id=8, tech_size="M"))
        card = order.product.model_copy(update={"sizes": sizes})
        lines = plain("order_new", order.model_copy(update={"product": card}))
        assert lines.splitlines()[1:5] == [
            f"🏬 Северный ветер · {start}",
            "🏷 Худи оверсайз с начёсом, графит",
            "🆔 214503977 · HD-22/графит · размер M",
            f"🚚 {start} → Казань",
        ]
        assert "💰 Цена продавца: 1 494 ₽\n🛍 Цена покупателя: сумма ещё не пришла" in lines

    def test_escapes_names(self) -> None:
        text = plain("order_new", reported(warehouse_name="<b>A & B</b>"), shop_name="R&D <x>")
        assert "🏬 R&amp;D &lt;x&gt; · склад WB" in text
        assert "🚚 &lt;b&gt;A &amp; B&lt;/b&gt; →" in text

    def test_does_not_call_yesterday_today(self) -> None:
        text = plain("order_new", reported(), now=NOW + timedelta(days=1))
        assert "За 20.11 этот товар: 4 шт" in text


class TestCancelledOrder:
    def test_says_when_and_how_long_after(self) -> None:
        cancelled_at = datetime(2026, 11, 20, 18, 40, tzinfo=MOSCOW)
        text = plain("order_cancelled", reported(change="cancelled", is_cancel=True, cancelled_at=cancelled_at))
        assert text.startswith(CANCELLED)

    def test_says_no_span_where_wb_gives_only_the_day(self) -> None:
        midnight = datetime(2026, 11, 20, tzinfo=MOSCOW)
        text = plain("order_cancelled", reported(change="cancelled", is_cancel=True, cancelled_at=midnight))
        assert "прошло" not in text


class TestChangedOrder:
    def test_names_each_change_with_the_earlier_value(self) -> None:
        previous = {
            "is_cancel": True,
            "price_with_disc": None,
            "spp": "20.50",
            "warehouse_name": "Электросталь",
            "last_change_at": "2026-11-20T14:07:00+03:00",
        }
        changed_at = datetime(2026, 11, 20, 15, 30, tzinfo=MOSCOW)
        order = reported(change="changed", previous=previous, last_change_at=changed_at, total_price=None)
        assert plain("order_changed", order).startswith(CHANGED)

    @pytest.mark.parametrize("earlier", ["abc", "NaN", "1e30", [], {"a": 1}])
    def test_shows_an_unreadable_earlier_value_as_unknown(self, earlier: object) -> None:
        order = reported(change="changed", previous={"price_with_disc": earlier, "region_name": 5})
        text = plain("order_changed", order)
        assert "цена продавца: — → 1 494 ₽" in text
        assert "регион: — → Республика Татарстан" in text

    @pytest.mark.parametrize(
        "previous",
        [
            {},
            {"status": "created", "last_change_at": "2026-11-20T14:07:00+03:00"},
            {"is_cancel": False},
            {"price_with_disc": "1494.00"},
            {"finished_price": "1135.001"},
            {"spp": "24.0000"},
            {"warehouse_name": "  Коледино "},
            {"currency": None},
        ],
    )
    def test_shows_nothing_where_nothing_reads_otherwise(self, previous: dict[str, Any]) -> None:
        assert list(changed_lines(reported(change="changed", previous=previous).order, RUSSIAN)) == []


WORDS = st.one_of(st.none(), st.text(max_size=400), st.sampled_from(["<b>&amp;</b>" * 40, "😀" * 300, "я " * 300]))
AMOUNTS = st.decimals(0, Decimal("99999999999999.9999"), places=4)
MONEY = st.one_of(st.none(), AMOUNTS)
MOMENTS = st.datetimes(datetime(2020, 1, 1), datetime(2035, 1, 1)).map(lambda at: at.replace(tzinfo=MOSCOW))  # noqa: DTZ001  # bounds, the zone is given beside them
EARLIER = st.one_of(WORDS, st.none(), st.booleans(), MONEY, st.floats(), st.integers())
FIGURES = st.builds(
    DayFigures,
    day=st.dates(),
    orders=st.integers(0, 2**63),
    orders_sum=AMOUNTS,
    cancelled=st.just(0),
)
FIELDS = ("price_with_disc", "finished_price", "total_price", "spp", "warehouse_name", "region_name", "is_cancel")


@st.composite
def any_order(draw: st.DrawFn) -> ReportedOrder:
    order = reported(
        srid=draw(st.text(min_size=1, max_size=300)),
        nm_id=draw(st.integers(1, 2**63)),
        supplier_article=draw(WORDS),
        tech_size=draw(WORDS),
        brand=draw(WORDS),
        subject=draw(WORDS),
        warehouse_name=draw(WORDS),
        warehouse_type=draw(WORDS),
        region_name=draw(WORDS),
        total_price=draw(MONEY),
        discount_percent=draw(st.one_of(st.none(), st.integers(-(10**6), 10**6))),
        spp=draw(MONEY),
        price_with_disc=draw(MONEY),
        finished_price=draw(MONEY),
        ordered_at=draw(MOMENTS),
        last_change_at=draw(MOMENTS),
        cancelled_at=draw(st.one_of(st.none(), MOMENTS)),
        is_cancel=draw(st.booleans()),
        previous=draw(st.dictionaries(st.sampled_from(FIELDS), EARLIER)),
    )
    card = ProductCard(nm_id=1, vendor_code=draw(WORDS), title=draw(WORDS))
    figures = {"shop_today": draw(FIGURES), "product_today": draw(FIGURES)}
    stock = draw(st.one_of(st.none(), st.integers(0, 2**63)))
    return ReportedOrder(order=ChangedOrder(**dict(order.order)), product=card, stock_left=stock, **figures)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(kind=st.sampled_from(["order_new", "order_changed", "order_cancelled"]), order=any_order(), shop=WORDS)
def test_telegram_takes_every_caption(kind: MessageKind, order: ReportedOrder, shop: str | None) -> None:
    message = rendered(kind, order, shop_name=shop)
    assert utf16_length(parse_html(message.html).text) <= 1024


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(order=any_order(), same=st.sets(st.sampled_from(FIELDS)), shop=WORDS)
def test_every_line_of_a_change_shows_two_values_that_differ(
    order: ReportedOrder, same: set[str], shop: str | None
) -> None:
    unchanged = {field: getattr(order.order, field) for field in same}
    changed = order.order.model_copy(update={"previous": order.order.previous | unchanged})
    lines = list(changed_lines(changed, RUSSIAN))
    for line in lines:
        before, arrow, after = line.partition(": ")[2].partition(" → ")
        assert line == "✏️ отмена снята" or (arrow and before != after)
    shown = rendered("order_changed", order.model_copy(update={"order": changed}), shop_name=shop).html
    assert all(f"\n{line}\n" in shown for line in lines), "as they are, however little room there is"


def test_the_longest_caption_fits() -> None:
    long = "Щ" * 500
    much = Decimal("99999999999999.99")
    order = reported(
        srid=long, nm_id=2**63, supplier_article=long, tech_size=long, warehouse_name=long, warehouse_type=long,
        region_name=long, total_price=much, discount_percent=100, spp=Decimal("99.99"), price_with_disc=much - 1,
        finished_price=much, is_cancel=False, change="changed",
        previous={field: long if "name" in field else str(much - 2) for field in FIELDS} | {"is_cancel": True},
    )  # fmt: skip
    figures = DayFigures(day=TODAY, orders=2**63, orders_sum=much, cancelled=0)
    card = ProductCard(nm_id=1, vendor_code=long, title=long)
    order = order.model_copy(
        update={"product": card, "shop_today": figures, "product_today": figures, "stock_left": 2**63}
    )
    text = parse_html(rendered("order_changed", order, shop_name=long).html).text
    assert utf16_length(text) <= 1024
    assert "Щ" * 63 + "…" in text  # the srid is not shortened with the names
