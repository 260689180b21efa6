"""The Python client against a running gateway: what another program, and the bot, do with it."""

import asyncio
from collections.abc import AsyncIterator
from uuid import uuid4

import pytest
from pulse_client import AuthenticatedClient
from pulse_client.api.cabinets import get_cabinet, list_cabinets
from pulse_client.api.orders import get_order, get_order_report, list_orders
from pulse_client.models import AnsweredOrderReport, ListedCabinet, ListedOrder, ProblemDetails
from pulse_client.types import UNSET
from support.openapi import operations
from support.running_shop import RunningShop


@pytest.fixture
async def client(running_shop: RunningShop) -> AsyncIterator[AuthenticatedClient]:
    made = AuthenticatedClient(base_url=running_shop.url, token=running_shop.shop.owner.key)
    with made.get_httpx_client():
        async with made.get_async_httpx_client():
            yield made


async def test_reads_lists_things_and_refusals(client: AuthenticatedClient, running_shop: RunningShop) -> None:
    shop = running_shop.shop
    cabinets = await asyncio.to_thread(list_cabinets.sync, client=client)
    assert isinstance(cabinets, ListedCabinet)
    assert [each.cabinet_id for each in cabinets.data] == [shop.cabinet_id]

    read = []
    cursor: str | None = None
    while True:
        page = await list_orders.asyncio(client=client, limit=2, cabinet_id=shop.cabinet_id, cursor=cursor or UNSET)
        assert isinstance(page, ListedOrder)
        read += [order.order_id for order in page.data]
        if (cursor := page.meta.next_cursor) is None:
            break
    assert len(read) == len(set(read)) == 3

    report = await get_order_report.asyncio(shop.ids["order_id"], client=client)
    assert isinstance(report, AnsweredOrderReport)
    assert report.data.order.order_id == shop.ids["order_id"]
    assert report.data.text

    refused = await asyncio.to_thread(get_order.sync_detailed, uuid4(), client=client)
    assert isinstance(refused.parsed, ProblemDetails)
    assert (refused.status_code, refused.parsed.code) == (404, "order_not_found")

    first = await asyncio.to_thread(get_cabinet.sync_detailed, shop.cabinet_id, client=client)
    again = await get_cabinet.asyncio_detailed(shop.cabinet_id, client=client, if_none_match=first.headers["ETag"])
    assert (first.status_code, again.status_code, again.content) == (200, 304, b"")


def test_every_operation_is_a_function() -> None:
    for operation in operations():
        (tag,) = operation.described["tags"]
        __import__(f"pulse_client.api.{tag.replace('-', '_')}.{operation.name}")
