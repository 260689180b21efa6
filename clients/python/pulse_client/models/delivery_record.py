from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.delivery_record_status import (
    DeliveryRecordStatus,
    check_delivery_record_status,
)

T = TypeVar("T", bound="DeliveryRecord")


@_attrs_define
class DeliveryRecord:
    """One message to one receiver. What it says is not shown."""

    id: str
    cabinet_id: UUID
    channel: str
    """ telegram or webhook """
    recipient: str
    """ the id of a chat or of a webhook """
    kind: str
    subject: str
    """ of which nobody is told twice """
    order_id: None | UUID
    event_id: UUID
    correlation_id: UUID
    status: DeliveryRecordStatus
    attempts: int
    failures: int
    """ attempts that count: an outage of ours uses up none """
    last_error: None | str
    message_id: None | str
    """ by which the receiver knows it """
    created_at: datetime.datetime
    next_attempt_at: datetime.datetime | None
    """ null: none will be made """
    finished_at: datetime.datetime | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        cabinet_id = str(self.cabinet_id)

        channel = self.channel

        recipient = self.recipient

        kind = self.kind

        subject = self.subject

        order_id: None | str
        if isinstance(self.order_id, UUID):
            order_id = str(self.order_id)
        else:
            order_id = self.order_id

        event_id = str(self.event_id)

        correlation_id = str(self.correlation_id)

        status: str = self.status

        attempts = self.attempts

        failures = self.failures

        last_error: None | str
        last_error = self.last_error

        message_id: None | str
        message_id = self.message_id

        created_at = self.created_at.isoformat()

        next_attempt_at: None | str
        if isinstance(self.next_attempt_at, datetime.datetime):
            next_attempt_at = self.next_attempt_at.isoformat()
        else:
            next_attempt_at = self.next_attempt_at

        finished_at: None | str
        if isinstance(self.finished_at, datetime.datetime):
            finished_at = self.finished_at.isoformat()
        else:
            finished_at = self.finished_at

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "cabinet_id": cabinet_id,
                "channel": channel,
                "recipient": recipient,
                "kind": kind,
                "subject": subject,
                "order_id": order_id,
                "event_id": event_id,
                "correlation_id": correlation_id,
                "status": status,
                "attempts": attempts,
                "failures": failures,
                "last_error": last_error,
                "message_id": message_id,
                "created_at": created_at,
                "next_attempt_at": next_attempt_at,
                "finished_at": finished_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = d.pop("id")

        cabinet_id = UUID(d.pop("cabinet_id"))

        channel = d.pop("channel")

        recipient = d.pop("recipient")

        kind = d.pop("kind")

        subject = d.pop("subject")

        def _parse_order_id(data: object) -> None | UUID:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                order_id_type_0 = UUID(data)

                return order_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UUID, data)

        order_id = _parse_order_id(d.pop("order_id"))

        event_id = UUID(d.pop("event_id"))

        correlation_id = UUID(d.pop("correlation_id"))

        status = check_delivery_record_status(d.pop("status"))

        attempts = d.pop("attempts")

        failures = d.pop("failures")

        def _parse_last_error(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        last_error = _parse_last_error(d.pop("last_error"))

        def _parse_message_id(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        message_id = _parse_message_id(d.pop("message_id"))

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        def _parse_next_attempt_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                next_attempt_at_type_0 = datetime.datetime.fromisoformat(data)

                return next_attempt_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        next_attempt_at = _parse_next_attempt_at(d.pop("next_attempt_at"))

        def _parse_finished_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                finished_at_type_0 = datetime.datetime.fromisoformat(data)

                return finished_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        finished_at = _parse_finished_at(d.pop("finished_at"))

        delivery_record = cls(
            id=id,
            cabinet_id=cabinet_id,
            channel=channel,
            recipient=recipient,
            kind=kind,
            subject=subject,
            order_id=order_id,
            event_id=event_id,
            correlation_id=correlation_id,
            status=status,
            attempts=attempts,
            failures=failures,
            last_error=last_error,
            message_id=message_id,
            created_at=created_at,
            next_attempt_at=next_attempt_at,
            finished_at=finished_at,
        )

        delivery_record.additional_properties = d
        return delivery_record

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
