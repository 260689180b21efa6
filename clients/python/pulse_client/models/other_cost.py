from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="OtherCost")


@_attrs_define
class OtherCost:
    """What else a sold piece costs: packing, marking, own delivery to a warehouse."""

    nm_id: int
    """ WB article; 0: every item without a row of its own """
    valid_from: datetime.date
    """ first Moscow day on which it holds, until the item's next row """
    amount: int | str
    """ of one sold piece """
    currency: str | Unset = "RUB"
    """ ISO 4217 code of three letters """

    def to_dict(self) -> dict[str, Any]:
        nm_id = self.nm_id

        valid_from = self.valid_from.isoformat()

        amount: int | str
        amount = self.amount

        currency = self.currency

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "nm_id": nm_id,
                "valid_from": valid_from,
                "amount": amount,
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

        def _parse_amount(data: object) -> int | str:
            return cast(int | str, data)

        amount = _parse_amount(d.pop("amount"))

        currency = d.pop("currency", UNSET)

        other_cost = cls(
            nm_id=nm_id,
            valid_from=valid_from,
            amount=amount,
            currency=currency,
        )

        return other_cost
