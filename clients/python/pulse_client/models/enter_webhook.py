from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define

from ..models.enter_webhook_event_types_item import (
    EnterWebhookEventTypesItem,
    check_enter_webhook_event_types_item,
)
from ..types import UNSET, Unset

T = TypeVar("T", bound="EnterWebhook")


@_attrs_define
class EnterWebhook:
    """Where to send what."""

    url: str
    """ https, at a public address, without a password in it """
    description: None | str | Unset = UNSET
    cabinets: list[UUID] | None | Unset = UNSET
    """ null: every cabinet that you are a member of """
    event_types: list[EnterWebhookEventTypesItem] | Unset = UNSET
    """ `*`: every message; `order.*`: those of a family; what ends in `.v1` is the event as services say it to one
    another, which messages are made from, and is told only where it is named """

    def to_dict(self) -> dict[str, Any]:
        url = self.url

        description: None | str | Unset
        if isinstance(self.description, Unset):
            description = UNSET
        else:
            description = self.description

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

        event_types: list[str] | Unset = UNSET
        if not isinstance(self.event_types, Unset):
            event_types = []
            for event_types_item_data in self.event_types:
                event_types_item: str = event_types_item_data
                event_types.append(event_types_item)

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "url": url,
            }
        )
        if description is not UNSET:
            field_dict["description"] = description
        if cabinets is not UNSET:
            field_dict["cabinets"] = cabinets
        if event_types is not UNSET:
            field_dict["event_types"] = event_types

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        url = d.pop("url")

        def _parse_description(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        description = _parse_description(d.pop("description", UNSET))

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

        _event_types = d.pop("event_types", UNSET)
        event_types: list[EnterWebhookEventTypesItem] | Unset = UNSET
        if _event_types is not UNSET:
            event_types = []
            for event_types_item_data in _event_types:
                event_types_item = check_enter_webhook_event_types_item(event_types_item_data)

                event_types.append(event_types_item)

        enter_webhook = cls(
            url=url,
            description=description,
            cabinets=cabinets,
            event_types=event_types,
        )

        return enter_webhook
