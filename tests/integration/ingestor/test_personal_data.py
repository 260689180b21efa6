"""What WB tells of people is kept nowhere: not in a column, not in an event, not in a log line.

A row that cannot be read is the exception: its whole body is in quarantine, and expires 30 days after WB sent it last.
"""

import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from ingestor.jobs.retention import rules
from ingestor.settings import IngestorSettings
from servicekit.db import Database
from servicekit.retention import forget_old
from sqlalchemy import text
from support.ingesting import Ingestor, connect_cabinet
from support.mutations import answer_of, rows_of_a_shop, written
from support.outbox_rows import published
from support.pages import page_reader
from support.rows import rows
from wbsim.running import Wbsim

SECRET = "secret-7f3a9c"
PLACE = 91.8273645
"""A coordinate that is found nowhere else."""

ADDRESS = {"fullAddress": SECRET, "longitude": PLACE, "latitude": PLACE, "phone": SECRET}
PERSONAL: dict[str, dict[str, Any]] = {
    "fbs_orders": {"address": ADDRESS, "comment": SECRET},
    "fbs_new_orders": {"address": ADDRESS, "comment": SECRET},
    "feedbacks": {"userName": SECRET},
    "claims": {"origin_id_info": SECRET},
    "finance": {
        "ppvzSupplierName": SECRET,
        "ppvzSupplierInn": SECRET,
        "b2bCustomerTin": SECRET,
        "buyerTaxRegistrationReasonCode": SECRET,
    },
}
"""Fields of WB's about buyers and partners, by the resources whose answers have them; those of one row each."""

NOT_YET: dict[str, Any] = {
    "userName": SECRET,
    "fullName": SECRET,
    "phone": SECRET,
    "email": SECRET,
    "address": ADDRESS,
    "buyerInfo": {"firstName": SECRET, "lastName": SECRET, "phone": SECRET, "imei": SECRET},
}
"""Fields like those that WB has in other methods, and may add to any."""

NOT_YET_BESIDE = {"offices": {key: value for key, value in NOT_YET.items() if key != "address"}}
"""An office has an address that is WB's own, and is kept."""

MOVED: dict[str, dict[str, Any]] = {
    "fbs_orders": {"supplyId": "WB-GI-1"},
    "fbs_new_orders": {"salePrice": 100},
    "feedbacks": {"text": "Передумал"},
    "claims": {"wb_comment": "Рассмотрено"},
    "finance": {"forPay": "1.23"},
}
"""What makes a row a changed one."""

BROKEN: dict[str, dict[str, Any]] = {
    "fbs_orders": {"createdAt": "yesterday"},
    "fbs_new_orders": {"createdAt": "yesterday"},
    "feedbacks": {"createdDate": "yesterday"},
    "claims": {"dt": "yesterday"},
    "finance": {"rrdId": "yesterday"},
}
"""What keeps a row from being read."""


def tells_a_secret(words: str) -> bool:
    """Whether a secret stands in a text."""
    return SECRET in words or str(PLACE) in words


async def places_of_secrets(database: Database) -> set[str]:
    """The tables in which a secret stands, as text or as bytes."""
    found = set()
    names = await rows(database, "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()")
    for name in (each["tablename"] for each in names):
        secret = await rows(
            database,
            f"SELECT 1 FROM {name} AS t WHERE t::text LIKE ANY (:patterns)",
            patterns=[f"%{word}%" for secret in (SECRET, str(PLACE)) for word in (secret, secret.encode().hex())],
        )
        if secret:
            found.add(name)
    return found


@pytest.fixture
def said(caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]) -> Callable[[], str]:
    """Everything that was logged and printed."""
    caplog.set_level(logging.DEBUG)

    def everything() -> str:
        printed = capfd.readouterr()
        return "\n".join((caplog.text, printed.out, printed.err))

    return everything


