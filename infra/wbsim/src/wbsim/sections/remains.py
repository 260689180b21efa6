"""Reports on a shop's stock in WB's warehouses: the rows for any grouping."""

from collections.abc import Collection
from itertools import groupby

from wbsim.orders import RowJson
from wbsim.remains import FROM_CLIENT, GROUPS, IN_TOTAL, TO_CLIENT, WB_WAREHOUSE, Kept
from wbsim.shop import Shop


def remains_rows(shop: Shop, groups: Collection[str], kept: Kept = lambda product: True) -> list[RowJson]:
    """A report's rows: one for each combination of the groups' columns, with where its units are.

    Warehouses and ways without a unit are left out; without a group there is one row for everything.
    """
    columns = [column for group, columns in GROUPS.items() if group in groups for column in columns]
    lines = [
        ({name: value(product, size) for name, value in columns}, shop.stocks[size.chrt_id])
        for product in shop.products.values()
        if kept(product)
        for size in product.sizes
    ]
    lines.sort(key=lambda line: list(line[0].values()))
    rows = []
    for head, group in groupby(lines, key=lambda line: line[0]):
        stocks = [stock for _, stock in group]
        here = sum(stock.quantity for stock in stocks)
        places = {
            TO_CLIENT: sum(stock.in_way_to_client for stock in stocks),
            FROM_CLIENT: sum(stock.in_way_from_client for stock in stocks),
            IN_TOTAL: here,
            WB_WAREHOUSE: here,
        }
        found = [{"warehouseName": name, "quantity": units} for name, units in places.items() if units]
        rows.append(head | {"warehouses": found})
    return rows


def truth(shop: Shop, now: float) -> list[RowJson]:
    """A report with every group, as it would be ordered now."""
    return remains_rows(shop, GROUPS)
