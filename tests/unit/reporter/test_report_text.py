"""The text of a report: what it says, that unknown is never 0, and that it fits whatever names there are."""

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, get_args

import pytest
from contracts.items import UnitMoney, WarehouseUnits
from contracts.order_report import MAX_TEXT_UNITS, OrderReport
from contracts.orders import SourceAge
from gateway.api.report_example import report_example
from hypothesis import given
from hypothesis import strategies as st
from reporter.figures.unit_money import Lack
from reporter.reports.text.report import report_text, texts
from reporter.reports.text.words import about, change, joined, pieces, rate, share, signed
from servicekit.text import utf16_units
from servicekit.translation import CODES, Language, language
from support import catalogues
from support.fuzzing import fuzzed
from support.order_reports import MINUTE, a_stock, bare_report, full_report
from tgsim.entities import parse_html

names = st.text(max_size=500) | st.sampled_from(
    [
        "<b>&</b> " * 60,
        "&" * 500,
        "👩‍👩‍👧‍👦" * 45,
        "קפוצ'ון \u202eעברית " * 25,
        "سترة \u200f" * 70,
        "й" * 500,
        "Худи\n\r\t<pre>",
        "</pre><pre>",
    ]
)
amounts = st.decimals(Decimal("-99999999999999"), Decimal("99999999999999"), places=4)

RU, EN = (language("reporter", code) for code in CODES)
NAMES = {
    *("srid", "title", "supplier_article", "barcode", "tech_size", "brand", "subject", "category", "size", "name"),
    *("warehouse_name", "warehouse_type", "country_name", "oblast_okrug_name", "region_name"),
}
AMOUNTS = {
    *("price", "buyer_price", "spp", "commission_percent", "commission", "delivery", "delivery_back", "logistics"),
    *("storage", "adverts", "tax", "cost", "payout", "profit", "margin", "roi", "total_price", "orders_sum"),
    *("sales_sum", "orders_change", "sales_change", "rating", "rating_week_ago", "spent", "drr", "cpo"),
}


def plain(report: OrderReport) -> str:
    """As a reader sees it; every tag is closed, or Telegram would refuse the whole."""
    return parse_html(report_text(report, RU)).text


def line_with(report: OrderReport, words: str) -> str:
    [line] = [line for line in plain(report).splitlines() if words in line]
    return line


def replaced(value: Any, draw: Any, path: tuple[str, ...] = ()) -> Any:
    """The same document with other names and amounts in it."""
    if isinstance(value, dict):
        return {key: replaced(inner, draw, (*path, key)) for key, inner in value.items()}
    if isinstance(value, list):
        return [replaced(inner, draw, path) for inner in value]
    return draw(path, value)


