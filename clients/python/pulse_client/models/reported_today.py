from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.today_and_yesterday import TodayAndYesterday


T = TypeVar("T", bound="ReportedToday")


@_attrs_define
class ReportedToday:
    """Today against yesterday, in the currency of the order."""

    product: TodayAndYesterday
    """ The orders of today beside those of yesterday, in one currency. By the moment of the order, in Moscow days.
    """
    shop: TodayAndYesterday
    """ The orders of today beside those of yesterday, in one currency. By the moment of the order, in Moscow days.
    """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        product = self.product.to_dict()

        shop = self.shop.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "product": product,
                "shop": shop,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.today_and_yesterday import TodayAndYesterday  # noqa: PLC0415

        d = dict(src_dict)
        product = TodayAndYesterday.from_dict(d.pop("product"))

        shop = TodayAndYesterday.from_dict(d.pop("shop"))

        reported_today = cls(
            product=product,
            shop=shop,
        )

        reported_today.additional_properties = d
        return reported_today

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