class TestOfEveryResourceThatHasIt:
    @pytest.mark.parametrize("name", PERSONAL)
    async def test_is_in_no_table_no_event_and_no_log_line(
        self, ingestor_db: Database, said: Callable[[], str], name: str
    ) -> None:
        reader = await page_reader(ingestor_db, name)
        row = rows_of_a_shop()[name][0] | PERSONAL[name] | {"neverSeen": NOT_YET}
        for state in (row, row | MOVED[name], row | {"neverSeen": SECRET}):
            assert SECRET.encode() in written(answer_of(name, [state]))
            await reader.take_in(written(answer_of(name, [state])))
        assert (reader.run.counts.rows_new, reader.run.counts.rows_changed) == (1, 2)
        assert len(await published(ingestor_db, reader.resource.publishing.event.TYPE)) == 3
        assert await places_of_secrets(ingestor_db) == set()
        assert not tells_a_secret(said())

    @pytest.mark.parametrize("name", PERSONAL)
    async def test_of_a_row_that_cannot_be_read_is_in_quarantine_only_and_expires_there(
        self, ingestor_db: Database, said: Callable[[], str], name: str
    ) -> None:
        """The body is kept as WB sent it, so that it can be read once the reason is mended: 30 days at most."""
        reader = await page_reader(ingestor_db, name)
        row = rows_of_a_shop()[name][0] | PERSONAL[name]
        await reader.take_in(written(answer_of(name, [row | BROKEN[name]])))
        assert reader.run.counts.rows_quarantined == 1
        assert await places_of_secrets(ingestor_db) == {"quarantine"}
        [kept] = await rows(ingestor_db, "SELECT reason, page::text AS page FROM quarantine")
        assert not tells_a_secret(str(kept)), "in the body, and not in what is told of it"
        assert not tells_a_secret(said())
        for days, left in ((29, {"quarantine"}), (2, set())):
            async with ingestor_db.transaction() as connection:
                await connection.execute(
                    text("UPDATE quarantine SET last_seen_at = last_seen_at - CAST(:ago AS interval)"),
                    {"ago": timedelta(days=days)},
                )
            await forget_old(ingestor_db, rules(IngestorSettings.model_construct()))
            assert await places_of_secrets(ingestor_db) == left

    @pytest.mark.parametrize("name", sorted(rows_of_a_shop().keys() - PERSONAL.keys()))
    async def test_that_wb_adds_to_any_row_is_not_kept(self, ingestor_db: Database, name: str) -> None:
        reader = await page_reader(ingestor_db, name)
        rows_with_people = [row | NOT_YET_BESIDE.get(name, NOT_YET) for row in rows_of_a_shop()[name][:3]]
        await reader.take_in(written(answer_of(name, rows_with_people)))
        assert reader.run.counts.rows_quarantined == 0
        assert await places_of_secrets(ingestor_db) == set()


async def test_of_a_run_is_in_no_log_line_whatever_goes_wrong(
    ingestor: Ingestor, wb: Wbsim, said: Callable[[], str]
) -> None:
    await wb.settings(fbs_share=1)
    await wb.place_orders(count=5)
    await wb.step(section="feedbacks", count=5)
    shop = wb.world.shop()
    for feedback in shop.feedbacks:
        feedback.rewrite({"userName": SECRET}, processed=feedback.processed)
    for task in shop.fbs.tasks.values():
        task.address, task.comment = ADDRESS, SECRET
    await connect_cabinet(ingestor, wb)
    for path, kind in (
        ("/api/v3/orders/new", "cut"),
        ("/api/v3/orders/new", "broken_row"),
        ("/api/v1/feedbacks", "wrong_type"),
        ("/api/v1/feedbacks", "cut"),
        ("/api/v1/feedbacks", "broken_row"),
    ):
        await wb.fault(path, kind, times=1)
        for resource in ("fbs_new_orders", "fbs_orders", "feedbacks"):
            await ingestor.sync(resource)
    await wb.clear_faults()
    for resource in ("fbs_new_orders", "fbs_orders", "feedbacks"):
        await ingestor.sync(resource)
    told = said()
    assert "sync.failed" in told, "what went wrong is logged"
    assert not tells_a_secret(told)
    assert await rows(ingestor.database, "SELECT 1 FROM fbs_orders")
    assert await rows(ingestor.database, "SELECT 1 FROM feedbacks")
    assert await places_of_secrets(ingestor.database) <= {"quarantine"}
