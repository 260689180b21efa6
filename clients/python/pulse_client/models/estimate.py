from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="Estimate")


@_attrs_define
class Estimate:
    """What is left of what was bought less what was given back, by today's costs of each item: an estimate.

    Only of items of which commission, logistics, tax and cost are known; `sum_without` tells of the others.

    """

    revenue: str
    """ of the items that are known: bought less given back, at the seller's prices """
    commission: str
    logistics: str
    adverts: str
    """ spent on these items """
    tax: str
    cost: str
    """ of the goods """
    other: str
    """ storage, acceptance, fines, and what the seller entered """
    profit: str
    """ revenue less all of them """
    previous_profit: None | str
    """ null: nothing is known of the period before """
    items_without: int
    """ that were bought or given back, and of which something is missing """
    sum_without: str
    """ what these came to """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        revenue = self.revenue

        commission = self.commission

        logistics = self.logistics

        adverts = self.adverts

        tax = self.tax

        cost = self.cost

        other = self.other

        profit = self.profit

        previous_profit: None | str
        previous_profit = self.previous_profit

        items_without = self.items_without

        sum_without = self.sum_without

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "revenue": revenue,
                "commission": commission,
                "logistics": logistics,
                "adverts": adverts,
                "tax": tax,
                "cost": cost,
                "other": other,
                "profit": profit,
                "previous_profit": previous_profit,
                "items_without": items_without,
                "sum_without": sum_without,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        revenue = d.pop("revenue")

        commission = d.pop("commission")

        logistics = d.pop("logistics")

        adverts = d.pop("adverts")

        tax = d.pop("tax")

        cost = d.pop("cost")

        other = d.pop("other")

        profit = d.pop("profit")

        def _parse_previous_profit(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        previous_profit = _parse_previous_profit(d.pop("previous_profit"))

        items_without = d.pop("items_without")

        sum_without = d.pop("sum_without")

        estimate = cls(
            revenue=revenue,
            commission=commission,
            logistics=logistics,
            adverts=adverts,
            tax=tax,
            cost=cost,
            other=other,
            profit=profit,
            previous_profit=previous_profit,
            items_without=items_without,
            sum_without=sum_without,
        )

        estimate.additional_properties = d
        return estimate

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
