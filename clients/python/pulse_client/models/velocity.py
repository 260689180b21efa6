from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.size_speed import SizeSpeed
    from ..models.speed import Speed


T = TypeVar("T", bound="Velocity")


@_attrs_define
class Velocity:
    """How fast it is ordered and bought. No currency."""

    periods: list[Speed]
    sizes: list[SizeSpeed] | Unset = UNSET
    """ of 14 and 30 days; empty for the cabinet """
    weeks: int | Unset = 0
    """ of the last 12 whole weeks, those in stock throughout """
    weekly_variation: None | str | Unset = UNSET
    """ deviation of their orders of the mean; null: fewer than 4, or no order """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        periods = []
        for periods_item_data in self.periods:
            periods_item = periods_item_data.to_dict()
            periods.append(periods_item)

        sizes: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.sizes, Unset):
            sizes = []
            for sizes_item_data in self.sizes:
                sizes_item = sizes_item_data.to_dict()
                sizes.append(sizes_item)

        weeks = self.weeks

        weekly_variation: None | str | Unset
        if isinstance(self.weekly_variation, Unset):
            weekly_variation = UNSET
        else:
            weekly_variation = self.weekly_variation

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "periods": periods,
            }
        )
        if sizes is not UNSET:
            field_dict["sizes"] = sizes
        if weeks is not UNSET:
            field_dict["weeks"] = weeks
        if weekly_variation is not UNSET:
            field_dict["weekly_variation"] = weekly_variation

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.size_speed import SizeSpeed  # noqa: PLC0415
        from ..models.speed import Speed  # noqa: PLC0415

        d = dict(src_dict)
        periods = []
        _periods = d.pop("periods")
        for periods_item_data in _periods:
            periods_item = Speed.from_dict(periods_item_data)

            periods.append(periods_item)

        _sizes = d.pop("sizes", UNSET)
        sizes: list[SizeSpeed] | Unset = UNSET
        if _sizes is not UNSET:
            sizes = []
            for sizes_item_data in _sizes:
                sizes_item = SizeSpeed.from_dict(sizes_item_data)

                sizes.append(sizes_item)

        weeks = d.pop("weeks", UNSET)

        def _parse_weekly_variation(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        weekly_variation = _parse_weekly_variation(d.pop("weekly_variation", UNSET))

        velocity = cls(
            periods=periods,
            sizes=sizes,
            weeks=weeks,
            weekly_variation=weekly_variation,
        )

        velocity.additional_properties = d
        return velocity

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
