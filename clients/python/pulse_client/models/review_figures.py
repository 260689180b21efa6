from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="ReviewFigures")


@_attrs_define
class ReviewFigures:
    """What was written within some days."""

    feedbacks: int
    """ those that add to an earlier one among them """
    stars: list[int]
    """ how many with 1, 2, 3, 4, 5 stars """
    rating: None | str
    """ mean of these stars, two decimals; null: none """
    bad: int
    """ of these stars 3 or fewer """
    waiting: int
    """ of these feedbacks, for an answer, now """
    questions: int
    waiting_questions: int
    """ of these questions, for an answer, now """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        feedbacks = self.feedbacks

        stars = []
        for stars_item_data in self.stars:
            stars_item: int
            stars_item = stars_item_data
            stars.append(stars_item)

        rating: None | str
        rating = self.rating

        bad = self.bad

        waiting = self.waiting

        questions = self.questions

        waiting_questions = self.waiting_questions

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "feedbacks": feedbacks,
                "stars": stars,
                "rating": rating,
                "bad": bad,
                "waiting": waiting,
                "questions": questions,
                "waiting_questions": waiting_questions,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        feedbacks = d.pop("feedbacks")

        stars = []
        _stars = d.pop("stars")
        for stars_item_data in _stars:

            def _parse_stars_item(data: object) -> int:
                return cast(int, data)

            stars_item = _parse_stars_item(stars_item_data)

            stars.append(stars_item)

        def _parse_rating(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        rating = _parse_rating(d.pop("rating"))

        bad = d.pop("bad")

        waiting = d.pop("waiting")

        questions = d.pop("questions")

        waiting_questions = d.pop("waiting_questions")

        review_figures = cls(
            feedbacks=feedbacks,
            stars=stars,
            rating=rating,
            bad=bad,
            waiting=waiting,
            questions=questions,
            waiting_questions=waiting_questions,
        )

        review_figures.additional_properties = d
        return review_figures

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