class TestWhole:
    def test_the_example_of_the_interface_has_the_text_of_its_sections(self) -> None:
        report = full_report()
        assert {"text": report.text, "text_en": report.text_en} == texts(full_report(text="", text_en=""))

    def test_nothing_known_is_said_to_be_unknown(self) -> None:
        assert plain(bare_report()) == (
            "🧾 Заказ от 20.11 14:07\n🚚 в пути к покупателю\n👁 изменён в WB 20.11 14:07 · у нас 20.11 14:07\n\n"
            "🏷 —\n🆔 1\n🔎 a\n\n"
            "💰 Деньги за штуку\n"
            "До скидки                      —\n"
            "Цена продавца      ещё не пришла\n"
            "Платит покупатель  ещё не пришла\n"
            "Прибыль                        —\n"
            "Для оценки не хватает: цены, себестоимости\nВсё с ≈ оценка: факт будет в отчёте реализации\n\n"
            "🗺 Маршрут\n— → —\n\n📊 Продажи, шт\n—\n\n🎯 Выкуп по заказам периода\n—\n\n"
            "⚡️ Скорость, шт в день за 7 / 14 / 30 дней\n"
            "Заказы — / — / — · выкупы — / — / —\nПо дням, когда товар был: заказы — / — / —\n\n"
            "📅 Сегодня и вчера к 14:07\nТовар: 1 шт · — | 0 шт · 0\u202f₽\nМагазин: 1 шт · — | 0 шт · 0\u202f₽\n\n"
            "📦 Остатки\n—\n\n📌 Товар\n⭐ —\nABC: — по выручке, — по прибыли · XYZ: мало данных\n\n"
            "🕒 данные на: —\nОтчёт собран 20.11 14:07 МСК\n"
            "ℹ️ В кабинете WB заказов бывает больше: неоплаченные и рассрочку API показывает позже"
        )

    def test_in_english_no_word_of_ours_is_russian(self) -> None:
        assert not re.search("[а-яё]", parse_html(report_text(bare_report(), EN)).text, re.IGNORECASE)
        full = full_report()
        ours = replaced(full.model_dump(mode="json"), lambda path, value: "name" if path[-1] in NAMES else value)
        kind = {"route": {**ours["route"], "warehouse_type": full.route.warehouse_type}}
        said = report_text(OrderReport.model_validate(ours | kind), EN)
        assert "Ships: WB's warehouse" in said
        assert not re.search("[а-яё]", said, re.IGNORECASE)

    def test_every_text_is_translated_and_no_translation_is_of_nothing(self) -> None:
        stored = catalogues.stored("reporter")
        assert set(catalogues.texts(stored)) == set(catalogues.msgids("reporter"))
        assert catalogues.untranslated(stored) == []
        for msgid, said in catalogues.texts(stored).items():
            assert all(catalogues.values(text) == catalogues.values(msgid) for text in said), msgid

    @fuzzed
    @given(st.data(), st.sampled_from([RU, EN]))
    def test_any_names_and_amounts_fit_and_leave_the_markup_whole(self, data: st.DataObject, words: Language) -> None:
        def drawn(path: tuple[str, ...], value: Any) -> Any:
            if path[-1] in NAMES:
                return data.draw(names)
            return str(abs(data.draw(amounts))) if path[-1] in AMOUNTS else value

        report = OrderReport.model_validate(replaced(report_example(), drawn) | {"text": ""})
        text = report_text(report, words)
        assert utf16_units(text) <= MAX_TEXT_UNITS
        parse_html(text)

    def test_amounts_of_no_real_shop_cost_the_sections_that_have_them(self) -> None:
        largest = "9" * 60
        document = replaced(report_example(), lambda path, value: largest if path[-1] in AMOUNTS else value)
        report = OrderReport.model_validate(document | {"text": ""})
        text = report_text(report, RU)
        assert utf16_units(text) <= MAX_TEXT_UNITS
        assert parse_html(text).text.startswith("🧾 Заказ от 20.11 14:07")
        assert "Деньги" not in text
        assert "данные на" in text

    @pytest.mark.parametrize("words", [RU, EN])
    @pytest.mark.parametrize("sizes", [1, 8, 9, 60])
    def test_the_largest_of_everything_fits(self, sizes: int, words: Language) -> None:
        long = "<&>👩‍👩‍👧‍👦" * 60
        most: dict[str, Any] = {
            "wb": 999_999_999,
            "own": 999_999_999,
            "days": Decimal("99999999999999"),
            "restock": 999_999_999,
        }
        total = a_stock(
            **most,
            to_client=999_999_999,
            from_client=999_999_999,
            incoming=999_999_999,
            runs_out_on=date(2026, 12, 3),
            target_days=999_999_999,
            warehouses=[WarehouseUnits(name=long, is_own=False, quantity=999_999_999)] * 60,
        )
        order = report_example()["order"]
        for key in ("title", "supplier_article", "brand", "subject", "category", "barcode", "srid", "tech_size"):
            order[key] = long
        route = dict.fromkeys(report_example()["route"], long) | {"is_own_warehouse": False, "local_share": "99.99"}
        text = report_text(
            full_report(order=order, route=route, stocks=(total, *(a_stock(long, **most) for _ in range(sizes)))), words
        )
        assert utf16_units(text) <= MAX_TEXT_UNITS
        parse_html(text)


