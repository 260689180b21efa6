from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.tax_base import TaxBase, check_tax_base

T = TypeVar("T", bound="Tax")


@_attrs_define
class Tax:
    """The tax that the cabinet pays."""

    valid_from: datetime.date
    """ first Moscow day on which it holds, until the item's next row """
    percent: int | str
    base: TaxBase
    """ income: of the seller's price; income_less_costs: of what costs leave of it, never below 0 """

    def to_dict(self) -> dict[str, Any]:
        valid_from = self.valid_from.isoformat()

        percent: int | str
        percent = self.percent

        base: str = self.base

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "valid_from": valid_from,
                "percent": percent,
                "base": base,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        valid_from = datetime.date.fromisoformat(d.pop("valid_from"))

        def _parse_percent(data: object) -> int | str:
            return cast(int | str, data)

        percent = _parse_percent(d.pop("percent"))

        base = check_tax_base(d.pop("base"))

        tax = cls(
            valid_from=valid_from,
            percent=percent,
            base=base,
        )

        return tax
