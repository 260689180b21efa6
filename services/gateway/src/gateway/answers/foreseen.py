"""What an answer is likely to be made from, as its path says: the versions of these tags come with the look for it.

Whatever else its route depends on costs a round trip more; what is foreseen in vain costs nothing.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from uuid import UUID

from contracts import cache_keys

MOST_CABINETS = 4
"""Of a user who may see more nothing is foreseen: a look is to stay short."""

ORDERS = "/api/v1/orders"

_ITEMS = (cache_keys.cabinet_items_tag, cache_keys.cabinet_sources_tag)
_LISTS: Mapping[str, Sequence[Callable[[UUID], str]]] = {
    ORDERS: (cache_keys.cabinet_orders_tag, cache_keys.cabinet_sources_tag),
    "/api/v1/products": _ITEMS,
    "/api/v1/stocks": _ITEMS,
    "/api/v1/analytics/performance": _ITEMS,
    "/api/v1/analytics/sales": _ITEMS,
}


@lru_cache(maxsize=4096)
def foreseen(path: str, cabinets: tuple[UUID, ...]) -> tuple[str, ...]:
    """Tags of what a read of this path gives to somebody who sees these cabinets."""
    lists = _LISTS.get(path)
    if lists is not None:
        return tuple(tag(cabinet) for cabinet in cabinets for tag in lists) if len(cabinets) <= MOST_CABINETS else ()
    place, _, name = path.rpartition("/")
    if place != ORDERS:
        return ()
    try:
        return (cache_keys.order(UUID(name)),)
    except ValueError:
        return ()  # its route refuses it
