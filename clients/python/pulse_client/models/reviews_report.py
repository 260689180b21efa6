from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.review_group_by import ReviewGroupBy, check_review_group_by

if TYPE_CHECKING:
    from ..models.all_reviews import AllReviews
    from ..models.compared_days import ComparedDays
    from ..models.review_group import ReviewGroup
    from ..models.reviews_of_days import ReviewsOfDays


T = TypeVar("T", bound="ReviewsReport")


@_attrs_define
class ReviewsReport:
    """Feedbacks and questions of a period."""

    period: ComparedDays
    """ Days, all included, and as many before. """
    group_by: ReviewGroupBy
    """ What figures are taken apart by. """
    ever: AllReviews
    """ All that was ever written, as counted last. """
    total: ReviewsOfDays
    """ Some days beside as many before. """
    groups: list[ReviewGroup]
    """ days: the newest first; items: those with most feedbacks first """
    groups_total: int
    """ how many groups there are; 0 beyond the last """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        period = self.period.to_dict()

        group_by: str = self.group_by

        ever = self.ever.to_dict()

        total = self.total.to_dict()

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
                "ever": ever,
                "total": total,
                "groups": groups,
                "groups_total": groups_total,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.all_reviews import AllReviews  # noqa: PLC0415
        from ..models.compared_days import ComparedDays  # noqa: PLC0415
        from ..models.review_group import ReviewGroup  # noqa: PLC0415
        from ..models.reviews_of_days import ReviewsOfDays  # noqa: PLC0415

        d = dict(src_dict)
        period = ComparedDays.from_dict(d.pop("period"))

        group_by = check_review_group_by(d.pop("group_by"))

        ever = AllReviews.from_dict(d.pop("ever"))

        total = ReviewsOfDays.from_dict(d.pop("total"))

        groups = []
        _groups = d.pop("groups")
        for groups_item_data in _groups:
            groups_item = ReviewGroup.from_dict(groups_item_data)

            groups.append(groups_item)

        groups_total = d.pop("groups_total")

        reviews_report = cls(
            period=period,
            group_by=group_by,
            ever=ever,
            total=total,
            groups=groups,
            groups_total=groups_total,
        )

        reviews_report.additional_properties = d
        return reviews_report

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
