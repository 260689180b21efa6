from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="ReviewChange")


@_attrs_define
class ReviewChange:
    """Against the days before; null: there was nothing before, or nothing since."""

    feedbacks: None | str
    bad: None | str
    questions: None | str
    rating: None | str
    """ difference, stars """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        feedbacks: None | str
        feedbacks = self.feedbacks

        bad: None | str
        bad = self.bad

        questions: None | str
        questions = self.questions

        rating: None | str
        rating = self.rating

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "feedbacks": feedbacks,
                "bad": bad,
                "questions": questions,
                "rating": rating,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)

        def _parse_feedbacks(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        feedbacks = _parse_feedbacks(d.pop("feedbacks"))

        def _parse_bad(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        bad = _parse_bad(d.pop("bad"))

        def _parse_questions(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        questions = _parse_questions(d.pop("questions"))

        def _parse_rating(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        rating = _parse_rating(d.pop("rating"))

        review_change = cls(
            feedbacks=feedbacks,
            bad=bad,
            questions=questions,
            rating=rating,
        )

        review_change.additional_properties = d
        return review_change

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
