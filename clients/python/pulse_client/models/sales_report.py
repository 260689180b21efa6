from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.group_by import GroupBy, check_group_by

if TYPE_CHECKING:
    from ..models.compared_days import ComparedDays
    from ..models.sales_group import SalesGroup
    from ..models.sales_total import SalesTotal


T = TypeVar("T", bound="SalesReport")


@_attrs_define
class SalesReport:
    """Orders and sales of a period."""

    period: ComparedDays
    """ Days, all included, and as many before. """
    group_by: GroupBy
    """ What figures are taken apart by. """
    totals: list[SalesTotal]
    """ by currency; empty: nothing was ever ordered """
    groups: list[SalesGroup]
    """ days: the newest first; all others: the largest sum of orders first """
    groups_total: int
    """ how many groups there are; 0 beyond the last """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        period = self.period.to_dict()

        group_by: str = self.group_by

        totals = []
        for totals_item_data in self.totals:
            totals_item = totals_item_data.to_dict()
            totals.append(totals_item)

        groups = []
        for groups_item_data in self.groups:
            groups_item = groups_item_data.to_dict()
            groups.append(groups_item)

        groups_total = self.groups_total

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "period": period,
                "group_by": group_by,
                "totals": totals,
                "groups": groups,
                "groups_total": groups_total,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.compared_days import ComparedDays  # noqa: PLC0415
        from ..models.sales_group import SalesGroup  # noqa: PLC0415
        from ..models.sales_total import SalesTotal  # noqa: PLC0415

        d = dict(src_dict)
        period = ComparedDays.from_dict(d.pop("period"))

        group_by = check_group_by(d.pop("group_by"))

        totals = []
        _totals = d.pop("totals")
        for totals_item_data in _totals:
            totals_item = SalesTotal.from_dict(totals_item_data)

            totals.append(totals_item)

        groups = []
        _groups = d.pop("groups")
        for groups_item_data in _groups:
            groups_item = SalesGroup.from_dict(groups_item_data)

            groups.append(groups_item)

        groups_total = d.pop("groups_total")

        sales_report = cls(
            period=period,
            group_by=group_by,
            totals=totals,
            groups=groups,
            groups_total=groups_total,
        )

        sales_report.additional_properties = d
        return sales_report

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
