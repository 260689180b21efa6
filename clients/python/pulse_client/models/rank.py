from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.rank_abc_profit_type_0 import (
    RankAbcProfitType0,
    check_rank_abc_profit_type_0,
)
from ..models.rank_abc_revenue_type_0 import (
    RankAbcRevenueType0,
    check_rank_abc_revenue_type_0,
)
from ..models.rank_xyz_type_0 import RankXyzType0, check_rank_xyz_type_0
from ..types import UNSET, Unset

T = TypeVar("T", bound="Rank")


@_attrs_define
class Rank:
    """Where an item stands in its cabinet, by 30 days (ABC) and by whole weeks (XYZ)."""

    abc_revenue: None | RankAbcRevenueType0 | Unset = UNSET
    abc_profit: None | RankAbcProfitType0 | Unset = UNSET
    """ null: no cost was entered, or no revenue """
    revenue_share: None | str | Unset = UNSET
    xyz: None | RankXyzType0 | Unset = UNSET
    """ null: fewer than 4 weeks in stock """
    weekly_variation: None | str | Unset = UNSET
    """ deviation of weekly orders of their mean """
    weeks: int | Unset = 0
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        abc_revenue: None | str | Unset
        if isinstance(self.abc_revenue, Unset):
            abc_revenue = UNSET
        elif isinstance(self.abc_revenue, str):
            abc_revenue = self.abc_revenue
        else:
            abc_revenue = self.abc_revenue

        abc_profit: None | str | Unset
        if isinstance(self.abc_profit, Unset):
            abc_profit = UNSET
        elif isinstance(self.abc_profit, str):
            abc_profit = self.abc_profit
        else:
            abc_profit = self.abc_profit

        revenue_share: None | str | Unset
        if isinstance(self.revenue_share, Unset):
            revenue_share = UNSET
        else:
            revenue_share = self.revenue_share

        xyz: None | str | Unset
        if isinstance(self.xyz, Unset):
            xyz = UNSET
        elif isinstance(self.xyz, str):
            xyz = self.xyz
        else:
            xyz = self.xyz

        weekly_variation: None | str | Unset
        if isinstance(self.weekly_variation, Unset):
            weekly_variation = UNSET
        else:
            weekly_variation = self.weekly_variation

        weeks = self.weeks

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if abc_revenue is not UNSET:
            field_dict["abc_revenue"] = abc_revenue
        if abc_profit is not UNSET:
            field_dict["abc_profit"] = abc_profit
        if revenue_share is not UNSET:
            field_dict["revenue_share"] = revenue_share
        if xyz is not UNSET:
            field_dict["xyz"] = xyz
        if weekly_variation is not UNSET:
            field_dict["weekly_variation"] = weekly_variation
        if weeks is not UNSET:
            field_dict["weeks"] = weeks

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)

        def _parse_abc_revenue(data: object) -> None | RankAbcRevenueType0 | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                abc_revenue_type_0 = check_rank_abc_revenue_type_0(data)

                return abc_revenue_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | RankAbcRevenueType0 | Unset, data)

        abc_revenue = _parse_abc_revenue(d.pop("abc_revenue", UNSET))

        def _parse_abc_profit(data: object) -> None | RankAbcProfitType0 | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                abc_profit_type_0 = check_rank_abc_profit_type_0(data)

                return abc_profit_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | RankAbcProfitType0 | Unset, data)

        abc_profit = _parse_abc_profit(d.pop("abc_profit", UNSET))

        def _parse_revenue_share(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        revenue_share = _parse_revenue_share(d.pop("revenue_share", UNSET))

        def _parse_xyz(data: object) -> None | RankXyzType0 | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                xyz_type_0 = check_rank_xyz_type_0(data)

                return xyz_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | RankXyzType0 | Unset, data)

        xyz = _parse_xyz(d.pop("xyz", UNSET))

        def _parse_weekly_variation(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        weekly_variation = _parse_weekly_variation(d.pop("weekly_variation", UNSET))

        weeks = d.pop("weeks", UNSET)

        rank = cls(
            abc_revenue=abc_revenue,
            abc_profit=abc_profit,
            revenue_share=revenue_share,
            xyz=xyz,
            weekly_variation=weekly_variation,
            weeks=weeks,
        )

        rank.additional_properties = d
        return rank

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
