from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import (
    Any,
    Literal,
    TypeVar,
    cast,
)
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.delivery_status import DeliveryStatus, check_delivery_status
from ..models.webhook_delivery_last_outcome_type_0 import (
    WebhookDeliveryLastOutcomeType0,
    check_webhook_delivery_last_outcome_type_0,
)

T = TypeVar("T", bound="WebhookDelivery")


@_attrs_define
class WebhookDelivery:
    """Something that a webhook is told, and what came of it."""

    delivery_id: UUID
    """ the `webhook-id` of its message, the same in every try """
    cabinet_id: UUID
    type_: str
    order_id: None | UUID
    status: DeliveryStatus
    """ Where a delivery stands. """
    tries: int
    created_at: datetime.datetime
    finished_at: datetime.datetime | None
    last_try_at: datetime.datetime | None
    last_outcome: Literal["not_sent"] | None | WebhookDeliveryLastOutcomeType0
    last_error: None | str
    """ what the endpoint answered, or why it did not """
    last_took_ms: int | None
    next_try_at: datetime.datetime | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        delivery_id = str(self.delivery_id)

        cabinet_id = str(self.cabinet_id)

        type_ = self.type_

        order_id: None | str
        if isinstance(self.order_id, UUID):
            order_id = str(self.order_id)
        else:
            order_id = self.order_id

        status: str = self.status

        tries = self.tries

        created_at = self.created_at.isoformat()

        finished_at: None | str
        if isinstance(self.finished_at, datetime.datetime):
            finished_at = self.finished_at.isoformat()
        else:
            finished_at = self.finished_at

        last_try_at: None | str
        if isinstance(self.last_try_at, datetime.datetime):
            last_try_at = self.last_try_at.isoformat()
        else:
            last_try_at = self.last_try_at

        last_outcome: Literal["not_sent"] | None | str
        if isinstance(self.last_outcome, str):
            last_outcome = self.last_outcome
        else:
            last_outcome = self.last_outcome

        last_error: None | str
        last_error = self.last_error

        last_took_ms: int | None
        last_took_ms = self.last_took_ms

        next_try_at: None | str
        if isinstance(self.next_try_at, datetime.datetime):
            next_try_at = self.next_try_at.isoformat()
        else:
            next_try_at = self.next_try_at

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "delivery_id": delivery_id,
                "cabinet_id": cabinet_id,
                "type": type_,
                "order_id": order_id,
                "status": status,
                "tries": tries,
                "created_at": created_at,
                "finished_at": finished_at,
                "last_try_at": last_try_at,
                "last_outcome": last_outcome,
                "last_error": last_error,
                "last_took_ms": last_took_ms,
                "next_try_at": next_try_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        delivery_id = UUID(d.pop("delivery_id"))

        cabinet_id = UUID(d.pop("cabinet_id"))

        type_ = d.pop("type")

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

        status = check_delivery_status(d.pop("status"))

        tries = d.pop("tries")

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

        def _parse_last_try_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                last_try_at_type_0 = datetime.datetime.fromisoformat(data)

                return last_try_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        last_try_at = _parse_last_try_at(d.pop("last_try_at"))

        def _parse_last_outcome(data: object) -> Literal["not_sent"] | None | WebhookDeliveryLastOutcomeType0:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                last_outcome_type_0 = check_webhook_delivery_last_outcome_type_0(data)

                return last_outcome_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            last_outcome_type_1 = cast(Literal["not_sent"], data)
            if last_outcome_type_1 != "not_sent":
                raise ValueError(f"last_outcome_type_1 must match const 'not_sent', got '{last_outcome_type_1}'")
            return last_outcome_type_1
            return cast(Literal["not_sent"] | None | WebhookDeliveryLastOutcomeType0, data)

        last_outcome = _parse_last_outcome(d.pop("last_outcome"))

        def _parse_last_error(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        last_error = _parse_last_error(d.pop("last_error"))

        def _parse_last_took_ms(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        last_took_ms = _parse_last_took_ms(d.pop("last_took_ms"))

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

        webhook_delivery = cls(
            delivery_id=delivery_id,
            cabinet_id=cabinet_id,
            type_=type_,
            order_id=order_id,
            status=status,
            tries=tries,
            created_at=created_at,
            finished_at=finished_at,
            last_try_at=last_try_at,
            last_outcome=last_outcome,
            last_error=last_error,
            last_took_ms=last_took_ms,
            next_try_at=next_try_at,
        )

        webhook_delivery.additional_properties = d
        return webhook_delivery

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
