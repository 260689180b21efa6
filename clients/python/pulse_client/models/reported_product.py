from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.reported_product_abc_profit_type_0 import (
    ReportedProductAbcProfitType0,
    check_reported_product_abc_profit_type_0,
)
from ..models.reported_product_abc_type_0 import (
    ReportedProductAbcType0,
    check_reported_product_abc_type_0,
)
from ..models.reported_product_xyz_type_0 import (
    ReportedProductXyzType0,
    check_reported_product_xyz_type_0,
)

if TYPE_CHECKING:
    from ..models.reported_ads import ReportedAds


T = TypeVar("T", bound="ReportedProduct")


@_attrs_define
class ReportedProduct:
    """What is known of the item."""

    rating: None | str
    rating_week_ago: None | str
    reviews: int | None
    stars: list[int] | None
    """ how many with 1, 2, 3, 4, 5 stars """
    unanswered: int | None
    abc: None | ReportedProductAbcType0
    """ by revenue """
    abc_profit: None | ReportedProductAbcProfitType0
    revenue_share: None | str
    xyz: None | ReportedProductXyzType0
    ads: None | ReportedAds
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.reported_ads import ReportedAds  # noqa: PLC0415

        rating: None | str
        rating = self.rating

        rating_week_ago: None | str
        rating_week_ago = self.rating_week_ago

        reviews: int | None
        reviews = self.reviews

        stars: list[int] | None
        if isinstance(self.stars, list):
            stars = []
            for stars_type_0_item_data in self.stars:
                stars_type_0_item: int
                stars_type_0_item = stars_type_0_item_data
                stars.append(stars_type_0_item)

        else:
            stars = self.stars

        unanswered: int | None
        unanswered = self.unanswered

        abc: None | str
        if isinstance(self.abc, str):
            abc = self.abc
        else:
            abc = self.abc

        abc_profit: None | str
        if isinstance(self.abc_profit, str):
            abc_profit = self.abc_profit
        else:
            abc_profit = self.abc_profit

        revenue_share: None | str
        revenue_share = self.revenue_share

        xyz: None | str
        if isinstance(self.xyz, str):
            xyz = self.xyz
        else:
            xyz = self.xyz

        ads: dict[str, Any] | None
        if isinstance(self.ads, ReportedAds):
            ads = self.ads.to_dict()
        else:
            ads = self.ads

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "rating": rating,
                "rating_week_ago": rating_week_ago,
                "reviews": reviews,
                "stars": stars,
                "unanswered": unanswered,
                "abc": abc,
                "abc_profit": abc_profit,
                "revenue_share": revenue_share,
                "xyz": xyz,
                "ads": ads,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.reported_ads import ReportedAds  # noqa: PLC0415

        d = dict(src_dict)

        def _parse_rating(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        rating = _parse_rating(d.pop("rating"))

        def _parse_rating_week_ago(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        rating_week_ago = _parse_rating_week_ago(d.pop("rating_week_ago"))

        def _parse_reviews(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        reviews = _parse_reviews(d.pop("reviews"))

        def _parse_stars(data: object) -> list[int] | None:
            if data is None:
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                stars_type_0 = []
                _stars_type_0 = data
                for stars_type_0_item_data in _stars_type_0:

                    def _parse_stars_type_0_item(data: object) -> int:
                        return cast(int, data)

                    stars_type_0_item = _parse_stars_type_0_item(stars_type_0_item_data)

                    stars_type_0.append(stars_type_0_item)

                return stars_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[int] | None, data)

        stars = _parse_stars(d.pop("stars"))

        def _parse_unanswered(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        unanswered = _parse_unanswered(d.pop("unanswered"))

        def _parse_abc(data: object) -> None | ReportedProductAbcType0:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                abc_type_0 = check_reported_product_abc_type_0(data)

                return abc_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | ReportedProductAbcType0, data)

        abc = _parse_abc(d.pop("abc"))

        def _parse_abc_profit(data: object) -> None | ReportedProductAbcProfitType0:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                abc_profit_type_0 = check_reported_product_abc_profit_type_0(data)

                return abc_profit_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | ReportedProductAbcProfitType0, data)

        abc_profit = _parse_abc_profit(d.pop("abc_profit"))

        def _parse_revenue_share(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        revenue_share = _parse_revenue_share(d.pop("revenue_share"))

        def _parse_xyz(data: object) -> None | ReportedProductXyzType0:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                xyz_type_0 = check_reported_product_xyz_type_0(data)

                return xyz_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | ReportedProductXyzType0, data)

        xyz = _parse_xyz(d.pop("xyz"))

        def _parse_ads(data: object) -> None | ReportedAds:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                ads_type_0 = ReportedAds.from_dict(data)

                return ads_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | ReportedAds, data)

        ads = _parse_ads(d.pop("ads"))

        reported_product = cls(
            rating=rating,
            rating_week_ago=rating_week_ago,
            reviews=reviews,
            stars=stars,
            unanswered=unanswered,
            abc=abc,
            abc_profit=abc_profit,
            revenue_share=revenue_share,
            xyz=xyz,
            ads=ads,
        )

        reported_product.additional_properties = d
        return reported_product

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
