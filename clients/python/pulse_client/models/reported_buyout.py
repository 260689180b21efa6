from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="ReportedBuyout")


@_attrs_define
class ReportedBuyout:
    """What became of the orders of a period."""

    period_days: int
    value: None | str
    """ bought of the finished; null: none is """
    bought: int
    finished: int
    """ orders that have ended, or are older than orders usually are on their way """
    in_transit: int
    """ orders that are open """
    open_share: None | str
    """ the open ones, of all """
    cohort: None | str
    """ bought of all orders of the period, open ones included """
    mature: bool
    """ at least half of the orders are finished: the value will not change much """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        period_days = self.period_days

        value: None | str
        value = self.value

        bought = self.bought

        finished = self.finished

        in_transit = self.in_transit

        open_share: None | str
        open_share = self.open_share

        cohort: None | str
        cohort = self.cohort

        mature = self.mature

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "period_days": period_days,
                "value": value,
                "bought": bought,
                "finished": finished,
                "in_transit": in_transit,
                "open_share": open_share,
                "cohort": cohort,
                "mature": mature,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        period_days = d.pop("period_days")

        def _parse_value(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        value = _parse_value(d.pop("value"))

        bought = d.pop("bought")

        finished = d.pop("finished")

        in_transit = d.pop("in_transit")

        def _parse_open_share(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        open_share = _parse_open_share(d.pop("open_share"))

        def _parse_cohort(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        cohort = _parse_cohort(d.pop("cohort"))

        mature = d.pop("mature")

        reported_buyout = cls(
            period_days=period_days,
            value=value,
            bought=bought,
            finished=finished,
            in_transit=in_transit,
            open_share=open_share,
            cohort=cohort,
            mature=mature,
        )

        reported_buyout.additional_properties = d
        return reported_buyout

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
