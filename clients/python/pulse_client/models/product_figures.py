from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.buyout import Buyout
    from ..models.figures_in_currency import FiguresInCurrency
    from ..models.period_figures import PeriodFigures
    from ..models.velocity import Velocity


T = TypeVar("T", bound="ProductFigures")


@_attrs_define
class ProductFigures:
    """What is counted of an item; null: not counted, there is nothing to count.."""

    as_of: datetime.date | None
    """ the Moscow day of the oldest of them; null: nothing is counted """
    periods: list[PeriodFigures]
    """ 7, 14, 30, 60, 90 days up to today, each currency apart """
    buyout: Buyout | None | Unset = UNSET
    velocity: None | Unset | Velocity = UNSET
    currencies: list[FiguresInCurrency] | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.buyout import Buyout  # noqa: PLC0415
        from ..models.velocity import Velocity  # noqa: PLC0415

        as_of: None | str
        if isinstance(self.as_of, datetime.date):
            as_of = self.as_of.isoformat()
        else:
            as_of = self.as_of

        periods = []
        for periods_item_data in self.periods:
            periods_item = periods_item_data.to_dict()
            periods.append(periods_item)

        buyout: dict[str, Any] | None | Unset
        if isinstance(self.buyout, Unset):
            buyout = UNSET
        elif isinstance(self.buyout, Buyout):
            buyout = self.buyout.to_dict()
        else:
            buyout = self.buyout

        velocity: dict[str, Any] | None | Unset
        if isinstance(self.velocity, Unset):
            velocity = UNSET
        elif isinstance(self.velocity, Velocity):
            velocity = self.velocity.to_dict()
        else:
            velocity = self.velocity

        currencies: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.currencies, Unset):
            currencies = []
            for currencies_item_data in self.currencies:
                currencies_item = currencies_item_data.to_dict()
                currencies.append(currencies_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "as_of": as_of,
                "periods": periods,
            }
        )
        if buyout is not UNSET:
            field_dict["buyout"] = buyout
        if velocity is not UNSET:
            field_dict["velocity"] = velocity
        if currencies is not UNSET:
            field_dict["currencies"] = currencies

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.buyout import Buyout  # noqa: PLC0415
        from ..models.figures_in_currency import FiguresInCurrency  # noqa: PLC0415
        from ..models.period_figures import PeriodFigures  # noqa: PLC0415
        from ..models.velocity import Velocity  # noqa: PLC0415

        d = dict(src_dict)

        def _parse_as_of(data: object) -> datetime.date | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                as_of_type_0 = datetime.date.fromisoformat(data)

                return as_of_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.date | None, data)

        as_of = _parse_as_of(d.pop("as_of"))

        periods = []
        _periods = d.pop("periods")
        for periods_item_data in _periods:
            periods_item = PeriodFigures.from_dict(periods_item_data)

            periods.append(periods_item)

        def _parse_buyout(data: object) -> Buyout | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                buyout_type_0 = Buyout.from_dict(data)

                return buyout_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(Buyout | None | Unset, data)

        buyout = _parse_buyout(d.pop("buyout", UNSET))

        def _parse_velocity(data: object) -> None | Unset | Velocity:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                velocity_type_0 = Velocity.from_dict(data)

                return velocity_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Unset | Velocity, data)

        velocity = _parse_velocity(d.pop("velocity", UNSET))

        _currencies = d.pop("currencies", UNSET)
        currencies: list[FiguresInCurrency] | Unset = UNSET
        if _currencies is not UNSET:
            currencies = []
            for currencies_item_data in _currencies:
                currencies_item = FiguresInCurrency.from_dict(currencies_item_data)

                currencies.append(currencies_item)

        product_figures = cls(
            as_of=as_of,
            periods=periods,
            buyout=buyout,
            velocity=velocity,
            currencies=currencies,
        )

        product_figures.additional_properties = d
        return product_figures

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
