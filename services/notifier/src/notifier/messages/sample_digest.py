"""An invented digest, of which previews of messages tell."""

from datetime import date, timedelta
from decimal import Decimal

from contracts.digests import (
    AdvertsOfPeriod,
    ChangePart,
    Compared,
    CurrencyDigest,
    DigestKind,
    DigestPreparedV1,
    Estimate,
    ReviewsOfPeriod,
    RunningOut,
    SourceAge,
    TopItem,
    Why,
)
from contracts.items import Plan

from notifier.messages.sample import NOW

_LENGTHS = {DigestKind.DAY: 1, DigestKind.WEEK: 7, DigestKind.MONTH: 30}
_LAST = date(2026, 11, 19)


def sample_digest(kind: DigestKind) -> DigestPreparedV1:
    """What a period came to."""
    length = timedelta(days=_LENGTHS[kind])
    first = _LAST - length + timedelta(days=1)
    return DigestPreparedV1(
        kind=kind,
        first_day=first,
        last_day=_LAST,
        previous_first_day=first - length,
        previous_last_day=_LAST - length,
        revision=1,
        prepared_at=NOW,
        currencies=(_roubles(),),
        running_out=(
            RunningOut(nm_id=214503991, title="Худи молочный", tech_size="M", days_left=Decimal(3)),
            RunningOut(nm_id=214504000, title="Шапка синяя", days_left=Decimal(5)),
        ),
        running_out_count=2,
        reviews=ReviewsOfPeriod(count=31, bad=6, previous_bad=3, unanswered=2),
        freshness=(SourceAge(resource="orders", as_of=NOW), SourceAge(resource="sales", as_of=NOW)),
    )


def _roubles() -> CurrencyDigest:
    return CurrencyDigest(
        currency="RUB",
        orders=_compared(96, "139700", 88, "127800", "9.31"),
        cancelled=_compared(7, "10100", 9, "13000", "-22.3"),
        bought=_compared(61, "88300", 60, "85700", "3.03"),
        returns=_compared(2, "2980", 2, "2980", "0"),
        adverts=AdvertsOfPeriod(
            views=21000,
            clicks=640,
            spent=Decimal(9240),
            orders=21,
            orders_sum=Decimal(30500),
            previous_spent=Decimal(9100),
            drr=Decimal("6.61"),
            drr_adverts=Decimal("30.3"),
        ),
        estimate=Estimate(
            revenue=Decimal(85320),
            commission=Decimal(21600),
            logistics=Decimal(7800),
            adverts=Decimal(9240),
            tax=Decimal(5100),
            cost=Decimal(26680),
            other=Decimal(0),
            profit=Decimal(14900),
            items_without=0,
            sum_without=Decimal(0),
            previous_profit=None,
        ),
        plan=Plan(
            month=date(2026, 11, 1),
            plan_orders=None,
            plan_sum=Decimal(4000000),
            orders=1800,
            orders_sum=Decimal(2560000),
            expected_share=Decimal(63),
            done_sum=Decimal(64),
            on_course_sum=Decimal(101),
        ),
        top_revenue=(
            TopItem(nm_id=214503977, title="Худи графит", amount=Decimal(29900)),
            TopItem(nm_id=214503991, title="Худи молочный", amount=Decimal(18200)),
        ),
        top_profit=(TopItem(nm_id=214503977, title="Худи графит", amount=Decimal(6100)),),
        why=Why(
            orders=8,
            orders_sum=Decimal(11900),
            parts=(
                ChangePart(cause="adverts", orders=Decimal(11), orders_sum=Decimal(16400), items=()),
                ChangePart(cause="stock", orders=Decimal(-3), orders_sum=Decimal(-4500), items=()),
            ),
        ),
    )


def _compared(count: int, total: str, before: int, total_before: str, changed: str) -> Compared:
    return Compared(
        count=count,
        sum=Decimal(total),
        previous_count=before,
        previous_sum=Decimal(total_before),
        change=Decimal(changed),
    )
