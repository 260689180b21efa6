from __future__ import annotations

from collections.abc import Mapping
from typing import (
    TYPE_CHECKING,
    Any,
    Literal,
    TypeVar,
    cast,
)
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.cabinet_preferences_kinds import CabinetPreferencesKinds


T = TypeVar("T", bound="CabinetPreferences")


@_attrs_define
class CabinetPreferences:
    """What you are told of a cabinet."""

    cabinet_id: UUID
    channel: Literal["telegram"]
    kinds: CabinetPreferencesKinds
    """ every kind of message: whether you are told it """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        cabinet_id = str(self.cabinet_id)

        channel = self.channel

        kinds = self.kinds.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "cabinet_id": cabinet_id,
                "channel": channel,
                "kinds": kinds,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.cabinet_preferences_kinds import CabinetPreferencesKinds  # noqa: PLC0415

        d = dict(src_dict)
        cabinet_id = UUID(d.pop("cabinet_id"))

        channel = cast(Literal["telegram"], d.pop("channel"))
        if channel != "telegram":
            raise ValueError(f"channel must match const 'telegram', got '{channel}'")

        kinds = CabinetPreferencesKinds.from_dict(d.pop("kinds"))

        cabinet_preferences = cls(
            cabinet_id=cabinet_id,
            channel=channel,
            kinds=kinds,
        )

        cabinet_preferences.additional_properties = d
        return cabinet_preferences

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
