"""Reading resources straight from a simulated Wildberries: no database, no Redis, no broker."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from ingestor import fetch as fetching
from ingestor.__main__ import cli
from ingestor.fetch import NotFetched, Output, Wanted, fetch
from ingestor.resources import RESOURCES
from ingestor.resources import stocks as stocks_module
from ingestor.settings import WbSettings
from ingestor.sync.quarantine import Broken
from support.resources import changed
from typer.testing import CliRunner
from wbsim.running import Wbsim, running_wbsim

ORDERS = "/api/v1/supplier/orders"


@pytest.fixture
async def wb() -> AsyncIterator[Wbsim]:
    """A shop with a past, and limits that a test does not feel."""
    async with running_wbsim(seed=7, products=23, history_orders=40, history_days=60, limits_factor=1000) as running:
        await running.settings(report_seconds=0.2)
        yield running


@dataclass
class Read:
    """What a reading gave."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    broken: list[Broken] = field(default_factory=list)
    progress: list[str] = field(default_factory=list)

    def output(self) -> Output:
        return Output(
            rows=lambda rows: self.rows.extend(map(json.loads, rows)),
            quarantined=self.broken.append,
            progress=self.progress.append,
        )


async def read(wb: Wbsim, name: str, *, token: str | None = None, url: str | None = None, **asked: Any) -> Read:
    found = Read()
    settings = WbSettings(wb_api_base_url=url or wb.url, wb_rate_limit=1000, wb_api_timeout=2)
    count = await fetch(Wanted(RESOURCES[name], **asked), token or await wb.token(), settings, found.output())
    assert count == len(found.rows)
    return found


