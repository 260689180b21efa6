from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="PlanProgress")


@_attrs_define
class PlanProgress:
    """A month's plan against what has come, by the own week of the item or the cabinet.. Unknown is null."""

    month: datetime.date
    """ its first day """
    plan_orders: int | None
    plan_sum: None | str
    orders: int
    orders_sum: str
    expected_share: str
    """ of the month that has passed, each day weighing as its weekday usually does """
    done_orders: None | str
    done_sum: None | str
    on_course_sum: None | str
    """ what the whole month comes to at this pace, of the plan """
    cabinet_id: UUID
    nm_id: int
    """ 0: the whole cabinet """
    currency: str
    """ ISO 4217 code of three letters """
    vendor_code: None | str
    """ null: its card is not known, or the whole cabinet """
    title: None | str
    as_of: datetime.date
    """ the Moscow day it was counted on """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        month = self.month.isoformat()

        plan_orders: int | None
        plan_orders = self.plan_orders

        plan_sum: None | str
        plan_sum = self.plan_sum

        orders = self.orders

        orders_sum = self.orders_sum

        expected_share = self.expected_share

        done_orders: None | str
        done_orders = self.done_orders

        done_sum: None | str
        done_sum = self.done_sum

        on_course_sum: None | str
        on_course_sum = self.on_course_sum

        cabinet_id = str(self.cabinet_id)

        nm_id = self.nm_id

        currency = self.currency

        vendor_code: None | str
        vendor_code = self.vendor_code

        title: None | str
        title = self.title

        as_of = self.as_of.isoformat()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "month": month,
                "plan_orders": plan_orders,
                "plan_sum": plan_sum,
                "orders": orders,
                "orders_sum": orders_sum,
                "expected_share": expected_share,
                "done_orders": done_orders,
                "done_sum": done_sum,
                "on_course_sum": on_course_sum,
                "cabinet_id": cabinet_id,
                "nm_id": nm_id,
                "currency": currency,
                "vendor_code": vendor_code,
                "title": title,
                "as_of": as_of,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        month = datetime.date.fromisoformat(d.pop("month"))

        def _parse_plan_orders(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        plan_orders = _parse_plan_orders(d.pop("plan_orders"))

        def _parse_plan_sum(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        plan_sum = _parse_plan_sum(d.pop("plan_sum"))

        orders = d.pop("orders")

        orders_sum = d.pop("orders_sum")

        expected_share = d.pop("expected_share")

        def _parse_done_orders(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        done_orders = _parse_done_orders(d.pop("done_orders"))

        def _parse_done_sum(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        done_sum = _parse_done_sum(d.pop("done_sum"))

        def _parse_on_course_sum(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        on_course_sum = _parse_on_course_sum(d.pop("on_course_sum"))

        cabinet_id = UUID(d.pop("cabinet_id"))

        nm_id = d.pop("nm_id")

        currency = d.pop("currency")

        def _parse_vendor_code(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        vendor_code = _parse_vendor_code(d.pop("vendor_code"))

        def _parse_title(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        title = _parse_title(d.pop("title"))

        as_of = datetime.date.fromisoformat(d.pop("as_of"))

        plan_progress = cls(
            month=month,
            plan_orders=plan_orders,
            plan_sum=plan_sum,
            orders=orders,
            orders_sum=orders_sum,
            expected_share=expected_share,
            done_orders=done_orders,
            done_sum=done_sum,
            on_course_sum=on_course_sum,
            cabinet_id=cabinet_id,
            nm_id=nm_id,
            currency=currency,
            vendor_code=vendor_code,
            title=title,
            as_of=as_of,
        )

        plan_progress.additional_properties = d
        return plan_progress

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
