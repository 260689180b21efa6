"""Sizes of an item, which orders, sales and remains name in different ways: by WB's id, by barcode, by label."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

_READ = text("SELECT nm_id, sizes FROM products WHERE cabinet_id = :cabinet_id AND nm_id = ANY (:nm_ids)")


@dataclass(frozen=True)
class Card:
    """The sizes of an item's card; an item without a card has none."""

    sizes: Mapping[int, str | None] = field(default_factory=dict)
    """chrt_id → label, in the order of the card."""
    by_barcode: Mapping[str, int] = field(default_factory=dict)
    by_label: Mapping[str, int] = field(default_factory=dict)

    @classmethod
    def of(cls, sizes: Iterable[Mapping[str, Any]]) -> "Card":
        """The card with these sizes, each as in `contracts.products.ProductSize`; of two with one name the first."""
        labels: dict[int, str | None] = {}
        by_barcode: dict[str, int] = {}
        by_label: dict[str, int] = {}
        for size in sizes:
            chrt_id, label = size["chrt_id"], size["tech_size"]
            labels[chrt_id] = label
            for barcode in size["skus"]:
                by_barcode.setdefault(barcode, chrt_id)
            if label:
                by_label.setdefault(label, chrt_id)
        return cls(labels, by_barcode, by_label)

    def size_of(self, chrt_id: int | None, barcode: str | None, label: str | None) -> int | None:
        """The chrt_id of what is so named; none: no size of the card is."""
        return chrt_id or self.by_barcode.get(barcode or "") or self.by_label.get(label or "")

    def in_order(self, others: Iterable[int] = ()) -> list[int]:
        """The sizes of the card in its order, then others by number."""
        return [*self.sizes, *sorted(set(others) - self.sizes.keys())]


async def read_cards(connection: AsyncConnection, cabinet_id: UUID, nm_ids: Sequence[int]) -> dict[int, Card]:
    """The cards of the items, in one statement; an empty one where none is known."""
    rows = await connection.execute(_READ, {"cabinet_id": cabinet_id, "nm_ids": list(nm_ids)})
    known = {row.nm_id: Card.of(row.sizes) for row in rows}
    return {nm_id: known.get(nm_id) or Card() for nm_id in nm_ids}
