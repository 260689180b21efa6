from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.unit_money import UnitMoney


T = TypeVar("T", bound="UnitEconomics")


@_attrs_define
class UnitEconomics:
    """What a piece earns: as estimated at the time of the order, and as finance reports it.

    The whole cabinet has no estimate, only a fact.

    """

    estimate: UnitMoney
    """ Money of one bought piece; costs are positive. A null is unknown and makes `profit` null, unless it says so.
    """
    missing: list[str] | Unset = UNSET
    """ what the estimate lacks: price, commission, dimensions, tariff, buyout, tax, cost """
    fact: None | UnitMoney | Unset = UNSET
    """ of the last 30 reported days; null: finance tells of none """
    fact_units: int | Unset = 0
    """ bought pieces that `fact` is the mean of """
    fact_from: datetime.date | None | Unset = UNSET
    fact_to: datetime.date | None | Unset = UNSET
    profit_difference: None | str | Unset = UNSET
    """ fact − estimate """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.unit_money import UnitMoney  # noqa: PLC0415

        estimate = self.estimate.to_dict()

        missing: list[str] | Unset = UNSET
        if not isinstance(self.missing, Unset):
            missing = self.missing

        fact: dict[str, Any] | None | Unset
        if isinstance(self.fact, Unset):
            fact = UNSET
        elif isinstance(self.fact, UnitMoney):
            fact = self.fact.to_dict()
        else:
            fact = self.fact

        fact_units = self.fact_units

        fact_from: None | str | Unset
        if isinstance(self.fact_from, Unset):
            fact_from = UNSET
        elif isinstance(self.fact_from, datetime.date):
            fact_from = self.fact_from.isoformat()
        else:
            fact_from = self.fact_from

        fact_to: None | str | Unset
        if isinstance(self.fact_to, Unset):
            fact_to = UNSET
        elif isinstance(self.fact_to, datetime.date):
            fact_to = self.fact_to.isoformat()
        else:
            fact_to = self.fact_to

        profit_difference: None | str | Unset
        if isinstance(self.profit_difference, Unset):
            profit_difference = UNSET
        else:
            profit_difference = self.profit_difference

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "estimate": estimate,
            }
        )
        if missing is not UNSET:
            field_dict["missing"] = missing
        if fact is not UNSET:
            field_dict["fact"] = fact
        if fact_units is not UNSET:
            field_dict["fact_units"] = fact_units
        if fact_from is not UNSET:
            field_dict["fact_from"] = fact_from
        if fact_to is not UNSET:
            field_dict["fact_to"] = fact_to
        if profit_difference is not UNSET:
            field_dict["profit_difference"] = profit_difference

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.unit_money import UnitMoney  # noqa: PLC0415

        d = dict(src_dict)
        estimate = UnitMoney.from_dict(d.pop("estimate"))

        missing = cast(list[str], d.pop("missing", UNSET))

        def _parse_fact(data: object) -> None | UnitMoney | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                fact_type_0 = UnitMoney.from_dict(data)

                return fact_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UnitMoney | Unset, data)

        fact = _parse_fact(d.pop("fact", UNSET))

        fact_units = d.pop("fact_units", UNSET)

        def _parse_fact_from(data: object) -> datetime.date | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                fact_from_type_0 = datetime.date.fromisoformat(data)

                return fact_from_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.date | None | Unset, data)

        fact_from = _parse_fact_from(d.pop("fact_from", UNSET))

        def _parse_fact_to(data: object) -> datetime.date | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                fact_to_type_0 = datetime.date.fromisoformat(data)

                return fact_to_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.date | None | Unset, data)

        fact_to = _parse_fact_to(d.pop("fact_to", UNSET))

        def _parse_profit_difference(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        profit_difference = _parse_profit_difference(d.pop("profit_difference", UNSET))

        unit_economics = cls(
            estimate=estimate,
            missing=missing,
            fact=fact,
            fact_units=fact_units,
            fact_from=fact_from,
            fact_to=fact_to,
            profit_difference=profit_difference,
        )

        unit_economics.additional_properties = d
        return unit_economics

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
