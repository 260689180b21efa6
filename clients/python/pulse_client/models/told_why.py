from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.told_status import ToldStatus, check_told_status
from ..models.told_why_channel import ToldWhyChannel, check_told_why_channel

if TYPE_CHECKING:
    from ..models.told_why_figures import ToldWhyFigures


T = TypeVar("T", bound="ToldWhy")


@_attrs_define
class ToldWhy:
    """The same with what it was made of."""

    delivery_id: UUID
    cabinet_id: UUID
    channel: ToldWhyChannel
    kind: str
    """ what it is about: `GET /notifications/kinds` """
    told_as: None | str
    """ the kind that it was told as; null: not told yet """
    told_in: None | UUID
    """ the delivery whose message told it as well; null: it had its own """
    status: ToldStatus
    """ How far something that was to be told has come. """
    reason: None | str
    """ why it was sent, put off, left out or told together with others; null: not decided yet """
    nm_id: int | None
    """ the item that it is about """
    order_id: None | UUID
    tries: int
    last_error: None | str
    created_at: datetime.datetime
    finished_at: datetime.datetime | None
    next_try_at: datetime.datetime | None
    """ null: it has ended """
    event_id: UUID
    """ of the event that it tells """
    correlation_id: UUID
    """ of everything that happened because of the same cause """
    reported_at: datetime.datetime
    """ when its figures were taken """
    figures: ToldWhyFigures
    """ what it tells, as the event has it; `GET /notifications/kinds` """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        delivery_id = str(self.delivery_id)

        cabinet_id = str(self.cabinet_id)

        channel: str = self.channel

        kind = self.kind

        told_as: None | str
        told_as = self.told_as

        told_in: None | str
        if isinstance(self.told_in, UUID):
            told_in = str(self.told_in)
        else:
            told_in = self.told_in

        status: str = self.status

        reason: None | str
        reason = self.reason

        nm_id: int | None
        nm_id = self.nm_id

        order_id: None | str
        if isinstance(self.order_id, UUID):
            order_id = str(self.order_id)
        else:
            order_id = self.order_id

        tries = self.tries

        last_error: None | str
        last_error = self.last_error

        created_at = self.created_at.isoformat()

        finished_at: None | str
        if isinstance(self.finished_at, datetime.datetime):
            finished_at = self.finished_at.isoformat()
        else:
            finished_at = self.finished_at

        next_try_at: None | str
        if isinstance(self.next_try_at, datetime.datetime):
            next_try_at = self.next_try_at.isoformat()
        else:
            next_try_at = self.next_try_at

        event_id = str(self.event_id)

        correlation_id = str(self.correlation_id)

        reported_at = self.reported_at.isoformat()

        figures = self.figures.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "delivery_id": delivery_id,
                "cabinet_id": cabinet_id,
                "channel": channel,
                "kind": kind,
                "told_as": told_as,
                "told_in": told_in,
                "status": status,
                "reason": reason,
                "nm_id": nm_id,
                "order_id": order_id,
                "tries": tries,
                "last_error": last_error,
                "created_at": created_at,
                "finished_at": finished_at,
                "next_try_at": next_try_at,
                "event_id": event_id,
                "correlation_id": correlation_id,
                "reported_at": reported_at,
                "figures": figures,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.told_why_figures import ToldWhyFigures  # noqa: PLC0415

        d = dict(src_dict)
        delivery_id = UUID(d.pop("delivery_id"))

        cabinet_id = UUID(d.pop("cabinet_id"))

        channel = check_told_why_channel(d.pop("channel"))

        kind = d.pop("kind")

        def _parse_told_as(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        told_as = _parse_told_as(d.pop("told_as"))

        def _parse_told_in(data: object) -> None | UUID:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                told_in_type_0 = UUID(data)

                return told_in_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UUID, data)

        told_in = _parse_told_in(d.pop("told_in"))

        status = check_told_status(d.pop("status"))

        def _parse_reason(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        reason = _parse_reason(d.pop("reason"))

        def _parse_nm_id(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        nm_id = _parse_nm_id(d.pop("nm_id"))

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

        tries = d.pop("tries")

        def _parse_last_error(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        last_error = _parse_last_error(d.pop("last_error"))

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

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

        event_id = UUID(d.pop("event_id"))

        correlation_id = UUID(d.pop("correlation_id"))

        reported_at = datetime.datetime.fromisoformat(d.pop("reported_at"))

        figures = ToldWhyFigures.from_dict(d.pop("figures"))

        told_why = cls(
            delivery_id=delivery_id,
            cabinet_id=cabinet_id,
            channel=channel,
            kind=kind,
            told_as=told_as,
            told_in=told_in,
            status=status,
            reason=reason,
            nm_id=nm_id,
            order_id=order_id,
            tries=tries,
            last_error=last_error,
            created_at=created_at,
            finished_at=finished_at,
            next_try_at=next_try_at,
            event_id=event_id,
            correlation_id=correlation_id,
            reported_at=reported_at,
            figures=figures,
        )

        told_why.additional_properties = d
        return told_why

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
