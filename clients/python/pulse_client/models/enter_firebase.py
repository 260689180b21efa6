from __future__ import annotations

from collections.abc import Mapping
from typing import (
    Any,
    Literal,
    TypeVar,
    cast,
)
from uuid import UUID

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="EnterFirebase")


@_attrs_define
class EnterFirebase:
    """An app on a phone."""

    channel: Literal["firebase"]
    token: str
    """ the registration token that Firebase gave the app """
    label: None | str | Unset = UNSET
    """ what you know it by """
    cabinets: list[UUID] | None | Unset = UNSET
    """ null: every cabinet that you are a member of """

    def to_dict(self) -> dict[str, Any]:
        channel = self.channel

        token = self.token

        label: None | str | Unset
        if isinstance(self.label, Unset):
            label = UNSET
        else:
            label = self.label

        cabinets: list[str] | None | Unset
        if isinstance(self.cabinets, Unset):
            cabinets = UNSET
        elif isinstance(self.cabinets, list):
            cabinets = []
            for cabinets_type_0_item_data in self.cabinets:
                cabinets_type_0_item = str(cabinets_type_0_item_data)
                cabinets.append(cabinets_type_0_item)

        else:
            cabinets = self.cabinets

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "channel": channel,
                "token": token,
            }
        )
        if label is not UNSET:
            field_dict["label"] = label
        if cabinets is not UNSET:
            field_dict["cabinets"] = cabinets

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        channel = cast(Literal["firebase"], d.pop("channel"))
        if channel != "firebase":
            raise ValueError(f"channel must match const 'firebase', got '{channel}'")

        token = d.pop("token")

        def _parse_label(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        label = _parse_label(d.pop("label", UNSET))

        def _parse_cabinets(data: object) -> list[UUID] | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                cabinets_type_0 = []
                _cabinets_type_0 = data
                for cabinets_type_0_item_data in _cabinets_type_0:
                    cabinets_type_0_item = UUID(cabinets_type_0_item_data)

                    cabinets_type_0.append(cabinets_type_0_item)

                return cabinets_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[UUID] | None | Unset, data)

        cabinets = _parse_cabinets(d.pop("cabinets", UNSET))

        enter_firebase = cls(
            channel=channel,
            token=token,
            label=label,
            cabinets=cabinets,
        )

        return enter_firebase
