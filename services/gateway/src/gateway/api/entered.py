"""What sellers enter of their cabinets: costs, taxes, other costs, lead times, plans."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response

from contracts import cache_keys
from gateway import entered
from gateway.answers.form import Listed
from gateway.api.auth import Caller, Reading, Writer
from gateway.api.entered_rows import (
    MAX_NM_ID,
    Cost,
    Day,
    Enter,
    Entered,
    EnteredRows,
    LeadTime,
    Month,
    MonthPlan,
    OtherCost,
    Row,
    Tax,
)
from gateway.api.examples import example
from gateway.api.form import AskedList, described, visible_cabinets
from gateway.api.parts import UsedParts
from gateway.api.problems import Problem, documented
from gateway.entered import Cursor, Kind, Place, Revision, Values
from gateway.lists import Page, Window

router = APIRouter(prefix="/cabinets/{cabinet_id}", tags=["entered"])


async def _item_and_day(
    nm_id: Annotated[int, Query(ge=0, le=MAX_NM_ID)], valid_from: Annotated[Day, Query(description="as entered")]
) -> Place:
    return Place(nm_id, valid_from)


async def _day_alone(valid_from: Annotated[Day, Query(description="as entered")]) -> Place:
    return Place(0, valid_from)


async def _item_and_month(
    nm_id: Annotated[int, Query(ge=0, le=MAX_NM_ID)], month: Annotated[Month, Query(description="its first day")]
) -> Place:
    return Place(nm_id, month)


async def _any_item(
    nm_id: Annotated[int | None, Query(ge=0, le=MAX_NM_ID, description="one item; without it, all")] = None,
) -> int | None:
    return nm_id


async def _no_item() -> None:
    return None


def _add(
    path: str,
    kind: Kind,
    row: type[Row],
    what: str,
    place_of: Callable[..., Awaitable[Place]] = _item_and_day,
    item_of: Callable[..., Awaitable[int | None]] = _any_item,
) -> None:
    """The operations of one kind: enter, list, take back."""
    stored_row: type[Entered[Any]] = Entered[row]  # type: ignore[valid-type]  # the class is given
    stored_rows: type[EnteredRows[Any]] = EnteredRows[row]  # type: ignore[valid-type]  # likewise
    shown = example(kind.value)["data"]

    @router.put(
        path,
        name=f"enter_{kind}",
        summary=f"Enter {what}",
        response_model=stored_rows,
        responses={
            200: {"content": {"application/json": {"example": {"rows": shown}}}},
            **documented(404, 413),
        },
        openapi_extra={
            "requestBody": {"content": {"application/json": {"example": {"rows": [each["row"] for each in shown]}}}}
        },
    )
    async def enter(caller: Writer, parts: UsedParts, cabinet_id: UUID, body: Enter[row]) -> EnteredRows[Any]:  # type: ignore[valid-type]  # the class is given
        """Each row takes the place of the one entered before for the same item and day, and gets the next revision.

        A row that says what was said before changes nothing, so a request is safe to repeat. All rows are stored or
        none: 422 `row_repeated` says that an item has two rows of one day, `plan_empty` that a plan says nothing.
        Figures that they affect follow within seconds. An item need not be known yet.
        """
        given: Enter[Row] = body
        given.check()
        rows = {each.place: each.model_dump(mode="json") for each in given.rows}
        return stored_rows(rows=await _entered(parts, caller, cabinet_id, kind, rows))

    @router.get(
        path,
        name=f"list_{kind}",
        summary=f"List {what}",
        **described(Listed[stored_row], kind.value, is_list=True),  # type: ignore[valid-type]  # likewise
    )
    async def listed(
        answer: Reading,
        parts: UsedParts,
        asked: AskedList,
        cabinet_id: UUID,
        nm_id: Annotated[int | None, Depends(item_of)],
        history: Annotated[
            bool, Query(description="every revision, also of what was taken back; without it, what counts now")
        ] = False,
    ) -> Response:
        """What was entered, by item, day and revision, the last first. On a day, an item's newest row that has begun
        counts."""
        visible_cabinets(answer, cabinet_id)
        await answer.depends_on(cache_keys.entered_tag(cabinet_id))

        async def read(window: Window) -> Page[Any]:
            async with parts.database.transaction() as connection:
                found = await entered.page(
                    connection, window, cabinet_id=cabinet_id, kind=kind, history=history, nm_id=nm_id
                )
            rows = found[: window.limit]
            is_last = len(found) <= window.limit
            next_cursor = None if is_last else Cursor(rows[-1].place, rows[-1].revision).encode()
            return Page([stored_row.model_validate(row) for row in rows], next_cursor, None, None)

        return await asked.answer(answer, read, keep_seconds=cache_keys.TTL_REFERENCE_SECONDS)

    @router.delete(
        path, name=f"take_back_{kind}", summary=f"Take back {what}", status_code=204, responses=documented(404)
    )
    async def take_back(
        caller: Writer, parts: UsedParts, cabinet_id: UUID, place: Annotated[Place, Depends(place_of)]
    ) -> None:
        """The row counts no more, as if it had never been entered: the one before it holds on. Its history stays."""
        if not await _entered(parts, caller, cabinet_id, kind, {place: None}):
            raise Problem(404, "entered_row_not_found", "Nothing was entered for this item and day.")


async def _entered(
    parts: UsedParts, caller: Caller, cabinet_id: UUID, kind: Kind, rows: Mapping[Place, Values | None]
) -> list[Revision]:
    async with parts.database.transaction() as connection:
        stored = await entered.enter(connection, cabinet_id=cabinet_id, user=caller.telegram_id, kind=kind, rows=rows)
    await parts.cache.invalidate([cache_keys.entered_tag(cabinet_id)])
    return stored


_add("/costs", Kind.COSTS, Cost, "costs of goods")
_add("/tax", Kind.TAXES, Tax, "taxes", _day_alone, _no_item)
_add("/other-costs", Kind.OTHER_COSTS, OtherCost, "other costs")
_add("/lead-times", Kind.LEAD_TIMES, LeadTime, "lead times and what is on its way")
_add("/plan", Kind.PLANS, MonthPlan, "plans of months", _item_and_month)
