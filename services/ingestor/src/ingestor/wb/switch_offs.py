"""Methods in use that WB said it will end, and how long they have."""

from functools import partial

from prometheus_client import Gauge
from servicekit import clock

from ingestor.wb.methods import METHODS, SwitchOff
from ingestor.wb.times import moscow_day

SWITCH_OFFS = {name: method.switch_off for name, method in METHODS.items() if method.switch_off is not None}

DAYS_LEFT = Gauge(
    "pulse_wb_switch_off_days",
    "Days until Wildberries ends a method that is in use, below 0 after that; +Inf: it has announced that, and no day.",
    ("method",),
    registry=None,
)


def days_until(what: SwitchOff) -> float:
    """Days until a method ends; infinity if WB has named no day."""
    return float("inf") if what.on is None else (what.on - moscow_day(clock.now())).days


for _name, _what in SWITCH_OFFS.items():
    DAYS_LEFT.labels(_name).set_function(partial(days_until, _what))