class TestRows:
    @pytest.mark.parametrize(
        "name", [each.name for each in RESOURCES.values() if each.reading.subjects is None], ids=lambda name: name
    )
    async def test_every_resource_is_read_to_its_end(self, wb: Wbsim, name: str) -> None:
        found = await read(wb, name)
        assert found.broken == []
        resource = RESOURCES[name]
        assert all(tuple(row) == resource.storage.names for row in found.rows)
        keys = [tuple(row[key] for key in resource.storage.keys) for row in found.rows]
        assert len(keys) == len(set(keys))

    async def test_they_are_the_rows_of_wb(self, wb: Wbsim) -> None:
        orders = await read(wb, "orders")
        assert {row["srid"] for row in orders.rows} == {row["srid"] for row in await wb.rows("orders")}
        stocks = await read(wb, "stocks")
        assert len(stocks.rows) == len(await wb.rows("stocks")) > 0

    async def test_money_is_text_times_have_offsets_and_json_is_json(self, wb: Wbsim) -> None:
        [order] = (await read(wb, "orders", limit=1)).rows
        assert isinstance(order["total_price"], str)
        assert datetime.fromisoformat(order["ordered_at"]).tzinfo is not None
        [card] = (await read(wb, "products", limit=1)).rows
        assert isinstance(card["sizes"], list)

    async def test_pages_that_overlap_give_each_row_once(self, wb: Wbsim, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(stocks_module, "MAX_PAGE_ROWS", 7)
        found = await read(wb, "stocks")
        assert len(found.rows) == len(await wb.rows("stocks"))
        assert len(found.progress) > 3
        assert found.progress[0] == "page 1, 7 rows"
        assert found.progress[1] == "page 2, 13 rows", "the first row of a page is the last one of the page before"

    async def test_a_report_is_ordered_waited_for_and_downloaded(
        self, wb: Wbsim, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(fetching, "TOLD_FROM_SECONDS", 0)
        found = await read(wb, "stock_remains")
        assert found.rows
        assert any("until WB is ready" in line for line in found.progress)
        paths = [request["path"].rpartition("/")[2] for request in await wb.requests()]
        assert {paths[0], paths[-1]} == {"warehouse_remains", "download"}

    async def test_broken_rows_are_told_apart_and_stop_nothing(self, wb: Wbsim) -> None:
        await wb.fault(ORDERS, "broken_row", times=2)
        found = await read(wb, "orders")
        # The last page is looked past: of the rows that were broken at first, some come whole.
        assert 1 <= len(found.broken) <= 2
        assert all(each.reason and json.loads(each.body)["date"] for each in found.broken)
        assert len(found.rows) >= 39

    async def test_a_row_of_which_only_the_key_can_be_read_is_told_once(
        self, wb: Wbsim, monkeypatch: pytest.MonkeyPatch
    ) -> None:

        def refuse(*_: Any) -> Any:
            raise ValueError("not today")

        monkeypatch.setitem(RESOURCES, "orders", changed(RESOURCES["orders"], parse=refuse))
        found = await read(wb, "orders")
        assert found.rows == []
        assert len(found.broken) == len({each.body for each in found.broken}) == 40


class TestWhatIsWanted:
    async def test_no_more_rows_and_no_more_calls_than_the_limit_needs(self, wb: Wbsim) -> None:
        found = await read(wb, "products", limit=3)
        assert len(found.rows) == 3
        assert len(await wb.requests()) == 1

    async def test_a_reading_can_begin_later(self, wb: Wbsim) -> None:
        day = datetime.now(UTC) - timedelta(days=20)
        found = await read(wb, "orders", since=day)
        expected = [row for row in (await read(wb, "orders")).rows if row["last_change_at"] >= day.isoformat()]
        assert 0 < len(found.rows) == len(expected) < 40

    async def test_ids_are_asked_about_in_portions(self, wb: Wbsim) -> None:
        ids = tuple(sorted(row["nm_id"] for row in (await read(wb, "products")).rows))
        assert len(ids) == 23
        before = len(await wb.requests())
        found = await read(wb, "funnel", ids=ids)
        assert {row["nm_id"] for row in found.rows} == set(ids)
        assert len(await wb.requests()) - before == 2


class TestRefusals:
    @pytest.mark.parametrize(
        ("kind", "what", "says"),
        [
            ("status", {"status": 401}, "refuses the token"),
            ("status", {"status": 402}, "balance"),
            ("status", {"status": 403}, "statistics"),
            ("status", {"status": 400}, "does not understand"),
            ("switched_off", {}, "switched orders off"),
            ("status", {"status": 500}, "does not answer"),
            ("cut", {}, "does not answer"),
        ],
    )
    async def test_each_says_what_it_is(
        self, wb: Wbsim, monkeypatch: pytest.MonkeyPatch, kind: str, what: dict[str, Any], says: str
    ) -> None:
        monkeypatch.setattr(fetching, "backoff_seconds", lambda failures: 0.0)
        await wb.fault(ORDERS, kind, **what)
        token = await wb.token()
        with pytest.raises(NotFetched, match=says) as caught:
            await read(wb, "orders", token=token)
        assert token not in str(caught.value)

    async def test_nobody_there_is_said_so(self, wb: Wbsim, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(fetching, "backoff_seconds", lambda failures: 0.0)
        with pytest.raises(NotFetched, match="ConnectError"):
            await read(wb, "orders", url="http://127.0.0.1:9")

    async def test_a_failure_that_passes_is_passed_over(self, wb: Wbsim, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(fetching, "backoff_seconds", lambda failures: 1.0 * failures)
        monkeypatch.setattr(asyncio, "sleep", _at_once(asyncio.sleep))
        await wb.fault(ORDERS, "status", status=503, times=2)
        found = await read(wb, "orders")
        assert len(found.rows) == 40
        assert [line.split(" to ")[0] for line in found.progress[:2]] == ["waiting 1 s", "waiting 2 s"]

    async def test_wbs_limit_is_waited_out(self, wb: Wbsim, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(fetching, "TOLD_FROM_SECONDS", 0.1)
        await wb.fault(ORDERS, "status", status=429, seconds=0.3, times=2)
        found = await read(wb, "orders")
        assert len(found.rows) == 40
        assert [line for line in found.progress if line.startswith("waiting")] == ["waiting 0 s for WB's limit"] * 2

    async def test_our_own_limit_is_kept_so_that_wb_need_not_refuse(self, wb: Wbsim) -> None:
        sid = await wb.seller(name="wide", products=1200)
        found = await read(wb, "products", token=await wb.token(sid=sid))
        assert len(found.rows) == 1200
        assert {request["status"] for request in await wb.requests()} == {200}


def _at_once(sleep: Any) -> Any:
    async def no_sleep(seconds: float) -> None:
        await sleep(0)

    return no_sleep


@dataclass
class Ended:
    """A command that ended."""

    code: int
    stdout: bytes
    stderr: str


async def started(
    wb: Wbsim, *arguments: str, token: str, stdout: int = asyncio.subprocess.PIPE, rate: int = 1000
) -> asyncio.subprocess.Process:
    """`python -m ingestor fetch`, with nothing of a service in its environment."""
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "ingestor",
        "fetch",
        *arguments,
        stdout=stdout,
        stderr=asyncio.subprocess.PIPE,
        env={"PATH": os.environ["PATH"], "WB_API_BASE_URL": wb.url, "WB_RATE_LIMIT": f"{rate}", "WB_TOKEN": token},
        # As from a terminal: what a shell started in the background ignores it, and so would its children.
        preexec_fn=_heed_ctrl_c,
    )


def _heed_ctrl_c() -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)


async def run(wb: Wbsim, *arguments: str, token: str) -> Ended:
    process = await started(wb, *arguments, token=token)
    stdout, stderr = await process.communicate()
    assert process.returncode is not None
    return Ended(process.returncode, stdout, stderr.decode())


class TestCommand:
    async def test_rows_on_stdout_and_what_is_broken_on_stderr(self, wb: Wbsim) -> None:
        await wb.fault(ORDERS, "broken_row", times=1)
        ended = await run(wb, "orders", "--no-progress", token=f" {await wb.token()}\n")
        assert ended.code == 0, ended.stderr
        rows = [json.loads(line) for line in ended.stdout.splitlines()]
        [broken] = [json.loads(line) for line in ended.stderr.splitlines()]
        assert all(tuple(row) == RESOURCES["orders"].storage.names for row in rows)
        assert broken.keys() == {"quarantined", "reason"}
        assert json.loads(broken["quarantined"])

    async def test_a_reader_that_has_enough_ends_it_quietly(self, wb: Wbsim) -> None:
        sid = await wb.seller(name="wide", products=400)
        ours, theirs = os.pipe()
        process = await started(wb, "products", token=await wb.token(sid=sid), stdout=theirs)
        os.close(theirs)
        assert await asyncio.to_thread(os.read, ours, 1) == b"{"
        os.close(ours)
        _, stderr = await process.communicate()
        assert (process.returncode, stderr) == (0, b"")

    async def test_ctrl_c_ends_it_quietly(self, wb: Wbsim) -> None:
        await wb.fault(ORDERS, "status", status=429, seconds=3000)
        process = await started(wb, "orders", "--progress", token=await wb.token(), rate=1)
        assert process.stderr is not None
        assert b"waiting 3000 s for WB's limit" in await process.stderr.readline()
        process.send_signal(signal.SIGINT)
        assert await process.wait() == 130
        assert await process.stderr.read() == b""

    async def test_a_token_that_wb_refuses(self, wb: Wbsim) -> None:
        await wb.fault(ORDERS, "status", status=401)
        token = await wb.token()
        ended = await run(wb, "orders", token=token)
        assert (ended.code, ended.stdout) == (1, b"")
        assert ended.stderr.startswith("WB refuses the token (401")
        assert token not in ended.stderr


class TestWords:
    """In this process: nothing is called."""

    @pytest.mark.parametrize(
        ("arguments", "says"),
        [
            (["nope", "--token", "x"], "campaign_stats"),
            (["orders"], "WB_TOKEN"),
            (["orders", "--token", " "], "WB_TOKEN"),
            (["stocks", "--since", "2026-01-01", "--token", "x"], "cannot begin"),
            (["orders", "--limit", "0", "--token", "x"], "--limit"),
        ],
    )
    def test_a_wrong_call_is_2_and_says_why(
        self, monkeypatch: pytest.MonkeyPatch, arguments: list[str], says: str
    ) -> None:
        monkeypatch.delenv("WB_TOKEN", raising=False)
        result = CliRunner().invoke(cli, ["fetch", *arguments])
        assert (result.exit_code, result.stdout) == (2, "")
        assert says in result.stderr

    def test_a_token_that_is_none_is_1_and_not_repeated(self) -> None:
        result = CliRunner().invoke(cli, ["fetch", "orders", "--token", "eyJsecret.secret.secret"])
        assert (result.exit_code, result.stdout) == (1, "")
        assert "not a WB token" in result.stderr
        assert "secret" not in result.stderr

    def test_help_shows_the_name_of_the_variable_and_not_its_value(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("WB_TOKEN", "eyJsecret")
        result = CliRunner().invoke(cli, ["fetch", "--help"])
        assert result.exit_code == 0
        assert "WB_TOKEN" in result.output
        assert "eyJsecret" not in result.output
