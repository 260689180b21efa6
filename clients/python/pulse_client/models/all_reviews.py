from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="AllReviews")


@_attrs_define
class AllReviews:
    """All that was ever written, as counted last."""

    rating: None | str
    """ mean of all stars, two decimals; null: none """
    count: int
    """ feedbacks with stars """
    stars: list[int]
    """ how many with 1, 2, 3, 4, 5 stars """
    waiting: int
    """ feedbacks """
    waiting_questions: int
    oldest_waiting_at: datetime.datetime | None
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

        waiting = self.waiting

        waiting_questions = self.waiting_questions

        oldest_waiting_at: None | str
        if isinstance(self.oldest_waiting_at, datetime.datetime):
            oldest_waiting_at = self.oldest_waiting_at.isoformat()
        else:
            oldest_waiting_at = self.oldest_waiting_at

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "rating": rating,
                "count": count,
                "stars": stars,
                "waiting": waiting,
                "waiting_questions": waiting_questions,
                "oldest_waiting_at": oldest_waiting_at,
            }
        )

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

        waiting = d.pop("waiting")

        waiting_questions = d.pop("waiting_questions")

        def _parse_oldest_waiting_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                oldest_waiting_at_type_0 = datetime.datetime.fromisoformat(data)

                return oldest_waiting_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        oldest_waiting_at = _parse_oldest_waiting_at(d.pop("oldest_waiting_at"))

        all_reviews = cls(
            rating=rating,
            count=count,
            stars=stars,
            waiting=waiting,
            waiting_questions=waiting_questions,
            oldest_waiting_at=oldest_waiting_at,
        )

        all_reviews.additional_properties = d
        return all_reviews

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
