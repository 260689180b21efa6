"""What is known of the item: reviews, rank, adverts."""

from collections.abc import Iterator

from contracts.order_report import ReportedAds, ReportedProduct
from servicekit.text import UNKNOWN
from servicekit.translation import Language

from reporter.reports.text.words import heading, joined, share


def product_lines(language: Language, product: ReportedProduct) -> Iterator[str]:
    yield f"📌 {heading(language.text('Item'))}"
    yield f"⭐ {_reviews(language, product)}"
    of_shop = product.revenue_share
    part = "" if of_shop is None else language.text(" ({share} of the shop)", share=share(language, of_shop))
    yield language.text(
        "ABC: {revenue} by revenue{part}, {profit} by profit · XYZ: {xyz}",
        revenue=product.abc or UNKNOWN,
        part=part,
        profit=product.abc_profit or UNKNOWN,
        xyz=product.xyz or language.text("too little data"),
    )
    if product.ads:
        yield _ads(language, product.ads)


def _reviews(language: Language, product: ReportedProduct) -> str:
    if product.reviews is None:
        return UNKNOWN
    number = language.number
    stars = zip(range(5, 0, -1), reversed(product.stars or ()), strict=False)
    counts = joined(f"{star}★ {number(count)}" for star, count in stars)
    rating = UNKNOWN if product.rating is None else number(product.rating)
    before = product.rating_week_ago
    return joined(
        (
            f"{rating} · {language.plural('{n} review', '{n} reviews', product.reviews)}"
            + (f" ({counts})" if counts else ""),
            None
            if before is None or before == product.rating
            else language.text("a week ago {rating}", rating=number(before)),
            language.text("without an answer {count}", count=number(product.unanswered))
            if product.unanswered
            else None,
        )
    )


def _ads(language: Language, ads: ReportedAds) -> str:
    period, currency = ads.period, ads.currency
    said = language.text(
        "📣 Adverts in {days} d: {spent}, DRR {drr}, CPO {cpo}",
        days=period.period_days,
        spent=language.money(period.spent, currency),
        drr=language.percent(period.drr),
        cpo=language.money(period.cpo, currency),
    )
    running = language.text(" · campaigns running: {count}", count=language.number(ads.campaigns))
    return said + running if ads.campaigns else said
