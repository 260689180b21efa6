from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="UnitMoney")


@_attrs_define
class UnitMoney:
    """Money of one bought piece; costs are positive. A null is unknown and makes `profit` null, unless it says so."""

    price: None | str
    """ the seller's, with the discount """
    buyer_price: None | str | Unset = UNSET
    """ after SPP, without WB Wallet """
    spp: None | str | Unset = UNSET
    commission_percent: None | str | Unset = UNSET
    commission: None | str | Unset = UNSET
    delivery: None | str | Unset = UNSET
    """ one way to the buyer """
    delivery_back: None | str | Unset = UNSET
    """ one way back """
    logistics: None | str | Unset = UNSET
    """ of one bought piece, with the ways of those not bought """
    storage: None | str | Unset = UNSET
    """ null counts as 0 """
    acceptance: None | str | Unset = UNSET
    """ null counts as 0 """
    penalties: None | str | Unset = UNSET
    """ fines and deductions; null counts as 0 """
    adverts: None | str | Unset = UNSET
    """ null counts as 0 """
    tax: None | str | Unset = UNSET
    cost: None | str | Unset = UNSET
    """ of the goods, entered by the seller """
    other: None | str | Unset = UNSET
    """ entered by the seller; null counts as 0 """
    payout: None | str | Unset = UNSET
    """ what WB pays for it """
    profit: None | str | Unset = UNSET
    margin: None | str | Unset = UNSET
    """ profit of price """
    roi: None | str | Unset = UNSET
    """ profit of cost """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        price: None | str
        price = self.price

        buyer_price: None | str | Unset
        if isinstance(self.buyer_price, Unset):
            buyer_price = UNSET
        else:
            buyer_price = self.buyer_price

        spp: None | str | Unset
        if isinstance(self.spp, Unset):
            spp = UNSET
        else:
            spp = self.spp

        commission_percent: None | str | Unset
        if isinstance(self.commission_percent, Unset):
            commission_percent = UNSET
        else:
            commission_percent = self.commission_percent

        commission: None | str | Unset
        if isinstance(self.commission, Unset):
            commission = UNSET
        else:
            commission = self.commission

        delivery: None | str | Unset
        if isinstance(self.delivery, Unset):
            delivery = UNSET
        else:
            delivery = self.delivery

        delivery_back: None | str | Unset
        if isinstance(self.delivery_back, Unset):
            delivery_back = UNSET
        else:
            delivery_back = self.delivery_back

        logistics: None | str | Unset
        if isinstance(self.logistics, Unset):
            logistics = UNSET
        else:
            logistics = self.logistics

        storage: None | str | Unset
        if isinstance(self.storage, Unset):
            storage = UNSET
        else:
            storage = self.storage

        acceptance: None | str | Unset
        if isinstance(self.acceptance, Unset):
            acceptance = UNSET
        else:
            acceptance = self.acceptance

        penalties: None | str | Unset
        if isinstance(self.penalties, Unset):
            penalties = UNSET
        else:
            penalties = self.penalties

        adverts: None | str | Unset
        if isinstance(self.adverts, Unset):
            adverts = UNSET
        else:
            adverts = self.adverts

        tax: None | str | Unset
        if isinstance(self.tax, Unset):
            tax = UNSET
        else:
            tax = self.tax

        cost: None | str | Unset
        if isinstance(self.cost, Unset):
            cost = UNSET
        else:
            cost = self.cost

        other: None | str | Unset
        if isinstance(self.other, Unset):
            other = UNSET
        else:
            other = self.other

        payout: None | str | Unset
        if isinstance(self.payout, Unset):
            payout = UNSET
        else:
            payout = self.payout

        profit: None | str | Unset
        if isinstance(self.profit, Unset):
            profit = UNSET
        else:
            profit = self.profit

        margin: None | str | Unset
        if isinstance(self.margin, Unset):
            margin = UNSET
        else:
            margin = self.margin

        roi: None | str | Unset
        if isinstance(self.roi, Unset):
            roi = UNSET
        else:
            roi = self.roi

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "price": price,
            }
        )
        if buyer_price is not UNSET:
            field_dict["buyer_price"] = buyer_price
        if spp is not UNSET:
            field_dict["spp"] = spp
        if commission_percent is not UNSET:
            field_dict["commission_percent"] = commission_percent
        if commission is not UNSET:
            field_dict["commission"] = commission
        if delivery is not UNSET:
            field_dict["delivery"] = delivery
        if delivery_back is not UNSET:
            field_dict["delivery_back"] = delivery_back
        if logistics is not UNSET:
            field_dict["logistics"] = logistics
        if storage is not UNSET:
            field_dict["storage"] = storage
        if acceptance is not UNSET:
            field_dict["acceptance"] = acceptance
        if penalties is not UNSET:
            field_dict["penalties"] = penalties
        if adverts is not UNSET:
            field_dict["adverts"] = adverts
        if tax is not UNSET:
            field_dict["tax"] = tax
        if cost is not UNSET:
            field_dict["cost"] = cost
        if other is not UNSET:
            field_dict["other"] = other
        if payout is not UNSET:
            field_dict["payout"] = payout
        if profit is not UNSET:
            field_dict["profit"] = profit
        if margin is not UNSET:
            field_dict["margin"] = margin
        if roi is not UNSET:
            field_dict["roi"] = roi

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)

        def _parse_price(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        price = _parse_price(d.pop("price"))

        def _parse_buyer_price(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        buyer_price = _parse_buyer_price(d.pop("buyer_price", UNSET))

        def _parse_spp(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        spp = _parse_spp(d.pop("spp", UNSET))

        def _parse_commission_percent(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        commission_percent = _parse_commission_percent(d.pop("commission_percent", UNSET))

        def _parse_commission(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        commission = _parse_commission(d.pop("commission", UNSET))

        def _parse_delivery(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        delivery = _parse_delivery(d.pop("delivery", UNSET))

        def _parse_delivery_back(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        delivery_back = _parse_delivery_back(d.pop("delivery_back", UNSET))

        def _parse_logistics(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        logistics = _parse_logistics(d.pop("logistics", UNSET))

        def _parse_storage(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        storage = _parse_storage(d.pop("storage", UNSET))

        def _parse_acceptance(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        acceptance = _parse_acceptance(d.pop("acceptance", UNSET))

        def _parse_penalties(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        penalties = _parse_penalties(d.pop("penalties", UNSET))

        def _parse_adverts(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        adverts = _parse_adverts(d.pop("adverts", UNSET))

        def _parse_tax(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        tax = _parse_tax(d.pop("tax", UNSET))

        def _parse_cost(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        cost = _parse_cost(d.pop("cost", UNSET))

        def _parse_other(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        other = _parse_other(d.pop("other", UNSET))

        def _parse_payout(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        payout = _parse_payout(d.pop("payout", UNSET))

        def _parse_profit(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        profit = _parse_profit(d.pop("profit", UNSET))

        def _parse_margin(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        margin = _parse_margin(d.pop("margin", UNSET))

        def _parse_roi(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        roi = _parse_roi(d.pop("roi", UNSET))

        unit_money = cls(
            price=price,
            buyer_price=buyer_price,
            spp=spp,
            commission_percent=commission_percent,
            commission=commission,
            delivery=delivery,
            delivery_back=delivery_back,
            logistics=logistics,
            storage=storage,
            acceptance=acceptance,
            penalties=penalties,
            adverts=adverts,
            tax=tax,
            cost=cost,
            other=other,
            payout=payout,
            profit=profit,
            margin=margin,
            roi=roi,
        )

        unit_money.additional_properties = d
        return unit_money

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