class TestOrder:
    @pytest.mark.parametrize(
        ("fields", "said"),
        [
            ({"state": "cancelled", "cancelled_at": MINUTE}, "❌ отменён 20.11 14:07"),
            ({"state": "cancelled"}, "❌ отменён —"),
            ({"state": "bought", "bought_at": MINUTE}, "✅ выкуплен 20.11 14:07"),
            ({"state": "returned", "returned_at": MINUTE}, "↩️ возвращён 20.11 14:07"),
            (
                {"state": "returned", "returned_at": MINUTE, "bought_at": MINUTE},
                "↩️ возвращён 20.11 14:07, выкуплен был 20.11 14:07",
            ),
        ],
    )
    def test_says_how_far_it_has_come(self, fields: dict[str, Any], said: str) -> None:
        order = bare_report().order.model_copy(update=fields)
        assert said in plain(bare_report(order=order)).splitlines()

    def test_goods_without_sizes_show_none(self) -> None:
        order = bare_report().order.model_copy(update={"tech_size": "0"})
        assert "размер" not in plain(bare_report(order=order))

    def test_a_place_is_named_once_and_the_country_only_where_nothing_else_is_known(self) -> None:
        route = bare_report().route
        moscow = route.model_copy(update={"city": "Москва", "region_name": "Москва", "country_name": "Россия"})
        abroad = route.model_copy(update={"country_name": "Армения", "is_own_warehouse": True})
        assert "— → Москва" in plain(bare_report(route=moscow)).splitlines()
        assert "свой склад → Армения" in plain(bare_report(route=abroad)).splitlines()

    def test_the_age_of_a_source_names_its_day_unless_it_is_today(self) -> None:
        ages = (
            SourceAge(source="orders", as_of=MINUTE),
            SourceAge(source="stocks", as_of=datetime(2026, 11, 19, 20, 59, tzinfo=UTC), delayed_since=MINUTE),
            SourceAge(source="sales", as_of=None),
            SourceAge(source="prices", as_of=MINUTE),
        )
        assert line_with(bare_report(freshness=ages), "🕒") == (
            "🕒 данные на: заказы 14:07 · продажи — · остатки 19.11 23:59 ⚠️ отстают"
        )


class TestMoney:
    @pytest.mark.parametrize(
        ("difference", "said"),
        [
            ("-12.5", "По отчёту реализации: +300\u202f₽ (−12,5\u202f₽ к оценке)"),
            ("0", "По отчёту реализации: +300\u202f₽"),
            (None, "По отчёту реализации: +300\u202f₽"),
        ],
    )
    def test_what_finance_reports_is_shown_beside_the_estimate(self, difference: str | None, said: str) -> None:
        fact = UnitMoney(price=None, profit=Decimal(300))
        changed = Decimal(difference) if difference else None
        money = full_report().money.model_copy(update={"fact": fact, "profit_difference": changed})
        assert line_with(full_report(money=money), "отчёту") == said

    def test_what_is_paid_and_taken_back(self) -> None:
        money = full_report().money.model_copy(
            update={"for_pay": Decimal(1128), "return_for_pay": Decimal(-1128), "currency": "KGS"}
        )
        text = plain(full_report(money=money))
        assert "К перечислению: 1\u202f128\u202fсом (предварительно)" in text
        assert "Возврат: −1\u202f128\u202fсом" in text

    def test_one_way_alone_is_shown_with_the_other_unknown(self) -> None:
        estimate = UnitMoney(price=Decimal(10), delivery=Decimal(56))
        money = full_report().money.model_copy(update={"estimate": estimate, "missing": ("tax", "магия")})
        text = plain(full_report(money=money))
        assert "доставка 56 туда, — обратно" in text
        assert "Для оценки не хватает: налога, магия" in text

    def test_whatever_is_missing_has_a_word_in_the_sellers_language(self) -> None:
        money = full_report().money.model_copy(update={"missing": get_args(Lack)})
        [line] = [line for line in plain(full_report(money=money)).split("\n") if "не хватает" in line]
        assert not any("a" <= letter <= "z" for letter in line)


class TestSales:
    def test_days_without_a_price_have_no_sum(self) -> None:
        assert "Товар: 1 шт · —" in plain(bare_report())

    def test_yesterday_whole_is_shown_where_there_was_something(self) -> None:
        assert "весь день" not in plain(bare_report())
        assert line_with(full_report(), "Магазин:").endswith("(весь день 96 шт · 139\u202f700\u202f₽)")

    def test_a_share_of_few_is_marked(self) -> None:
        [week, *_] = full_report().buyout_periods
        none = week.model_copy(update={"value": None, "finished": 0})
        assert "7 дн 67\u202f%*" in plain(bare_report(buyout_periods=(week,)))
        assert "7 дн —\n" in plain(bare_report(buyout_periods=(none,)))
        assert "большинство" not in plain(bare_report(buyout_periods=(none,)))


