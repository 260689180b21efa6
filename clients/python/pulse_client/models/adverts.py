from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.advert_period import AdvertPeriod


T = TypeVar("T", bound="Adverts")


@_attrs_define
class Adverts:
    """What was spent on adverts and what it brought."""

    periods: list[AdvertPeriod]
    campaigns: int
    """ that run now and show the item """
    budget_left: None | str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        periods = []
        for periods_item_data in self.periods:
            periods_item = periods_item_data.to_dict()
            periods.append(periods_item)

        campaigns = self.campaigns

        budget_left: None | str | Unset
        if isinstance(self.budget_left, Unset):
            budget_left = UNSET
        else:
            budget_left = self.budget_left

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "periods": periods,
                "campaigns": campaigns,
            }
        )
        if budget_left is not UNSET:
            field_dict["budget_left"] = budget_left

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.advert_period import AdvertPeriod  # noqa: PLC0415

        d = dict(src_dict)
        periods = []
        _periods = d.pop("periods")
        for periods_item_data in _periods:
            periods_item = AdvertPeriod.from_dict(periods_item_data)

            periods.append(periods_item)

        campaigns = d.pop("campaigns")

        def _parse_budget_left(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        budget_left = _parse_budget_left(d.pop("budget_left", UNSET))

        adverts = cls(
            periods=periods,
            campaigns=campaigns,
            budget_left=budget_left,
        )

        adverts.additional_properties = d
        return adverts

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
