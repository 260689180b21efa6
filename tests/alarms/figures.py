"""What is counted later, broken on purpose: figures, sellers' alerts, heads of the audit."""

from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

from demo.installation import Installation, wait_until

from alarms.database import ask, locked, refusing, value
from alarms.trial import Trial

PERIODS, HEADS = "reporter.analytics_cache", "audit.heads"
MOST_ORDERED = f"SELECT nm_id FROM {PERIODS} WHERE nm_id <> 0 ORDER BY orders DESC LIMIT 1"
AGED = "UPDATE reporter.stale_cabinets SET stale_since = stale_since - interval '1 hour' WHERE part = 'cells'"
PRICES = "reporter.price_history"
"""What the rule `price_changed` reads."""


@contextmanager
def uncounted(pulse: Installation) -> Iterator[None]:
    """A client forgot its transaction, which holds the periods; that was an hour ago."""
    waiting = "SELECT count(*) FROM reporter.stale_cabinets WHERE part = 'cells'"
    with locked(PERIODS, pulse, mode="EXCLUSIVE"):  # who reads them goes on, and marks what is to be counted
        wait_until("periods wait to be counted", lambda: value(pulse.admin_database_url, waiting) > 0)
        ask(pulse.admin_database_url, AGED)
        yield


@contextmanager
def uncountable(pulse: Installation) -> Iterator[None]:
    """The periods of one item cannot be written."""
    with refusing(PERIODS, f"NEW.nm_id = {value(pulse.admin_database_url, MOST_ORDERED)}", pulse):
        yield


@contextmanager
def unread(pulse: Installation) -> Iterator[None]:
    """The reporter may not read the prices that a rule looks at, as after a restore without rights."""
    role = urlsplit(pulse.platform.environments["reporter"]["DATABASE_URL"]).username
    ask(pulse.admin_database_url, f"REVOKE SELECT ON {PRICES} FROM {role}")
    try:
        yield
    finally:
        ask(pulse.admin_database_url, f"GRANT SELECT ON {PRICES} TO {role}")


@contextmanager
def unsigned(pulse: Installation) -> Iterator[None]:
    """Heads cannot be stored, for four hours."""
    with refusing(HEADS, "NEW.filed_at IS NULL", pulse):
        ask(pulse.admin_database_url, f"UPDATE {HEADS} SET at = at - interval '4 hours' WHERE filed_at IS NOT NULL")
        yield


TRIALS_OF_FIGURES = (
    Trial("periods are held", frozenset({"FiguresFallBehind"}), uncounted),
    Trial("an item that cannot be counted", frozenset({"FiguresFail"}), uncountable),
    Trial("a rule that may not read", frozenset({"AlertRulesFail"}), unread),
    Trial("heads that cannot be stored", frozenset({"HeadsStop"}), unsigned),
)
