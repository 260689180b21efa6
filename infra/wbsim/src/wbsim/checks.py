"""What may be told to a simulator, by control requests and by scenario files alike: the fields and their checks."""

import time
from dataclasses import fields

from wbsim.buyers import Life
from wbsim.currencies import CURRENCIES
from wbsim.errors import SHAPES
from wbsim.faults import FAULT_KINDS, NOTHINGS, OUTAGES, POISONS, SPOILT
from wbsim.hosts import CATEGORY_BITS, HOSTS
from wbsim.stepping import STEPS
from wbsim.tokens import KINDS
from wbsim.validation import Check, array, boolean, integer, nullable, number, one_of, text

_SHARE = number(0, 1)
_SECONDS = number(0)
_RETRY_HEADER = one_of("x-ratelimit-retry", "retry-after", "none")

BEHAVIOUR: dict[str, Check] = {
    "page_rows": integer(1),
    "bound": one_of(">=", ">"),
    "late_share": _SHARE,
    "late_seconds": _SECONDS,
    "zero_price_share": _SHARE,
    "zero_price_seconds": _SECONDS,
    "retry_header": _RETRY_HEADER,
    "gate_header": _RETRY_HEADER,
    "limit_headers": one_of("true", "lying", "none"),
    "costly_4xx_paths": array(text),
    "fbs_share": _SHARE,
    "fbs_end": one_of("zero", "repeated"),
    "unpaid_share": _SHARE,
    "unpaid_seconds": _SECONDS,
    "report_seconds": _SECONDS,
    "report_canceled_share": _SHARE,
    "report_kept_seconds": _SECONDS,
    "refresh_seconds": _SECONDS,
    "answer_seconds": _SECONDS,
    "moderation_seconds": _SECONDS,
    "answers_rejected_share": _SHARE,
    "drift": array(one_of("fields", "values", "order")),
    "shuffled": boolean,
    "repeated_share": _SHARE,
    "switched_off": array(text),
    "hidden_warehouses": boolean,
    "funnel_delay_seconds": _SECONDS,
    "funnel_gap_share": _SHARE,
    "funnel_gap_seconds": _SECONDS,
    "finance_delay_seconds": _SECONDS,
    "finance_late_share": _SHARE,
    "finance_late_seconds": _SECONDS,
    "date_skew_seconds": number(-86_400, 86_400),
    "webhook_proof": one_of("secret", "signature"),
    "webhook_repeated_share": _SHARE,
    "gzip": boolean,
}
SELLER: dict[str, Check] = {
    "name": text,
    "seed": integer(),
    "products": integer(1, 100_000),
    "history_orders": integer(0, 1_000_000),
    "history_days": integer(1, 730),
    "currency": one_of(*CURRENCIES),
}
LOTS: dict[str, Check] = {
    "count": integer(1, 100_000),
    "first_seed": integer(),
    **{name: check for name, check in SELLER.items() if name not in {"name", "seed"}},
}
STANDING: dict[str, Check] = {"payment_required": boolean, "global_gate": boolean}
TOKEN: dict[str, Check] = {
    "kind": one_of(*KINDS),
    "categories": nullable(array(one_of(*CATEGORY_BITS))),
    "expires_in_s": number(-time.time()),
    "read_only": boolean,
}
LIFE: dict[str, Check] = {field.name: _SHARE if field.name.endswith("_share") else _SECONDS for field in fields(Life)}
FAULT: dict[str, Check] = {
    "path": text,
    "kind": one_of(*FAULT_KINDS),
    "status": integer(200, 599),
    "shape": nullable(one_of(*SHAPES)),
    "seconds": number(0, 3600),
    "size": integer(1),
    "times": nullable(integer(1)),
    "sid": nullable(text),
    "host": nullable(one_of(*HOSTS)),
    "lasts": nullable(number(0)),
    "how": nullable(one_of(*SPOILT, *NOTHINGS, *POISONS, *OUTAGES)),
    "field": nullable(text),
    "ids": array(integer()),
    "days": array(text),
    "wait": nullable(text),
    "share": _SHARE,
}
ORDERS: dict[str, Check] = {"count": integer(1, 100_000), "nm_id": nullable(integer())}
STEP: dict[str, Check] = {"section": nullable(one_of(*STEPS)), "count": integer(1, 100_000)}
