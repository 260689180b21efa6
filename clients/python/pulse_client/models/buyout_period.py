from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="BuyoutPeriod")


@_attrs_define
class BuyoutPeriod:
    """What became of the orders of a period: of each exactly one of bought, returned, cancelled, open."""

    period_days: int
    ordered: int
    bought: int
    """ and not given back since """
    returned: int
    """ bought, and given back """
    cancelled: int
    open_: int
    """ still on their way """
    share: None | str
    """ bought of all ordered; null: nothing was ordered """
    open_share: None | str
    """ still open, of all ordered """
    mature_ordered: int
    """ orders that have ended, or are older than `mature_after_days` """
    mature_bought: int
    mature_share: None | str
    """ bought of the mature; null: none is mature """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        period_days = self.period_days

        ordered = self.ordered

        bought = self.bought

        returned = self.returned

        cancelled = self.cancelled

        open_ = self.open_

        share: None | str
        share = self.share

        open_share: None | str
        open_share = self.open_share

        mature_ordered = self.mature_ordered

        mature_bought = self.mature_bought

        mature_share: None | str
        mature_share = self.mature_share

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "period_days": period_days,
                "ordered": ordered,
                "bought": bought,
                "returned": returned,
                "cancelled": cancelled,
                "open": open_,
                "share": share,
                "open_share": open_share,
                "mature_ordered": mature_ordered,
                "mature_bought": mature_bought,
                "mature_share": mature_share,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        period_days = d.pop("period_days")

        ordered = d.pop("ordered")

        bought = d.pop("bought")

        returned = d.pop("returned")

        cancelled = d.pop("cancelled")

        open_ = d.pop("open")

        def _parse_share(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        share = _parse_share(d.pop("share"))

        def _parse_open_share(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        open_share = _parse_open_share(d.pop("open_share"))

        mature_ordered = d.pop("mature_ordered")

        mature_bought = d.pop("mature_bought")

        def _parse_mature_share(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        mature_share = _parse_mature_share(d.pop("mature_share"))

        buyout_period = cls(
            period_days=period_days,
            ordered=ordered,
            bought=bought,
            returned=returned,
            cancelled=cancelled,
            open_=open_,
            share=share,
            open_share=open_share,
            mature_ordered=mature_ordered,
            mature_bought=mature_bought,
            mature_share=mature_share,
        )

        buyout_period.additional_properties = d
        return buyout_period

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
