from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="ReviewsOfPeriod")


@_attrs_define
class ReviewsOfPeriod:
    """Feedbacks of a period, and what waits for an answer now."""

    count: int
    bad: int
    """ with 3 stars or fewer """
    previous_bad: int
    unanswered: int | None
    """ now; null: not counted yet """
    unanswered_questions: int | None | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        count = self.count

        bad = self.bad

        previous_bad = self.previous_bad

        unanswered: int | None
        unanswered = self.unanswered

        unanswered_questions: int | None | Unset
        if isinstance(self.unanswered_questions, Unset):
            unanswered_questions = UNSET
        else:
            unanswered_questions = self.unanswered_questions

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "count": count,
                "bad": bad,
                "previous_bad": previous_bad,
                "unanswered": unanswered,
            }
        )
        if unanswered_questions is not UNSET:
            field_dict["unanswered_questions"] = unanswered_questions

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        count = d.pop("count")

        bad = d.pop("bad")

        previous_bad = d.pop("previous_bad")

        def _parse_unanswered(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        unanswered = _parse_unanswered(d.pop("unanswered"))

        def _parse_unanswered_questions(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        unanswered_questions = _parse_unanswered_questions(d.pop("unanswered_questions", UNSET))

        reviews_of_period = cls(
            count=count,
            bad=bad,
            previous_bad=previous_bad,
            unanswered=unanswered,
            unanswered_questions=unanswered_questions,
        )

        reviews_of_period.additional_properties = d
        return reviews_of_period

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
