"""What is left of campaigns' budgets. Source: `POST /api/advert/v2/budget`, 50 campaigns in a call.

WB has them for campaigns that are or may be shown; of one that cannot be shown any more nothing is left.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from contracts.adverts import CampaignBudgetsUpdatedV1
from sqlalchemy.ext.asyncio import AsyncConnection

from ingestor.resources import answers, campaign_ids
from ingestor.resources.columns import columns, currency, ident, key, numbers, parser
from ingestor.resources.resource import (
    Change,
    Page,
    Position,
    Publishing,
    Reading,
    Resource,
    Seen,
    Start,
    Step,
    Storage,
)
from ingestor.resources.table import data_table
from ingestor.wb.methods import METHODS

NAME = "campaign_budgets"

ALIVE = (4, 9, 11)
"""Ready, active, paused: the statuses that have a budget."""

COLUMNS = columns(
    key(ident("advert_id")),
    *numbers("total", required=True),
    currency(),
)
TABLE, parse = data_table(NAME, COLUMNS), parser(COLUMNS)


def begin(cursor: Position | None, start: Start) -> Position:
    """From the first campaign, or from where an interrupted re-read stopped."""
    return dict(cursor) if cursor else {"complete": True}


async def subjects(connection: AsyncConnection, cabinet_id: UUID, position: Position) -> Sequence[int]:
    """Campaigns that have a budget."""
    return await campaign_ids.ids(connection, cabinet_id, NAME, position, ALIVE)


def ask(position: Position) -> dict[str, Any]:
    """The budgets of some campaigns."""
    return {"json": {"advertIds": campaign_ids.asked(position)}}


def read(body: bytes) -> Page:
    """Budgets under `adverts`."""
    return Page(answers.rows(body, "adverts"))


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
    name=NAME,
    method=METHODS["campaign-budgets"],
    refresh=timedelta(minutes=10),
    reading=Reading(
        paging="50 campaigns",
        overlap="everything",
        begin=begin,
        subjects=subjects,
        ids_at_once=campaign_ids.LOOK_AHEAD_IDS,
        parts=campaign_ids.asked,
        ask=ask,
        read=read,
        advance=advance,
    ),
    storage=Storage(
        table=TABLE,
        parse=parse,
        vital=("total",),
        when_gone={"total": Decimal(0)},
    ),
    publishing=Publishing(
        event=CampaignBudgetsUpdatedV1,
        rows="budgets",
        is_live=is_live,
    ),
)
