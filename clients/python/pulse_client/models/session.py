from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.session_opened_with import SessionOpenedWith, check_session_opened_with

T = TypeVar("T", bound="Session")


@_attrs_define
class Session:
    """A session of the user."""

    session_id: UUID
    opened_with: SessionOpenedWith
    client: None | str
    """ what it called itself (`User-Agent`) when it was opened """
    created_at: datetime.datetime
    last_used_at: datetime.datetime
    """ when its tokens were refreshed last """
    expires_at: datetime.datetime
    """ ends then, unless it is refreshed before """
    is_current: bool
    """ this was asked with its access token """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        session_id = str(self.session_id)

        opened_with: str = self.opened_with

        client: None | str
        client = self.client

        created_at = self.created_at.isoformat()

        last_used_at = self.last_used_at.isoformat()

        expires_at = self.expires_at.isoformat()

        is_current = self.is_current

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "session_id": session_id,
                "opened_with": opened_with,
                "client": client,
                "created_at": created_at,
                "last_used_at": last_used_at,
                "expires_at": expires_at,
                "is_current": is_current,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        session_id = UUID(d.pop("session_id"))

        opened_with = check_session_opened_with(d.pop("opened_with"))

        def _parse_client(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        client = _parse_client(d.pop("client"))

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        last_used_at = datetime.datetime.fromisoformat(d.pop("last_used_at"))

        expires_at = datetime.datetime.fromisoformat(d.pop("expires_at"))

        is_current = d.pop("is_current")

        session = cls(
            session_id=session_id,
            opened_with=opened_with,
            client=client,
            created_at=created_at,
            last_used_at=last_used_at,
            expires_at=expires_at,
            is_current=is_current,
        )

        session.additional_properties = d
        return session

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
