"""What is known of the item: reviews, rank, adverts."""

from collections.abc import Iterator

from contracts.order_report import ReportedAds, ReportedProduct
from servicekit.text import UNKNOWN, money, number, percent, plural

from reporter.reports.text.words import heading, joined, share

REVIEWS = ("отзыв", "отзыва", "отзывов")
FEW_WEEKS = "мало данных"


def product_lines(product: ReportedProduct) -> Iterator[str]:
    yield f"📌 {heading('Товар')}"
    yield f"⭐ {_reviews(product)}"
    profit = product.abc_profit or UNKNOWN
    revenue = "" if product.revenue_share is None else f" ({share(product.revenue_share)} магазина)"
    yield f"ABC: {product.abc or UNKNOWN} по выручке{revenue}, {profit} по прибыли · XYZ: {product.xyz or FEW_WEEKS}"
    if product.ads:
        yield _ads(product.ads)


def _reviews(product: ReportedProduct) -> str:
    if product.reviews is None:
        return UNKNOWN
    stars = zip(range(5, 0, -1), reversed(product.stars or ()), strict=False)
    counts = joined(f"{star}★ {number(count)}" for star, count in stars)
    rating = UNKNOWN if product.rating is None else number(product.rating)
    before = product.rating_week_ago
    return joined(
        (
            f"{rating} · {plural(product.reviews, REVIEWS)}" + (f" ({counts})" if counts else ""),
            None if before is None or before == product.rating else f"неделю назад {number(before)}",
            f"без ответа {number(product.unanswered)}" if product.unanswered else None,
        )
    )


def _ads(ads: ReportedAds) -> str:
    period, currency = ads.period, ads.currency
    drr = UNKNOWN if period.drr is None else percent(period.drr)
    cpo = money(period.cpo, currency)
    running = f" · идёт кампаний: {number(ads.campaigns)}" if ads.campaigns else ""
    spent = money(period.spent, currency)
    return f"📣 Реклама за {period.period_days} дн: {spent}, ДРР {drr}, CPO {cpo}{running}"
