from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="Plan")


@_attrs_define
class Plan:
    """A month's plan against what has come, by the item's own week."""

    month: datetime.date
    """ its first day """
    plan_orders: int | None
    plan_sum: None | str
    orders: int
    orders_sum: str
    expected_share: str
    """ of the month that has passed, each day weighing as its weekday usually does """
    done_orders: None | str | Unset = UNSET
    done_sum: None | str | Unset = UNSET
    on_course_sum: None | str | Unset = UNSET
    """ what the whole month comes to at this pace, of the plan """
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

        done_orders: None | str | Unset
        if isinstance(self.done_orders, Unset):
            done_orders = UNSET
        else:
            done_orders = self.done_orders

        done_sum: None | str | Unset
        if isinstance(self.done_sum, Unset):
            done_sum = UNSET
        else:
            done_sum = self.done_sum

        on_course_sum: None | str | Unset
        if isinstance(self.on_course_sum, Unset):
            on_course_sum = UNSET
        else:
            on_course_sum = self.on_course_sum

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
            }
        )
        if done_orders is not UNSET:
            field_dict["done_orders"] = done_orders
        if done_sum is not UNSET:
            field_dict["done_sum"] = done_sum
        if on_course_sum is not UNSET:
            field_dict["on_course_sum"] = on_course_sum

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

        def _parse_done_orders(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        done_orders = _parse_done_orders(d.pop("done_orders", UNSET))

        def _parse_done_sum(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        done_sum = _parse_done_sum(d.pop("done_sum", UNSET))

        def _parse_on_course_sum(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        on_course_sum = _parse_on_course_sum(d.pop("on_course_sum", UNSET))

        plan = cls(
            month=month,
            plan_orders=plan_orders,
            plan_sum=plan_sum,
            orders=orders,
            orders_sum=orders_sum,
            expected_share=expected_share,
            done_orders=done_orders,
            done_sum=done_sum,
            on_course_sum=on_course_sum,
        )

        plan.additional_properties = d
        return plan

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
