"""What the words of `fetch` mean, and which token may read what; nothing is called here."""

import time
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import jwt
import pytest
from contracts.wb_token import BIT_BY_CATEGORY, Category, TokenKind
from ingestor.fetch import NotFetched, WrongCall, access_of, wanted
from ingestor.resources import RESOURCES
from ingestor.resources.resource import Resource, Start
from ingestor.wb.budget import Budget
from ingestor.wb.errors import MustWait
from ingestor.wb.methods import METHODS

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
SELLER = UUID(int=5)
BEGINNING = pytest.mark.parametrize(
    "resource", [each for each in RESOURCES.values() if each.reading.since], ids=lambda resource: resource.name
)


def token(*categories: Category, acc: int = 3, valid: timedelta = timedelta(days=9)) -> str:
    mask = sum(1 << BIT_BY_CATEGORY[category] for category in categories)
    claims = {"acc": acc, "sid": str(SELLER), "s": mask, "exp": (NOW + valid).timestamp()}
    return jwt.encode(claims, "no key of WB's, and long enough for it", algorithm="HS256")


class TestWanted:
    def test_an_unknown_resource_lists_all_a_line_each(self) -> None:
        with pytest.raises(WrongCall) as caught:
            wanted("order", since=None, ids=None, limit=None, now=NOW)
        head, *lines = str(caught.value).splitlines()
        assert "'order'" in head
        assert [line.split()[0] for line in lines] == list(RESOURCES)
        assert all(len(line.split()) > 1 for line in lines)

    @pytest.mark.parametrize(
        ("text", "moment"),
        [
            ("2026-11-20", datetime(2026, 11, 19, 21, tzinfo=UTC)),
            ("2026-11-20T10:00:00", datetime(2026, 11, 20, 7, tzinfo=UTC)),
            ("2026-11-20 10:00", datetime(2026, 11, 20, 7, tzinfo=UTC)),
            ("2026-11-20T10:00:00Z", datetime(2026, 11, 20, 10, tzinfo=UTC)),
            ("2026-11-20T10:00:00+05:00", datetime(2026, 11, 20, 5, tzinfo=UTC)),
        ],
    )
    def test_a_time_without_an_offset_is_of_moscow(self, text: str, moment: datetime) -> None:
        assert wanted("orders", since=text, ids=None, limit=None, now=NOW).since == moment

    @pytest.mark.parametrize(
        ("name", "since", "ids", "says"),
        [
            ("orders", "yesterday", None, "2026-11-21T10:00:00"),
            ("orders", "0026-11-20", None, "a date or a time"),
            ("orders", "2026-11-22", None, "yet to come"),
            ("stocks", "2026-11-20", None, "stocks cannot begin"),
            ("orders", None, "1,2", "not asked for by ids"),
            ("funnel", None, None, "--ids 1,2,3"),
            ("funnel", None, "1;2", "commas"),
        ],
    )
    def test_what_cannot_be_is_said_so(self, name: str, since: str | None, ids: str | None, says: str) -> None:
        with pytest.raises(WrongCall, match=says):
            wanted(name, since=since, ids=ids, limit=None, now=NOW)

    def test_ids_are_numbers_in_order_and_each_once(self) -> None:
        assert wanted("funnel", since=None, ids="30, 4,4,", limit=5, now=NOW).ids == (4, 30)

    @BEGINNING
    def test_a_first_position_can_begin_at_a_moment(self, resource: Resource) -> None:
        first = resource.reading.begin(None, Start(NOW, sweep=True, page_rows=100))
        assert resource.reading.since is not None
        instead = resource.reading.since(NOW - timedelta(days=5))
        assert instead.keys() <= first.keys()
        later = resource.reading.since(NOW - timedelta(days=4))
        assert instead != later
        about_ids = {"ids": [1]} if resource.reading.subjects else {}
        assert resource.reading.ask(first | instead | about_ids) != resource.reading.ask(first | about_ids)


class TestAccess:
    def test_the_token_says_whose_calls_they_are(self) -> None:
        access = access_of(RESOURCES["orders"], token(Category.STATISTICS), NOW)
        assert (access.seller_id, access.kind) == (SELLER, TokenKind.PERSONAL)

    @pytest.mark.parametrize(
        ("name", "given", "says"),
        [
            ("orders", token(Category.CONTENT), "statistics"),
            ("orders", token(Category.STATISTICS, valid=timedelta(seconds=-1)), "expired"),
            ("orders", "no-token", "three parts"),
            ("stocks", token(Category.ANALYTICS, acc=1), "no base token; stock_remains may do instead"),
        ],
    )
    def test_a_token_that_cannot_read_it_is_refused_before_wb_is_asked(self, name: str, given: str, says: str) -> None:
        with pytest.raises(NotFetched, match=says) as caught:
            access_of(RESOURCES[name], given, NOW)
        assert given not in str(caught.value)

    def test_a_resource_without_a_category_takes_any_token(self) -> None:
        assert access_of(RESOURCES["tariffs_box"], token(), NOW).seller_id == SELLER


class TestBudgetOfOneProcess:
    async def test_without_redis_the_limits_are_kept(self) -> None:
        budget, seller, method = Budget(None), uuid4(), METHODS["orders"]
        for _ in range(method.usual.burst):
            ticket = await budget.take(seller, method, TokenKind.PERSONAL, backfill=False, patience_seconds=0)
            await budget.settle(ticket)
        with pytest.raises(MustWait) as must:
            await budget.take(seller, method, TokenKind.PERSONAL, backfill=False, patience_seconds=0)
        assert must.value.seconds == pytest.approx(method.usual.interval_seconds, abs=1)

    async def test_without_redis_a_call_that_may_wait_waits(self) -> None:
        budget, seller, method = Budget(None, rate=400), uuid4(), METHODS["wb-stocks"]
        began = time.monotonic()
        for _ in range(3):
            await budget.take(seller, method, TokenKind.PERSONAL, backfill=False, patience_seconds=5)
        assert time.monotonic() - began >= 2 * method.usual.interval_seconds / 400
