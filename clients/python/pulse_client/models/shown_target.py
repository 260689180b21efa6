from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.shown_target_channel import ShownTargetChannel, check_shown_target_channel
from ..models.shown_target_state import ShownTargetState, check_shown_target_state

T = TypeVar("T", bound="ShownTarget")


@_attrs_define
class ShownTarget:
    """A target, without its address."""

    target_id: UUID
    channel: ShownTargetChannel
    label: None | str
    hint: str
    """ what is shown of its address: never all of it; of a group its title """
    cabinets: list[UUID] | None
    """ those that you are a member of; null: all of them """
    chat_id: int | None
    topic_id: int | None
    state: ShownTargetState
    """ unconfirmed: its code is waited for; ended: it is no more, and has to be entered anew """
    ended_at: datetime.datetime | None
    ended_because: None | str
    """ what its channel said """
    failing_since: datetime.datetime | None
    """ it takes nothing since then; null: it does, or was not asked yet """
    last_error: None | str
    created_at: datetime.datetime
    updated_at: datetime.datetime
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        target_id = str(self.target_id)

        channel: str = self.channel

        label: None | str
        label = self.label

        hint = self.hint

        cabinets: list[str] | None
        if isinstance(self.cabinets, list):
            cabinets = []
            for cabinets_type_0_item_data in self.cabinets:
                cabinets_type_0_item = str(cabinets_type_0_item_data)
                cabinets.append(cabinets_type_0_item)

        else:
            cabinets = self.cabinets

        chat_id: int | None
        chat_id = self.chat_id

        topic_id: int | None
        topic_id = self.topic_id

        state: str = self.state

        ended_at: None | str
        if isinstance(self.ended_at, datetime.datetime):
            ended_at = self.ended_at.isoformat()
        else:
            ended_at = self.ended_at

        ended_because: None | str
        ended_because = self.ended_because

        failing_since: None | str
        if isinstance(self.failing_since, datetime.datetime):
            failing_since = self.failing_since.isoformat()
        else:
            failing_since = self.failing_since

        last_error: None | str
        last_error = self.last_error

        created_at = self.created_at.isoformat()

        updated_at = self.updated_at.isoformat()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "target_id": target_id,
                "channel": channel,
                "label": label,
                "hint": hint,
                "cabinets": cabinets,
                "chat_id": chat_id,
                "topic_id": topic_id,
                "state": state,
                "ended_at": ended_at,
                "ended_because": ended_because,
                "failing_since": failing_since,
                "last_error": last_error,
                "created_at": created_at,
                "updated_at": updated_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        target_id = UUID(d.pop("target_id"))

        channel = check_shown_target_channel(d.pop("channel"))

        def _parse_label(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        label = _parse_label(d.pop("label"))

        hint = d.pop("hint")

        def _parse_cabinets(data: object) -> list[UUID] | None:
            if data is None:
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
            return cast(list[UUID] | None, data)

        cabinets = _parse_cabinets(d.pop("cabinets"))

        def _parse_chat_id(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        chat_id = _parse_chat_id(d.pop("chat_id"))

        def _parse_topic_id(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        topic_id = _parse_topic_id(d.pop("topic_id"))

        state = check_shown_target_state(d.pop("state"))

        def _parse_ended_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                ended_at_type_0 = datetime.datetime.fromisoformat(data)

                return ended_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        ended_at = _parse_ended_at(d.pop("ended_at"))

        def _parse_ended_because(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        ended_because = _parse_ended_because(d.pop("ended_because"))

        def _parse_failing_since(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                failing_since_type_0 = datetime.datetime.fromisoformat(data)

                return failing_since_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        failing_since = _parse_failing_since(d.pop("failing_since"))

        def _parse_last_error(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        last_error = _parse_last_error(d.pop("last_error"))

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        updated_at = datetime.datetime.fromisoformat(d.pop("updated_at"))

        shown_target = cls(
            target_id=target_id,
            channel=channel,
            label=label,
            hint=hint,
            cabinets=cabinets,
            chat_id=chat_id,
            topic_id=topic_id,
            state=state,
            ended_at=ended_at,
            ended_because=ended_because,
            failing_since=failing_since,
            last_error=last_error,
            created_at=created_at,
            updated_at=updated_at,
        )

        shown_target.additional_properties = d
        return shown_target

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
