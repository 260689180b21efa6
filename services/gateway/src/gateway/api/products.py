"""`/products`: items with what Wildberries and the reporter know of them."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Request, Response

from gateway import products
from gateway.api.auth import Reader
from gateway.api.examples import example_answer
from gateway.api.form import (
    LIST_HEADERS,
    AskedWindow,
    Begun,
    Many,
    One,
    answer_one,
    answer_page,
    cursor_refused,
    visible_cabinets,
)
from gateway.api.names import MAX_NM_ID, Name, OneCabinet
from gateway.api.parts import UsedParts
from gateway.api.problems import Problem, documented
from gateway.products import ProductQuery, ProductSort, ProductState
from gateway.shown_products import ListedProduct, Product
from gateway.sorting import NotACursor

router = APIRouter(prefix="/products", tags=["products"])


@router.get(
    "",
    response_model=Many[ListedProduct],
    responses={200: {"headers": LIST_HEADERS, **example_answer("products")}, **documented(404)},
)
async def list_products(
    request: Request,
    caller: Reader,
    parts: UsedParts,
    window: AskedWindow,
    begun: Begun,
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
    cabinets = await visible_cabinets(parts, caller, cabinet_id)
    query = ProductQuery(cabinets=cabinets, sort=sort, state=state, text=text, brand=brand, subject=subject)
    try:
        page = await products.page(parts.database, query, window)
    except NotACursor:
        raise cursor_refused() from None
    return answer_page(request, window, page, begun)


@router.get(
    "/{nm_id}",
    response_model=One[Product],
    responses={200: example_answer("product"), **documented(404)},
)
async def get_product(
    caller: Reader,
    parts: UsedParts,
    begun: Begun,
    nm_id: Annotated[int, Path(ge=1, le=MAX_NM_ID, description="WB article")],
    cabinet_id: OneCabinet = None,
) -> Response:
    """One item: its card, prices by size, stock, what buyers say, and its figures. Where more than one of your cabinets
    has it, the one that was connected first answers, unless you name another."""
    cabinets = await visible_cabinets(parts, caller, cabinet_id)
    found = await products.find(parts.database, cabinets, nm_id)
    if found is None:
        raise Problem(404, "product_not_found", "You have no item with this article.")
    product, age = found
    return answer_one(product, age, begun)
