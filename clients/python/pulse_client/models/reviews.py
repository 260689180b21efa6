from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="Reviews")


@_attrs_define
class Reviews:
    """Feedbacks and questions. No currency."""

    rating: None | str
    """ mean of all stars, two decimals; null: none """
    count: int
    stars: list[int]
    """ how many with 1, 2, 3, 4, 5 stars """
    bad_week: int
    """ with 3 stars or fewer, in 7 days """
    count_week: int
    """ in 7 days """
    unanswered: int
    """ feedbacks with text that have no answer """
    unanswered_questions: int
    rating_week_ago: None | str | Unset = UNSET
    oldest_unanswered_at: datetime.datetime | None | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        rating: None | str
        rating = self.rating

        count = self.count

        stars = []
        for stars_item_data in self.stars:
            stars_item: int
            stars_item = stars_item_data
            stars.append(stars_item)

        bad_week = self.bad_week

        count_week = self.count_week

        unanswered = self.unanswered

        unanswered_questions = self.unanswered_questions

        rating_week_ago: None | str | Unset
        if isinstance(self.rating_week_ago, Unset):
            rating_week_ago = UNSET
        else:
            rating_week_ago = self.rating_week_ago

        oldest_unanswered_at: None | str | Unset
        if isinstance(self.oldest_unanswered_at, Unset):
            oldest_unanswered_at = UNSET
        elif isinstance(self.oldest_unanswered_at, datetime.datetime):
            oldest_unanswered_at = self.oldest_unanswered_at.isoformat()
        else:
            oldest_unanswered_at = self.oldest_unanswered_at

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "rating": rating,
                "count": count,
                "stars": stars,
                "bad_week": bad_week,
                "count_week": count_week,
                "unanswered": unanswered,
                "unanswered_questions": unanswered_questions,
            }
        )
        if rating_week_ago is not UNSET:
            field_dict["rating_week_ago"] = rating_week_ago
        if oldest_unanswered_at is not UNSET:
            field_dict["oldest_unanswered_at"] = oldest_unanswered_at

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)

        def _parse_rating(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        rating = _parse_rating(d.pop("rating"))

        count = d.pop("count")

        stars = []
        _stars = d.pop("stars")
        for stars_item_data in _stars:

            def _parse_stars_item(data: object) -> int:
                return cast(int, data)

            stars_item = _parse_stars_item(stars_item_data)

            stars.append(stars_item)

        bad_week = d.pop("bad_week")

        count_week = d.pop("count_week")

        unanswered = d.pop("unanswered")

        unanswered_questions = d.pop("unanswered_questions")

        def _parse_rating_week_ago(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        rating_week_ago = _parse_rating_week_ago(d.pop("rating_week_ago", UNSET))

        def _parse_oldest_unanswered_at(data: object) -> datetime.datetime | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                oldest_unanswered_at_type_0 = datetime.datetime.fromisoformat(data)

                return oldest_unanswered_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None | Unset, data)

        oldest_unanswered_at = _parse_oldest_unanswered_at(d.pop("oldest_unanswered_at", UNSET))

        reviews = cls(
            rating=rating,
            count=count,
            stars=stars,
            bad_week=bad_week,
            count_week=count_week,
            unanswered=unanswered,
            unanswered_questions=unanswered_questions,
            rating_week_ago=rating_week_ago,
            oldest_unanswered_at=oldest_unanswered_at,
        )

        reviews.additional_properties = d
        return reviews

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
