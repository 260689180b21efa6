from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.advert_period import AdvertPeriod


T = TypeVar("T", bound="ReportedAds")


@_attrs_define
class ReportedAds:
    """Advertising of 30 days."""

    currency: str
    """ ISO 4217 code of three letters """
    period: AdvertPeriod
    """ Advertising of a period; Wildberries attributes an order to a campaign by its own window. """
    campaigns: int
    budget_left: None | str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        currency = self.currency

        period = self.period.to_dict()

        campaigns = self.campaigns

        budget_left: None | str
        budget_left = self.budget_left

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "currency": currency,
                "period": period,
                "campaigns": campaigns,
                "budget_left": budget_left,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.advert_period import AdvertPeriod  # noqa: PLC0415

        d = dict(src_dict)
        currency = d.pop("currency")

        period = AdvertPeriod.from_dict(d.pop("period"))

        campaigns = d.pop("campaigns")

        def _parse_budget_left(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        budget_left = _parse_budget_left(d.pop("budget_left"))

        reported_ads = cls(
            currency=currency,
            period=period,
            campaigns=campaigns,
            budget_left=budget_left,
        )

        reported_ads.additional_properties = d
        return reported_ads

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
