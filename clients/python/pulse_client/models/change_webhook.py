from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define

from ..models.change_webhook_event_types_item import (
    ChangeWebhookEventTypesItem,
    check_change_webhook_event_types_item,
)
from ..models.change_webhook_state_type_0 import (
    ChangeWebhookStateType0,
    check_change_webhook_state_type_0,
)
from ..types import UNSET, Unset

T = TypeVar("T", bound="ChangeWebhook")


@_attrs_define
class ChangeWebhook:
    """The whole of it."""

    url: str
    """ https, at a public address, without a password in it """
    description: None | str | Unset = UNSET
    cabinets: list[UUID] | None | Unset = UNSET
    """ null: every cabinet that you are a member of """
    event_types: list[ChangeWebhookEventTypesItem] | Unset = UNSET
    """ `*`: every message; `order.*`: those of a family; what ends in `.v1` is the event as services say it to one
    another, which messages are made from, and is told only where it is named """
    state: ChangeWebhookStateType0 | None | Unset = UNSET
    """ paused: events are kept for a replay; active: resumes it; null: as it is """

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

        state: None | str | Unset
        if isinstance(self.state, Unset):
            state = UNSET
        elif isinstance(self.state, str):
            state = self.state
        else:
            state = self.state

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
        if state is not UNSET:
            field_dict["state"] = state

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
        event_types: list[ChangeWebhookEventTypesItem] | Unset = UNSET
        if _event_types is not UNSET:
            event_types = []
            for event_types_item_data in _event_types:
                event_types_item = check_change_webhook_event_types_item(event_types_item_data)

                event_types.append(event_types_item)

        def _parse_state(data: object) -> ChangeWebhookStateType0 | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                state_type_0 = check_change_webhook_state_type_0(data)

                return state_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(ChangeWebhookStateType0 | None | Unset, data)

        state = _parse_state(d.pop("state", UNSET))

        change_webhook = cls(
            url=url,
            description=description,
            cabinets=cabinets,
            event_types=event_types,
            state=state,
        )

        return change_webhook
