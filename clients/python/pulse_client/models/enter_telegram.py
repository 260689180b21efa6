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

T = TypeVar("T", bound="EnterTelegram")


@_attrs_define
class EnterTelegram:
    """A group in Telegram, which the bot enters for somebody who is a member there."""

    channel: Literal["telegram"]
    chat_id: int
    """ of a group: negative """
    title: str
    label: None | str | Unset = UNSET
    """ what you know it by """
    cabinets: list[UUID] | None | Unset = UNSET
    """ null: every cabinet that you are a member of """
    topic_id: int | None | Unset = UNSET
    """ one topic of it; null: the group itself """

    def to_dict(self) -> dict[str, Any]:
        channel = self.channel

        chat_id = self.chat_id

        title = self.title

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

        topic_id: int | None | Unset
        if isinstance(self.topic_id, Unset):
            topic_id = UNSET
        else:
            topic_id = self.topic_id

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "channel": channel,
                "chat_id": chat_id,
                "title": title,
            }
        )
        if label is not UNSET:
            field_dict["label"] = label
        if cabinets is not UNSET:
            field_dict["cabinets"] = cabinets
        if topic_id is not UNSET:
            field_dict["topic_id"] = topic_id

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        channel = cast(Literal["telegram"], d.pop("channel"))
        if channel != "telegram":
            raise ValueError(f"channel must match const 'telegram', got '{channel}'")

        chat_id = d.pop("chat_id")

        title = d.pop("title")

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

        def _parse_topic_id(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        topic_id = _parse_topic_id(d.pop("topic_id", UNSET))

        enter_telegram = cls(
            channel=channel,
            chat_id=chat_id,
            title=title,
            label=label,
            cabinets=cabinets,
            topic_id=topic_id,
        )

        return enter_telegram
