from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.last_command_kind import LastCommandKind, check_last_command_kind
from ..models.last_command_state import LastCommandState, check_last_command_state

T = TypeVar("T", bound="LastCommand")


@_attrs_define
class LastCommand:
    """What was written last of a feedback or question, or is being written."""

    command_id: UUID
    kind: LastCommandKind
    text: str
    state: LastCommandState
    code: None | str
    reason: None | str
    asked_at: datetime.datetime
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        command_id = str(self.command_id)

        kind: str = self.kind

        text = self.text

        state: str = self.state

        code: None | str
        code = self.code

        reason: None | str
        reason = self.reason

        asked_at = self.asked_at.isoformat()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "command_id": command_id,
                "kind": kind,
                "text": text,
                "state": state,
                "code": code,
                "reason": reason,
                "asked_at": asked_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        command_id = UUID(d.pop("command_id"))

        kind = check_last_command_kind(d.pop("kind"))

        text = d.pop("text")

        state = check_last_command_state(d.pop("state"))

        def _parse_code(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        code = _parse_code(d.pop("code"))

        def _parse_reason(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        reason = _parse_reason(d.pop("reason"))

        asked_at = datetime.datetime.fromisoformat(d.pop("asked_at"))

        last_command = cls(
            command_id=command_id,
            kind=kind,
            text=text,
            state=state,
            code=code,
            reason=reason,
            asked_at=asked_at,
        )

        last_command.additional_properties = d
        return last_command

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
