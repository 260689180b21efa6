from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="Cost")


@_attrs_define
class Cost:
    """What one piece of an item cost the seller, with all that was paid until it was ready to sell."""

    nm_id: int
    """ WB article """
    valid_from: datetime.date
    """ first Moscow day on which it holds, until the item's next row """
    cost: int | str
    currency: str | Unset = "RUB"
    """ ISO 4217 code of three letters """

    def to_dict(self) -> dict[str, Any]:
        nm_id = self.nm_id

        valid_from = self.valid_from.isoformat()

        cost: int | str
        cost = self.cost

        currency = self.currency

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "nm_id": nm_id,
                "valid_from": valid_from,
                "cost": cost,
            }
        )
        if currency is not UNSET:
            field_dict["currency"] = currency

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        nm_id = d.pop("nm_id")

        valid_from = datetime.date.fromisoformat(d.pop("valid_from"))

        def _parse_cost(data: object) -> int | str:
            return cast(int | str, data)

        cost = _parse_cost(d.pop("cost"))

        currency = d.pop("currency", UNSET)

        cost = cls(
            nm_id=nm_id,
            valid_from=valid_from,
            cost=cost,
            currency=currency,
        )

        return cost