class TestStock:
    def test_of_many_sizes_those_with_the_fewest_pieces_in_the_order_of_the_card(self) -> None:
        sizes = [a_stock(str(n), wb=left) for n, left in enumerate([9, 1, 8, 2, 7, 3, 6, 4, 5])]
        line = line_with(bare_report(stocks=(a_stock(wb=45), *sizes)), "ещё 4")
        assert line == "1: 1 · 3: 2 · 5: 3 · 7: 4 · 8: 5 · ещё 4"

    @pytest.mark.parametrize(
        ("fields", "said"),
        [
            ({"wb": 0, "out_since": date(2026, 11, 18)}, "Хватит: ⛔ нет с 18.11"),
            ({"wb": 5, "endless": True}, "Хватит: ∞ (заказов нет)"),
            ({"wb": 5}, "Хватит: —"),
            ({"wb": 5, "days": Decimal("1.9")}, "Хватит: ≈ 1 день"),
        ],
    )
    def test_how_long_it_lasts(self, fields: dict[str, Any], said: str) -> None:
        assert said in plain(bare_report(stocks=(a_stock(**fields),))).splitlines()

    def test_a_size_of_which_nothing_is_known(self) -> None:
        text = plain(bare_report(stocks=(a_stock(wb=None), a_stock("M"), a_stock("L", own=3))))
        assert "M: — · L: 3" in text
        assert "WB — · свой склад —" in text

    def test_goods_of_one_size_are_counted_once(self) -> None:
        text = plain(bare_report(stocks=(a_stock(wb=5, own=1), a_stock("0", wb=5, own=1))))
        assert "Остатки\nWB 5 · свой склад 1" in text

    def test_what_to_send_of_goods_without_sizes(self) -> None:
        line = line_with(bare_report(stocks=(a_stock(wb=5, restock=7),)), "Пополнить")
        assert line == "Пополнить: 7"


class TestProduct:
    def test_without_reviews_the_rating_is_unknown(self) -> None:
        product = bare_report().product.model_copy(update={"reviews": 0})
        assert line_with(bare_report(product=product), "⭐") == "⭐ — · 0 отзывов"

    def test_adverts_that_ended_and_brought_nothing(self) -> None:
        ads = full_report().product.ads
        assert ads
        period = ads.period.model_copy(update={"drr": None, "cpo": None})
        ended = ads.model_copy(update={"period": period, "campaigns": 0})
        product = bare_report().product.model_copy(update={"ads": ended})
        line = line_with(bare_report(product=product), "📣")
        assert line == "📣 Реклама за 30 дн: 9\u202f240\u202f₽, ДРР —, CPO —"


class TestWords:
    @pytest.mark.parametrize(
        ("said", "expected"),
        [
            (signed(RU, Decimal(319), "₽"), "+319\u202f₽"),
            (signed(RU, Decimal(-4), "%"), "−4\u202f%"),
            (signed(RU, Decimal(0), "%"), "0\u202f%"),
            (share(RU, None), "—"),
            (rate(EN, Decimal("3.4286")), "3.4"),
            (signed(EN, Decimal(-1200), "₽"), "−1,200\u202f₽"),
            (change(RU, None), "—"),
            (change(RU, Decimal("8.75")), "+9\u202f%"),
            (rate(RU, None), "—"),
            (rate(RU, Decimal("3.4286")), "3,4"),
            (pieces(RU, None), "—"),
            (pieces(RU, 1200), "1\u202f200"),
            (joined([None, "", "a", "b"]), "a · b"),
        ],
    )
    def test_numbers(self, said: str, expected: str) -> None:
        assert said == expected

    def test_small_estimates_keep_their_digits(self) -> None:
        assert (about(Decimal("9.99")), about(Decimal("366.03"))) == (Decimal("9.99"), Decimal(366))
