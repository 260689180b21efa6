from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.period_speed import PeriodSpeed


T = TypeVar("T", bound="ReportedVelocity")


@_attrs_define
class ReportedVelocity:
    """Of all days, and of the days on which there was stock."""

    raw: list[PeriodSpeed]
    oos_corrected: list[PeriodSpeed]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        raw = []
        for raw_item_data in self.raw:
            raw_item = raw_item_data.to_dict()
            raw.append(raw_item)

        oos_corrected = []
        for oos_corrected_item_data in self.oos_corrected:
            oos_corrected_item = oos_corrected_item_data.to_dict()
            oos_corrected.append(oos_corrected_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "raw": raw,
                "oos_corrected": oos_corrected,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.period_speed import PeriodSpeed  # noqa: PLC0415

        d = dict(src_dict)
        raw = []
        _raw = d.pop("raw")
        for raw_item_data in _raw:
            raw_item = PeriodSpeed.from_dict(raw_item_data)

            raw.append(raw_item)

        oos_corrected = []
        _oos_corrected = d.pop("oos_corrected")
        for oos_corrected_item_data in _oos_corrected:
            oos_corrected_item = PeriodSpeed.from_dict(oos_corrected_item_data)

            oos_corrected.append(oos_corrected_item)

        reported_velocity = cls(
            raw=raw,
            oos_corrected=oos_corrected,
        )

        reported_velocity.additional_properties = d
        return reported_velocity

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
