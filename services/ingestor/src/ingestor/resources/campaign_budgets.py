"""What is left of campaigns' budgets. Source: `POST /api/advert/v2/budget`, 50 campaigns in a call.

WB has them for campaigns that are or may be shown; of one that cannot be shown any more nothing is left.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
from contracts.adverts import CampaignBudgetsUpdatedV1
from sqlalchemy import BigInteger, Column, Numeric, Text
from sqlalchemy.ext.asyncio import AsyncConnection

from ingestor.resources import campaign_ids
from ingestor.resources.fields import Id, number, text_or_none
from ingestor.resources.resource import Change, Page, Position, Resource, Row, Seen, Start, Step
from ingestor.resources.table import data_table
from ingestor.wb.methods import METHODS

ALIVE = (4, 9, 11)
"""Ready, active, paused: the statuses that have a budget."""

TABLE = data_table(
    "campaign_budgets",
    Column("advert_id", BigInteger, primary_key=True, autoincrement=False),
    Column("total", Numeric(18, 2), nullable=False),
    Column("currency", Text),
)


class _WbBudget(msgspec.Struct, rename="camel"):
    advert_id: Id
    total: Decimal
    currency: str | None = None


class _WbAnswer(msgspec.Struct):
    # Required: an answer without it must not be taken for budgets that are gone.
    adverts: list[msgspec.Raw] | None


_answer = msgspec.json.Decoder(_WbAnswer)
_budget = msgspec.json.Decoder(_WbBudget)


def begin(cursor: Position | None, start: Start) -> Position:
    """From the first campaign, or from where an interrupted re-read stopped."""
    return dict(cursor) if cursor else {"complete": True}


async def subjects(connection: AsyncConnection, cabinet_id: UUID, position: Position) -> Sequence[int]:
    """Campaigns that have a budget."""
    return await campaign_ids.ids(connection, cabinet_id, position, ALIVE)


def ask(position: Position) -> dict[str, Any]:
    """The budgets of some campaigns."""
    return {"json": {"advertIds": campaign_ids.asked(position)}}


def read(body: bytes) -> Page:
    """Budgets under `adverts`."""
    return Page(_answer.decode(body).adverts or [])


def parse(raw: msgspec.Raw, observed_at: datetime) -> Row:
    """A budget, in whole units of its currency."""
    wb = _budget.decode(raw)
    return wb.advert_id, number(wb.total), text_or_none(wb.currency)


def advance(position: Position, seen: Seen) -> Step:
    """On to the next campaigns."""
    position = {**position, "complete": position["complete"] and not seen.broken}
    following = campaign_ids.following(position)
    if following is None:
        return Step({}, done=True, whole=position["complete"])
    return Step(following, done=False)


def is_live(change: Change, connected_at: datetime, first_load: bool) -> bool:
    """A budget seen for the first time is no news, whenever that is."""
    return not first_load and not change.is_new


RESOURCE = Resource(
    name="campaign_budgets",
    method=METHODS["campaign-budgets"],
    table=TABLE,
    event=CampaignBudgetsUpdatedV1,
    rows="budgets",
    refresh=timedelta(minutes=10),
    paging="50 campaigns",
    overlap="everything",
    begin=begin,
    subjects=subjects,
    ids_at_once=campaign_ids.AT_ONCE,
    ask=ask,
    read=read,
    parse=parse,
    advance=advance,
    emptied={"total": Decimal(0)},
    is_live=is_live,
)
