from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.adverts_of_period import AdvertsOfPeriod
    from ..models.compared import Compared
    from ..models.difference import Difference
    from ..models.estimate import Estimate
    from ..models.plan import Plan
    from ..models.top_item import TopItem
    from ..models.why import Why


T = TypeVar("T", bound="CurrencyDigest")


@_attrs_define
class CurrencyDigest:
    """What a period came to in one currency."""

    currency: str
    """ ISO 4217 code of three letters """
    orders: Compared
    """ Pieces and their sum at the seller's prices, against the period before. """
    cancelled: Compared
    """ Pieces and their sum at the seller's prices, against the period before. """
    bought: Compared
    """ Pieces and their sum at the seller's prices, against the period before. """
    returns: Compared
    """ Pieces and their sum at the seller's prices, against the period before. """
    adverts: AdvertsOfPeriod | None
    """ null: nothing was shown or spent in either period """
    estimate: Estimate | None
    """ null: of no item that was bought everything is known """
    plan: None | Plan
    """ of the month of the last day; null: none was entered """
    top_revenue: list[TopItem]
    """ by bought less given back """
    top_profit: list[TopItem]
    """ by the estimate """
    why: Why
    """ What changed against the period before and why: the parts add up to the whole, to the last digit. """
    reconciliation: list[Difference] | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.adverts_of_period import AdvertsOfPeriod  # noqa: PLC0415
        from ..models.estimate import Estimate  # noqa: PLC0415
        from ..models.plan import Plan  # noqa: PLC0415

        currency = self.currency

        orders = self.orders.to_dict()

        cancelled = self.cancelled.to_dict()

        bought = self.bought.to_dict()

        returns = self.returns.to_dict()

        adverts: dict[str, Any] | None
        if isinstance(self.adverts, AdvertsOfPeriod):
            adverts = self.adverts.to_dict()
        else:
            adverts = self.adverts

        estimate: dict[str, Any] | None
        if isinstance(self.estimate, Estimate):
            estimate = self.estimate.to_dict()
        else:
            estimate = self.estimate

        plan: dict[str, Any] | None
        if isinstance(self.plan, Plan):
            plan = self.plan.to_dict()
        else:
            plan = self.plan

        top_revenue = []
        for top_revenue_item_data in self.top_revenue:
            top_revenue_item = top_revenue_item_data.to_dict()
            top_revenue.append(top_revenue_item)

        top_profit = []
        for top_profit_item_data in self.top_profit:
            top_profit_item = top_profit_item_data.to_dict()
            top_profit.append(top_profit_item)

        why = self.why.to_dict()

        reconciliation: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.reconciliation, Unset):
            reconciliation = []
            for reconciliation_item_data in self.reconciliation:
                reconciliation_item = reconciliation_item_data.to_dict()
                reconciliation.append(reconciliation_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "currency": currency,
                "orders": orders,
                "cancelled": cancelled,
                "bought": bought,
                "returns": returns,
                "adverts": adverts,
                "estimate": estimate,
                "plan": plan,
                "top_revenue": top_revenue,
                "top_profit": top_profit,
                "why": why,
            }
        )
        if reconciliation is not UNSET:
            field_dict["reconciliation"] = reconciliation

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.adverts_of_period import AdvertsOfPeriod  # noqa: PLC0415
        from ..models.compared import Compared  # noqa: PLC0415
        from ..models.difference import Difference  # noqa: PLC0415
        from ..models.estimate import Estimate  # noqa: PLC0415
        from ..models.plan import Plan  # noqa: PLC0415
        from ..models.top_item import TopItem  # noqa: PLC0415
        from ..models.why import Why  # noqa: PLC0415

        d = dict(src_dict)
        currency = d.pop("currency")

        orders = Compared.from_dict(d.pop("orders"))

        cancelled = Compared.from_dict(d.pop("cancelled"))

        bought = Compared.from_dict(d.pop("bought"))

        returns = Compared.from_dict(d.pop("returns"))

        def _parse_adverts(data: object) -> AdvertsOfPeriod | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                adverts_type_0 = AdvertsOfPeriod.from_dict(data)

                return adverts_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(AdvertsOfPeriod | None, data)

        adverts = _parse_adverts(d.pop("adverts"))

        def _parse_estimate(data: object) -> Estimate | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                estimate_type_0 = Estimate.from_dict(data)

                return estimate_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(Estimate | None, data)

        estimate = _parse_estimate(d.pop("estimate"))

        def _parse_plan(data: object) -> None | Plan:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                plan_type_0 = Plan.from_dict(data)

                return plan_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Plan, data)

        plan = _parse_plan(d.pop("plan"))

        top_revenue = []
        _top_revenue = d.pop("top_revenue")
        for top_revenue_item_data in _top_revenue:
            top_revenue_item = TopItem.from_dict(top_revenue_item_data)

            top_revenue.append(top_revenue_item)

        top_profit = []
        _top_profit = d.pop("top_profit")
        for top_profit_item_data in _top_profit:
            top_profit_item = TopItem.from_dict(top_profit_item_data)

            top_profit.append(top_profit_item)

        why = Why.from_dict(d.pop("why"))

        _reconciliation = d.pop("reconciliation", UNSET)
        reconciliation: list[Difference] | Unset = UNSET
        if _reconciliation is not UNSET:
            reconciliation = []
            for reconciliation_item_data in _reconciliation:
                reconciliation_item = Difference.from_dict(reconciliation_item_data)

                reconciliation.append(reconciliation_item)

        currency_digest = cls(
            currency=currency,
            orders=orders,
            cancelled=cancelled,
            bought=bought,
            returns=returns,
            adverts=adverts,
            estimate=estimate,
            plan=plan,
            top_revenue=top_revenue,
            top_profit=top_profit,
            why=why,
            reconciliation=reconciliation,
        )

        currency_digest.additional_properties = d
        return currency_digest

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
