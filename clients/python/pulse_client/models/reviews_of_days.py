from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.review_change import ReviewChange
    from ..models.review_figures import ReviewFigures


T = TypeVar("T", bound="ReviewsOfDays")


@_attrs_define
class ReviewsOfDays:
    """Some days beside as many before."""

    figures: ReviewFigures
    """ What was written within some days. """
    before: ReviewFigures
    """ What was written within some days. """
    change: ReviewChange
    """ Against the days before; null: there was nothing before, or nothing since. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        figures = self.figures.to_dict()

        before = self.before.to_dict()

        change = self.change.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "figures": figures,
                "before": before,
                "change": change,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.review_change import ReviewChange  # noqa: PLC0415
        from ..models.review_figures import ReviewFigures  # noqa: PLC0415

        d = dict(src_dict)
        figures = ReviewFigures.from_dict(d.pop("figures"))

        before = ReviewFigures.from_dict(d.pop("before"))

        change = ReviewChange.from_dict(d.pop("change"))

        reviews_of_days = cls(
            figures=figures,
            before=before,
            change=change,
        )

        reviews_of_days.additional_properties = d
        return reviews_of_days

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
