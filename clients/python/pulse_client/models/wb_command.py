from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.wb_command_kind import WbCommandKind, check_wb_command_kind
from ..models.wb_command_state import WbCommandState, check_wb_command_state

T = TypeVar("T", bound="WbCommand")


@_attrs_define
class WbCommand:
    """Something that somebody had written at Wildberries."""

    command_id: UUID
    cabinet_id: UUID
    kind: WbCommandKind
    subject: str
    """ WB's id of the feedback or question """
    text: str
    state: WbCommandState
    """ requested: it waits to be sent; sent: WB accepted it, and it is being read back; unknown: WB has not
    answered, and whether it was done is being found out; confirmed: WB has it; refused: WB does not take it, or it
    came to nothing; cancelled: the cabinet was disconnected. sent and unknown end, with the code `unresolved`,
    where WB did not let it be read back in a week """
    code: None | str
    """ what it waits for (`limit`, `unavailable`, `unanswered`, `token_rejected`, `payment_required`,
    `scope_refused`, `switched_off`, `token_unreadable`) or was refused for (`refused`, `moderation`, `not_found`,
    `not_shown`, `answered_otherwise`, `too_late`), or `unresolved`; there will be new ones """
    reason: None | str
    """ the same in words, WB's own where it gave some """
    attempts: int
    """ how often it was sent; again only when it had no effect """
    asked_by: int
    """ Telegram user id """
    asked_at: datetime.datetime
    changed_at: datetime.datetime
    next_try_at: datetime.datetime | None
    """ when it is gone on with; null: at once, or never """
    ended_at: datetime.datetime | None
    """ null: it is under way """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        command_id = str(self.command_id)

        cabinet_id = str(self.cabinet_id)

        kind: str = self.kind

        subject = self.subject

        text = self.text

        state: str = self.state

        code: None | str
        code = self.code

        reason: None | str
        reason = self.reason

        attempts = self.attempts

        asked_by = self.asked_by

        asked_at = self.asked_at.isoformat()

        changed_at = self.changed_at.isoformat()

        next_try_at: None | str
        if isinstance(self.next_try_at, datetime.datetime):
            next_try_at = self.next_try_at.isoformat()
        else:
            next_try_at = self.next_try_at

        ended_at: None | str
        if isinstance(self.ended_at, datetime.datetime):
            ended_at = self.ended_at.isoformat()
        else:
            ended_at = self.ended_at

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "command_id": command_id,
                "cabinet_id": cabinet_id,
                "kind": kind,
                "subject": subject,
                "text": text,
                "state": state,
                "code": code,
                "reason": reason,
                "attempts": attempts,
                "asked_by": asked_by,
                "asked_at": asked_at,
                "changed_at": changed_at,
                "next_try_at": next_try_at,
                "ended_at": ended_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        command_id = UUID(d.pop("command_id"))

        cabinet_id = UUID(d.pop("cabinet_id"))

        kind = check_wb_command_kind(d.pop("kind"))

        subject = d.pop("subject")

        text = d.pop("text")

        state = check_wb_command_state(d.pop("state"))

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

        attempts = d.pop("attempts")

        asked_by = d.pop("asked_by")

        asked_at = datetime.datetime.fromisoformat(d.pop("asked_at"))

        changed_at = datetime.datetime.fromisoformat(d.pop("changed_at"))

        def _parse_next_try_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                next_try_at_type_0 = datetime.datetime.fromisoformat(data)

                return next_try_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        next_try_at = _parse_next_try_at(d.pop("next_try_at"))

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

        wb_command = cls(
            command_id=command_id,
            cabinet_id=cabinet_id,
            kind=kind,
            subject=subject,
            text=text,
            state=state,
            code=code,
            reason=reason,
            attempts=attempts,
            asked_by=asked_by,
            asked_at=asked_at,
            changed_at=changed_at,
            next_try_at=next_try_at,
            ended_at=ended_at,
        )

        wb_command.additional_properties = d
        return wb_command

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
