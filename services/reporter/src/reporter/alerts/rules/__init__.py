"""Every rule, one module each."""

from reporter.alerts.rule import Rule
from reporter.alerts.rules import (
    advert_budget_low,
    bad_review,
    claim_waiting,
    data_lagging,
    finance_penalty,
    out_of_stock,
    price_changed,
    question_waiting,
    rating_drop,
    reconciliation_unknown,
    replenishment_due,
    restocked,
    review_unanswered,
    running_out,
    spp_changed,
    token_expiring,
    unusual_cancels,
    unusual_returns,
)

RULES: tuple[Rule, ...] = (
    running_out.RULE,
    replenishment_due.RULE,
    out_of_stock.RULE,
    restocked.RULE,
    bad_review.RULE,
    review_unanswered.RULE,
    question_waiting.RULE,
    claim_waiting.RULE,
    rating_drop.RULE,
    price_changed.RULE,
    spp_changed.RULE,
    unusual_cancels.RULE,
    unusual_returns.RULE,
    advert_budget_low.RULE,
    finance_penalty.RULE,
    data_lagging.RULE,
    token_expiring.RULE,
    reconciliation_unknown.RULE,
)
