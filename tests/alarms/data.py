"""What is old, waits or ends at Wildberries, broken on purpose. Hours and days are not waited for: rows are aged."""

import shutil
import subprocess
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

from demo.installation import Installation, wait_until
from ingestor.wb.times import moscow_day
from local.commands import module_command
from servicekit import clock

from alarms.beside import repeated
from alarms.database import rows
from alarms.faults import UNAVAILABLE, faulty
from alarms.restarts import restarted
from alarms.trial import Trial

ORDERS, SALES = "/api/v1/supplier/orders", "/api/v1/supplier/sales"
ORDER_FEED = "/api/analytics/v1/order-feed"
ANSWER = "/api/v1/feedbacks/answer"
NIGHTLY = "sales"
"""A resource that is read again at night."""
ENROLLED_SECONDS = 700
"""What has been loaded gets its turn at night within ten minutes."""
DAYS_LEFT = 10
"""Until a method ends."""
MANY = 8
"""Resources that fail, of some thirty."""
SOON_SECONDS = 300
"""What happens by itself within a minute, on a busy machine."""

_AGE_SYNCS = """
    UPDATE ingestor.sync_state SET last_success_at = last_success_at - interval '3 hours',
        late_at = now() - interval '1 hour'
    WHERE last_success_at IS NOT NULL AND CASE WHEN $1::text[] IS NULL THEN failures > 0 ELSE resource = ANY ($1) END
"""
_FAILING = "SELECT FROM ingestor.sync_state WHERE failures > 0 AND resource = ANY (coalesce($1, array[resource]))"
_AGE_RANGES = """
    UPDATE ingestor.sync_ranges SET asked_at = asked_at - interval '2 days' WHERE state IN ('waiting', 'reading')
"""
_AGE_COMMANDS = "UPDATE ingestor.wb_commands SET asked_at = asked_at - interval '2 hours' WHERE due_at IS NOT NULL"
_AGE_STOP = """
    UPDATE ingestor.wb_methods SET failing_since = failing_since - interval '20 minutes'
    WHERE method = $1 AND failures >= 3 RETURNING method
"""
_STOPPED = "SELECT FROM ingestor.wb_methods WHERE method = $1 AND stopped_at IS NOT NULL"
_NEXT_NIGHT = """
    UPDATE ingestor.reconciliations SET due_at = now() WHERE resource = $1 AND range_id IS NULL AND due_at > now()
"""


def sql(pulse: Installation, statement: str, *values: Any) -> list[Any]:
    """What a statement of Pulse's administrator gives, of the ingestor's tables."""
    return rows(pulse.admin_database_url, statement, *values, schema="ingestor")


def _away(pulse: Installation, *paths: str) -> AbstractContextManager[None]:
    return faulty(pulse.wildberries.control, *({"path": path, **UNAVAILABLE} for path in paths))


@contextmanager
def old(paths: tuple[str, ...], resources: list[str] | None, pulse: Installation) -> Iterator[None]:
    """Wildberries has not answered these methods for hours; `resources` are those of them, all that fail if there is
    none."""
    with _away(pulse, *paths):
        # What was under way when it began is over. What is not due yet does not fail, and would be old for long.
        some = MANY if resources is None else 1
        wait_until("readings fail", lambda: len(sql(pulse, _FAILING, resources)) >= some, SOON_SECONDS)
        sql(pulse, _AGE_SYNCS, resources)
        yield


@contextmanager
def waiting_range(pulse: Installation) -> Iterator[None]:
    """Somebody has waited for days for a week of sales to be read again, which Wildberries does not answer."""
    since = moscow_day(clock.now()) - timedelta(days=7)
    command = module_command("ingestor", "backfill", "sales", "--since", since.isoformat())
    waits = "SELECT FROM ingestor.sync_ranges WHERE state IN ('waiting', 'reading')"
    with _away(pulse, SALES):
        environment, folder = pulse.platform.environments["ingestor"], pulse.platform.instance.folder
        asking = subprocess.Popen(command, env=environment, cwd=folder, stderr=subprocess.DEVNULL)
        try:
            wait_until("the range is asked for", lambda: bool(sql(pulse, waits)), SOON_SECONDS)
            sql(pulse, _AGE_RANGES)
            yield
        finally:
            asking.terminate()
            asking.wait()


