from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.new_webhook_paused_because_type_0 import (
    NewWebhookPausedBecauseType0,
    check_new_webhook_paused_because_type_0,
)
from ..models.new_webhook_state import NewWebhookState, check_new_webhook_state

if TYPE_CHECKING:
    from ..models.secret import Secret


T = TypeVar("T", bound="NewWebhook")


@_attrs_define
class NewWebhook:
    """A subscription with its secret."""

    webhook_id: UUID
    url: str
    description: None | str
    cabinets: list[UUID] | None
    """ those that you are a member of; null: all of them """
    event_types: list[str]
    state: NewWebhookState
    """ while it is paused, events are kept for a replay """
    paused_because: NewWebhookPausedBecauseType0 | None
    """ you paused it; the endpoint answered 410; or it took nothing in 7 days """
    paused_at: datetime.datetime | None
    """ when its endpoint was given up """
    failing_since: datetime.datetime | None
    """ it takes nothing since then; null: it does, or was not asked yet """
    last_error: None | str
    secrets: list[Secret]
    """ that sign what is sent, the newest first """
    revision: int
    """ counts from 1 how often it was changed """
    created_at: datetime.datetime
    updated_at: datetime.datetime
    secret: str
    """ verifies what comes (Standard Webhooks); shown this once """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        webhook_id = str(self.webhook_id)

        url = self.url

        description: None | str
        description = self.description

        cabinets: list[str] | None
        if isinstance(self.cabinets, list):
            cabinets = []
            for cabinets_type_0_item_data in self.cabinets:
                cabinets_type_0_item = str(cabinets_type_0_item_data)
                cabinets.append(cabinets_type_0_item)

        else:
            cabinets = self.cabinets

        event_types = self.event_types

        state: str = self.state

        paused_because: None | str
        if isinstance(self.paused_because, str):
            paused_because = self.paused_because
        else:
            paused_because = self.paused_because

        paused_at: None | str
        if isinstance(self.paused_at, datetime.datetime):
            paused_at = self.paused_at.isoformat()
        else:
            paused_at = self.paused_at

        failing_since: None | str
        if isinstance(self.failing_since, datetime.datetime):
            failing_since = self.failing_since.isoformat()
        else:
            failing_since = self.failing_since

        last_error: None | str
        last_error = self.last_error

        secrets = []
        for secrets_item_data in self.secrets:
            secrets_item = secrets_item_data.to_dict()
            secrets.append(secrets_item)

        revision = self.revision

        created_at = self.created_at.isoformat()

        updated_at = self.updated_at.isoformat()

        secret = self.secret

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "webhook_id": webhook_id,
                "url": url,
                "description": description,
                "cabinets": cabinets,
                "event_types": event_types,
                "state": state,
                "paused_because": paused_because,
                "paused_at": paused_at,
                "failing_since": failing_since,
                "last_error": last_error,
                "secrets": secrets,
                "revision": revision,
                "created_at": created_at,
                "updated_at": updated_at,
                "secret": secret,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.secret import Secret  # noqa: PLC0415

        d = dict(src_dict)
        webhook_id = UUID(d.pop("webhook_id"))

        url = d.pop("url")

        def _parse_description(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        description = _parse_description(d.pop("description"))

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

        event_types = cast(list[str], d.pop("event_types"))

        state = check_new_webhook_state(d.pop("state"))

        def _parse_paused_because(data: object) -> NewWebhookPausedBecauseType0 | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                paused_because_type_0 = check_new_webhook_paused_because_type_0(data)

                return paused_because_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(NewWebhookPausedBecauseType0 | None, data)

        paused_because = _parse_paused_because(d.pop("paused_because"))

        def _parse_paused_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                paused_at_type_0 = datetime.datetime.fromisoformat(data)

                return paused_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        paused_at = _parse_paused_at(d.pop("paused_at"))

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

        secrets = []
        _secrets = d.pop("secrets")
        for secrets_item_data in _secrets:
            secrets_item = Secret.from_dict(secrets_item_data)

            secrets.append(secrets_item)

        revision = d.pop("revision")

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        updated_at = datetime.datetime.fromisoformat(d.pop("updated_at"))

        secret = d.pop("secret")

        new_webhook = cls(
            webhook_id=webhook_id,
            url=url,
            description=description,
            cabinets=cabinets,
            event_types=event_types,
            state=state,
            paused_because=paused_because,
            paused_at=paused_at,
            failing_since=failing_since,
            last_error=last_error,
            secrets=secrets,
            revision=revision,
            created_at=created_at,
            updated_at=updated_at,
            secret=secret,
        )

        new_webhook.additional_properties = d
        return new_webhook

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
