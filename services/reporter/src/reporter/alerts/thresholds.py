"""From where on something is told, and why from there. Formulas and golden examples: docs/metrics.md, "Alerts".

Where a figure moves with every order there are two thresholds: one raises an alert, a milder one keeps an open one
open, so that a figure that lies at the first does not ring at each order.
"""

from decimal import Decimal
from typing import Final

RUNNING_OUT_DAYS: Final = Decimal(7)
"""A week: what is sent now is sold when it ends, at best."""
RUNNING_OUT_KEPT_DAYS: Final = Decimal(9)
RUNNING_OUT_CRITICAL_DAYS: Final = Decimal(3)
"""Nothing sent now comes before it ends: stop adverts, raise the price."""

REPLENISHMENT_RESERVE_DAYS: Final = Decimal(3)
"""Who reads it has some days to pack, beside the lead time that he has entered."""
REPLENISHMENT_KEPT_DAYS: Final = Decimal(6)

RISK_DAYS: Final = 14
"""Money at risk is what is not ordered in so many days if nothing comes: the usual time from sending to being sold."""

OUT_OF_STOCK_DAYS: Final = 30
"""Who has not brought it back for so long has stopped selling it."""

RESTOCKED_HOURS: Final = 24
"""News for a day."""

BAD_STARS: Final = 3
"""With so many stars or fewer a review counts as bad, as in the figures of reviews."""
BAD_REVIEW_DAYS: Final = 30
"""Wildberries puts an unanswered feedback into the archive after so many days."""
BAD_RATING_DAYS: Final = 7
"""A rating without a word cannot be answered: it is news for a week."""
REVIEW_TEXT_LENGTH: Final = 500

UNANSWERED_BAD_HOURS: Final = 24
"""It was told at once: who has not answered for a day has forgotten it."""
UNANSWERED_HOURS: Final = 48
"""Nobody was told of it: it is answered with the others, by who looks at them every other day."""
UNANSWERED_DAYS: Final = 14
"""An answer that comes later is read by nobody."""

QUESTION_WARNING_HOURS: Final = 24
"""Who asks buys within the day, here or elsewhere."""
QUESTION_DAYS: Final = 30
"""As with reviews: what waits for longer is not going to be answered."""

CLAIM_DAYS: Final = 14
"""Wildberries lists a claim for so many days: what became of an older one is never heard."""

BUDGET_HOURS: Final = Decimal(24)
"""Who looks once a day would find the campaign stopped the next time."""
BUDGET_KEPT_HOURS: Final = Decimal(36)
BUDGET_CRITICAL_HOURS: Final = Decimal(4)
BUDGET_DAYS: Final = 3
"""Whole days that the speed is of: bids and cards change more often than a week lasts."""

RATING_DROP: Final = Decimal("0.20")
"""A tenth comes and goes with a few reviews."""
RATING_DROP_KEPT: Final = Decimal("0.10")
RATING_DROP_CRITICAL: Final = Decimal("0.50")
RATING_COUNT: Final = 10
"""Of fewer reviews one alone moves the mean by more than the threshold."""

PRICE_HOURS: Final = 24
"""A price is compared with that of so many hours ago, so a change is news for a day."""
PRICE_PERCENT: Final = Decimal(5)
PRICE_KEPT_PERCENT: Final = Decimal(3)
PRICE_WARNING_PERCENT: Final = Decimal(20)
"""More than sellers move a price by at once: a promotion took the item in, or somebody mistyped."""
PRICE_CRITICAL_PERCENT: Final = Decimal(50)
"""A zero too many or too few."""

SPP_DAYS: Final = 2
"""Today has just begun at midnight: with yesterday there are orders to go by."""
SPP_BEFORE_DAYS: Final = 7
SPP_ORDERS: Final = 3
SPP_ORDERS_BEFORE: Final = 5
SPP_POINTS: Final = Decimal(5)
"""Buyers of one day differ by some points, as Wildberries gives them discounts of their own."""
SPP_USUAL_SHARE: Final = Decimal("0.9")
"""What a tenth of the orders before had as well, on the same side, is no news."""
SPP_KEPT_POINTS: Final = Decimal(3)
SPP_WARNING_POINTS: Final = Decimal(10)

UNUSUAL_DAYS: Final = 7
UNUSUAL_BEFORE_DAYS: Final = 30
UNUSUAL_CHANCE: Final = 0.001
"""Of a thousand looks at items on which nothing changed, one rings for nothing."""
UNUSUAL_KEPT_CHANCE: Final = 0.01
UNUSUAL_TIMES: Final = Decimal("1.5")
"""Of a large shop a small change is no chance either, and yet no news: it is to be so many times the share before."""
UNUSUAL_CANCELS: Final = 5
UNUSUAL_RETURNS: Final = 3
"""Fewer are no pattern, however rare they were before."""

FINANCE_DAYS: Final = 14
"""Reports come weekly: a fine is news for two of them. Objections are heard within such a time, too."""
FINANCE_BEFORE_DAYS: Final = 120
DEDUCTION_TIMES: Final = 2
"""A deduction of a known kind is odd from so many times the greatest week of that kind on."""

FINANCE_REPORT_DAYS: Final = 9
"""A report of a week is made within some days of its end, and is news until the next one."""
FINANCE_QUIET_MINUTES: Final = 15
"""Wildberries gives a page of lines a minute: after so long without any there are no more of the report."""

TOKEN_WARNING_DAYS: Final = 14
TOKEN_CRITICAL_DAYS: Final = 3
