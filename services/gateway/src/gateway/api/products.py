"""`/products`: items with what Wildberries and the reporter know of them."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response

from contracts import cache_keys
from gateway import products
from gateway.answers.form import Answered, Listed
from gateway.api.auth import Reading
from gateway.api.form import AskedList, described, tags_of_lists, visible_cabinets
from gateway.api.names import MAX_NM_ID, Name, OneCabinet
from gateway.api.parts import UsedParts
from gateway.api.problems import Problem
from gateway.products import ProductQuery, ProductSort, ProductState
from gateway.shown_products import ListedProduct, Product

router = APIRouter(prefix="/products", tags=["products"])


@router.get("", **described(Listed[ListedProduct], "products", is_list=True))
async def list_products(
    answer: Reading,
    parts: UsedParts,
    asked: AskedList,
    cabinet_id: OneCabinet = None,
    text: Annotated[
        Name | None,
        Query(description="part of the title, the seller's article, the brand or the WB article, in any case"),
    ] = None,
    brand: Annotated[Name | None, Query(description="the whole name, as in the card")] = None,
    subject: Annotated[Name | None, Query(description="the whole name, as in the card")] = None,
    state: Annotated[ProductState, Query(description="trashed: in WB's trash, or deleted")] = ProductState.LISTED,
    sort: Annotated[ProductSort, Query(description="`-`: the largest first")] = ProductSort.NM_ID_DOWN,
) -> Response:
    """Items with prices, stock and rating, the largest WB article first. Read deep lists with `cursor`: cards that
    come meanwhile neither shift nor repeat what you read."""
    cabinets = visible_cabinets(answer, cabinet_id)
    await answer.depends_on(*tags_of_lists(cabinets))
    query = ProductQuery(cabinets=cabinets, sort=sort, state=state, text=text, brand=brand, subject=subject)
    return await asked.answer(
        answer,
        lambda window: products.page(parts.reads, query, window),
        keep_seconds=cache_keys.TTL_REFERENCE_SECONDS,
    )


@router.get("/{nm_id}", **described(Answered[Product], "product"))
async def get_product(
    answer: Reading,
    parts: UsedParts,
    nm_id: Annotated[int, Path(ge=1, le=MAX_NM_ID, description="WB article")],
    cabinet_id: OneCabinet = None,
) -> Response:
    """One item: its card, prices by size, stock, what buyers say, and its figures. Where more than one of your cabinets
    has it, the one that was connected first answers, unless you name another."""
    cabinets = visible_cabinets(answer, cabinet_id)
    await answer.depends_on(*(tag for cabinet in cabinets for tag in cache_keys.item_tags(cabinet, nm_id)))
    found = await products.find(parts.reads, cabinets, nm_id)
    if found is None:
        raise Problem(404, "product_not_found", "You have no item with this article.")
    product, age = found
    return answer.of(product, age=age, keep_seconds=cache_keys.TTL_REFERENCE_SECONDS)
