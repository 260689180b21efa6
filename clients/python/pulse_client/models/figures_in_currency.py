from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.adverts import Adverts
    from ..models.plan import Plan
    from ..models.rank import Rank
    from ..models.regions import Regions
    from ..models.unit_economics import UnitEconomics


T = TypeVar("T", bound="FiguresInCurrency")


@_attrs_define
class FiguresInCurrency:
    """Figures with money, in one currency; null: not counted, there is nothing to count."""

    currency: str
    """ ISO 4217 code of three letters """
    money: None | UnitEconomics | Unset = UNSET
    rank: None | Rank | Unset = UNSET
    adverts: Adverts | None | Unset = UNSET
    regions: None | Regions | Unset = UNSET
    plan: None | Plan | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.adverts import Adverts  # noqa: PLC0415
        from ..models.plan import Plan  # noqa: PLC0415
        from ..models.rank import Rank  # noqa: PLC0415
        from ..models.regions import Regions  # noqa: PLC0415
        from ..models.unit_economics import UnitEconomics  # noqa: PLC0415

        currency = self.currency

        money: dict[str, Any] | None | Unset
        if isinstance(self.money, Unset):
            money = UNSET
        elif isinstance(self.money, UnitEconomics):
            money = self.money.to_dict()
        else:
            money = self.money

        rank: dict[str, Any] | None | Unset
        if isinstance(self.rank, Unset):
            rank = UNSET
        elif isinstance(self.rank, Rank):
            rank = self.rank.to_dict()
        else:
            rank = self.rank

        adverts: dict[str, Any] | None | Unset
        if isinstance(self.adverts, Unset):
            adverts = UNSET
        elif isinstance(self.adverts, Adverts):
            adverts = self.adverts.to_dict()
        else:
            adverts = self.adverts

        regions: dict[str, Any] | None | Unset
        if isinstance(self.regions, Unset):
            regions = UNSET
        elif isinstance(self.regions, Regions):
            regions = self.regions.to_dict()
        else:
            regions = self.regions

        plan: dict[str, Any] | None | Unset
        if isinstance(self.plan, Unset):
            plan = UNSET
        elif isinstance(self.plan, Plan):
            plan = self.plan.to_dict()
        else:
            plan = self.plan

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "currency": currency,
            }
        )
        if money is not UNSET:
            field_dict["money"] = money
        if rank is not UNSET:
            field_dict["rank"] = rank
        if adverts is not UNSET:
            field_dict["adverts"] = adverts
        if regions is not UNSET:
            field_dict["regions"] = regions
        if plan is not UNSET:
            field_dict["plan"] = plan

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.adverts import Adverts  # noqa: PLC0415
        from ..models.plan import Plan  # noqa: PLC0415
        from ..models.rank import Rank  # noqa: PLC0415
        from ..models.regions import Regions  # noqa: PLC0415
        from ..models.unit_economics import UnitEconomics  # noqa: PLC0415

        d = dict(src_dict)
        currency = d.pop("currency")

        def _parse_money(data: object) -> None | UnitEconomics | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                money_type_0 = UnitEconomics.from_dict(data)

                return money_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UnitEconomics | Unset, data)

        money = _parse_money(d.pop("money", UNSET))

        def _parse_rank(data: object) -> None | Rank | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                rank_type_0 = Rank.from_dict(data)

                return rank_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Rank | Unset, data)

        rank = _parse_rank(d.pop("rank", UNSET))

        def _parse_adverts(data: object) -> Adverts | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                adverts_type_0 = Adverts.from_dict(data)

                return adverts_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(Adverts | None | Unset, data)

        adverts = _parse_adverts(d.pop("adverts", UNSET))

        def _parse_regions(data: object) -> None | Regions | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                regions_type_0 = Regions.from_dict(data)

                return regions_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Regions | Unset, data)

        regions = _parse_regions(d.pop("regions", UNSET))

        def _parse_plan(data: object) -> None | Plan | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                plan_type_0 = Plan.from_dict(data)

                return plan_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Plan | Unset, data)

        plan = _parse_plan(d.pop("plan", UNSET))

        figures_in_currency = cls(
            currency=currency,
            money=money,
            rank=rank,
            adverts=adverts,
            regions=regions,
            plan=plan,
        )

        figures_in_currency.additional_properties = d
        return figures_in_currency

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
