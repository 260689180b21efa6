from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.unit_money import UnitMoney


T = TypeVar("T", bound="ReportedMoney")


@_attrs_define
class ReportedMoney:
    """Money of one piece, in `currency`."""

    currency: str
    """ ISO 4217 code of three letters """
    total_price: None | str
    """ before discounts """
    discount_percent: int | None
    estimate: UnitMoney
    """ Money of one bought piece; costs are positive. A null is unknown and makes `profit` null, unless it says so.
    """
    missing: list[str]
    """ what the estimate lacks: dimensions, tariff, cost, tax, price """
    fact: None | UnitMoney
    """ of this order, once finance has settled it """
    fact_units: int
    """ 1; 0 of an order that was cancelled or given back, and cost its ways """
    profit_difference: None | str
    """ fact − estimate """
    for_pay: None | str
    """ of this order, to be paid to the seller; preliminary """
    return_for_pay: None | str
    """ taken back from the seller; negative """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.unit_money import UnitMoney  # noqa: PLC0415

        currency = self.currency

        total_price: None | str
        total_price = self.total_price

        discount_percent: int | None
        discount_percent = self.discount_percent

        estimate = self.estimate.to_dict()

        missing = self.missing

        fact: dict[str, Any] | None
        if isinstance(self.fact, UnitMoney):
            fact = self.fact.to_dict()
        else:
            fact = self.fact

        fact_units = self.fact_units

        profit_difference: None | str
        profit_difference = self.profit_difference

        for_pay: None | str
        for_pay = self.for_pay

        return_for_pay: None | str
        return_for_pay = self.return_for_pay

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "currency": currency,
                "total_price": total_price,
                "discount_percent": discount_percent,
                "estimate": estimate,
                "missing": missing,
                "fact": fact,
                "fact_units": fact_units,
                "profit_difference": profit_difference,
                "for_pay": for_pay,
                "return_for_pay": return_for_pay,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.unit_money import UnitMoney  # noqa: PLC0415

        d = dict(src_dict)
        currency = d.pop("currency")

        def _parse_total_price(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        total_price = _parse_total_price(d.pop("total_price"))

        def _parse_discount_percent(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        discount_percent = _parse_discount_percent(d.pop("discount_percent"))

        estimate = UnitMoney.from_dict(d.pop("estimate"))

        missing = cast(list[str], d.pop("missing"))

        def _parse_fact(data: object) -> None | UnitMoney:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                fact_type_0 = UnitMoney.from_dict(data)

                return fact_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UnitMoney, data)

        fact = _parse_fact(d.pop("fact"))

        fact_units = d.pop("fact_units")

        def _parse_profit_difference(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        profit_difference = _parse_profit_difference(d.pop("profit_difference"))

        def _parse_for_pay(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        for_pay = _parse_for_pay(d.pop("for_pay"))

        def _parse_return_for_pay(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        return_for_pay = _parse_return_for_pay(d.pop("return_for_pay"))

        reported_money = cls(
            currency=currency,
            total_price=total_price,
            discount_percent=discount_percent,
            estimate=estimate,
            missing=missing,
            fact=fact,
            fact_units=fact_units,
            profit_difference=profit_difference,
            for_pay=for_pay,
            return_for_pay=return_for_pay,
        )

        reported_money.additional_properties = d
        return reported_money

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