@contextmanager
def nights(pulse: Installation) -> Iterator[None]:
    """When a night's reading has ended, it is the next night."""
    enrolled = "SELECT FROM ingestor.reconciliations WHERE resource = $1"
    wait_until("it has a turn at night", lambda: bool(sql(pulse, enrolled, NIGHTLY)), ENROLLED_SECONDS, pause_seconds=2)
    with repeated(lambda: sql(pulse, _NEXT_NIGHT, NIGHTLY), 5.0):
        yield


@contextmanager
def failing_nights(pulse: Installation) -> Iterator[None]:
    """Night after night Wildberries refuses what is read again: it does not understand the question."""
    with faulty(pulse.wildberries.control, {"path": SALES, "kind": "status", "status": 400}):
        yield


@contextmanager
def waiting_command(pulse: Installation) -> Iterator[None]:
    """A seller answered a review hours ago, and Wildberries takes no answers."""
    reviews = pulse.api.get("/api/v1/reviews", params={"state": "waiting"}).raise_for_status().json()["data"]
    with _away(pulse, ANSWER):
        review = reviews[0]["review_id"]
        pulse.api.post(f"/api/v1/reviews/{review}/answer", json={"text": "Спасибо!"}).raise_for_status()
        wait_until(
            "the command is there",
            lambda: bool(sql(pulse, "SELECT FROM ingestor.wb_commands WHERE due_at IS NOT NULL")),
            SOON_SECONDS,
        )
        sql(pulse, _AGE_COMMANDS)
        yield


@contextmanager
def _another_version(pulse: Installation, change: Callable[[str], str]) -> Iterator[None]:
    """The ingestor that runs was made with a changed `methods.toml`; in the end it is replaced by this one."""
    import ingestor

    folder = pulse.platform.instance.folder / "another-version"
    package = Path(ingestor.__path__[0])
    shutil.copytree(package, folder / package.name, ignore=shutil.ignore_patterns("__pycache__"))
    methods = folder / package.name / "wb" / "methods.toml"
    text = methods.read_text()
    methods.write_text(change(text))
    if methods.read_text() == text:
        raise ValueError("methods.toml has not changed")
    try:
        with restarted("ingestor", {"PYTHONPATH": str(folder)}, {}, pulse):
            yield
    finally:
        shutil.rmtree(folder)


@contextmanager
def moved(pulse: Installation) -> Iterator[None]:
    """Wildberries has moved a method, and an ingestor asks for it where it was."""
    with _another_version(pulse, lambda text: text.replace(f'path = "{SALES}"', f'path = "{SALES}/old"')):
        wait_until(
            "it fails again and again", lambda: bool(sql(pulse, _AGE_STOP, "sales")), SOON_SECONDS, pause_seconds=2
        )
        yield


@contextmanager
def ending(pulse: Installation) -> Iterator[None]:
    """Wildberries ends a method in some days, and the ingestor asks for it."""
    day = moscow_day(clock.now()) + timedelta(days=DAYS_LEFT)
    with _another_version(pulse, lambda text: text.replace("switch_off = {", f"switch_off = {{ on = {day},", 1)):
        yield


DATA = (
    Trial(
        "Wildberries refuses for hours",
        frozenset({"SyncsFail", "DataIsOld", "DataStop", "SomebodysDataIsOld"}),
        partial(old, ("/",), None),
    ),
    Trial("no orders", frozenset({"DataStop"}), partial(old, (ORDERS, ORDER_FEED), ["orders", "order_feed"])),
    Trial("no sales", frozenset({"SomebodysDataIsOld"}), partial(old, (SALES,), ["sales"])),
    Trial("a range that waits", frozenset({"RangesWait"}), waiting_range),
    Trial("nights that fail", frozenset({"NightsFail"}), failing_nights, around=nights),
    Trial("an answer that waits", frozenset({"CommandsWait"}), waiting_command),
    Trial("a method that moved", frozenset({"MethodStopped"}), moved),
    Trial("a method that ends", frozenset({"MethodEnds"}), ending),
)
