from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.buyout_period import BuyoutPeriod


T = TypeVar("T", bound="Buyout")


@_attrs_define
class Buyout:
    """Of the orders of each period, how many were bought. No currency."""

    mature_after_days: int | None
    """ 95th percentile of the item's days from order to purchase; else 14. null: each item's own """
    periods: list[BuyoutPeriod]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        mature_after_days: int | None
        mature_after_days = self.mature_after_days

        periods = []
        for periods_item_data in self.periods:
            periods_item = periods_item_data.to_dict()
            periods.append(periods_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "mature_after_days": mature_after_days,
                "periods": periods,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.buyout_period import BuyoutPeriod  # noqa: PLC0415

        d = dict(src_dict)

        def _parse_mature_after_days(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        mature_after_days = _parse_mature_after_days(d.pop("mature_after_days"))

        periods = []
        _periods = d.pop("periods")
        for periods_item_data in _periods:
            periods_item = BuyoutPeriod.from_dict(periods_item_data)

            periods.append(periods_item)

        buyout = cls(
            mature_after_days=mature_after_days,
            periods=periods,
        )

        buyout.additional_properties = d
        return buyout

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
