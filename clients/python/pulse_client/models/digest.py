from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.digest_kind import DigestKind, check_digest_kind

if TYPE_CHECKING:
    from ..models.currency_digest import CurrencyDigest
    from ..models.reviews_of_period import ReviewsOfPeriod
    from ..models.running_out import RunningOut
    from ..models.source_age_then import SourceAgeThen


T = TypeVar("T", bound="Digest")


@_attrs_define
class Digest:
    """What a period came to, and why it changed.."""

    digest_id: str
    """ the same in every revision """
    cabinet_id: UUID
    kind: DigestKind
    """ What a digest is of. """
    first_day: datetime.date
    last_day: datetime.date
    revision: int
    """ counts from 1 how often it was prepared: late data change a period """
    prepared_at: datetime.datetime
    previous_first_day: datetime.date
    previous_last_day: datetime.date
    currencies: list[CurrencyDigest]
    """ by their codes; empty: nothing happened """
    running_out: list[RunningOut]
    """ the soonest first """
    running_out_count: int
    reviews: ReviewsOfPeriod
    """ Feedbacks of a period, and what waits for an answer now. """
    freshness: list[SourceAgeThen]
    """ by the names of docs/resources.md """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        digest_id = self.digest_id

        cabinet_id = str(self.cabinet_id)

        kind: str = self.kind

        first_day = self.first_day.isoformat()

        last_day = self.last_day.isoformat()

        revision = self.revision

        prepared_at = self.prepared_at.isoformat()

        previous_first_day = self.previous_first_day.isoformat()

        previous_last_day = self.previous_last_day.isoformat()

        currencies = []
        for currencies_item_data in self.currencies:
            currencies_item = currencies_item_data.to_dict()
            currencies.append(currencies_item)

        running_out = []
        for running_out_item_data in self.running_out:
            running_out_item = running_out_item_data.to_dict()
            running_out.append(running_out_item)

        running_out_count = self.running_out_count

        reviews = self.reviews.to_dict()

        freshness = []
        for freshness_item_data in self.freshness:
            freshness_item = freshness_item_data.to_dict()
            freshness.append(freshness_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "digest_id": digest_id,
                "cabinet_id": cabinet_id,
                "kind": kind,
                "first_day": first_day,
                "last_day": last_day,
                "revision": revision,
                "prepared_at": prepared_at,
                "previous_first_day": previous_first_day,
                "previous_last_day": previous_last_day,
                "currencies": currencies,
                "running_out": running_out,
                "running_out_count": running_out_count,
                "reviews": reviews,
                "freshness": freshness,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.currency_digest import CurrencyDigest  # noqa: PLC0415
        from ..models.reviews_of_period import ReviewsOfPeriod  # noqa: PLC0415
        from ..models.running_out import RunningOut  # noqa: PLC0415
        from ..models.source_age_then import SourceAgeThen  # noqa: PLC0415

        d = dict(src_dict)
        digest_id = d.pop("digest_id")

        cabinet_id = UUID(d.pop("cabinet_id"))

        kind = check_digest_kind(d.pop("kind"))

        first_day = datetime.date.fromisoformat(d.pop("first_day"))

        last_day = datetime.date.fromisoformat(d.pop("last_day"))

        revision = d.pop("revision")

        prepared_at = datetime.datetime.fromisoformat(d.pop("prepared_at"))

        previous_first_day = datetime.date.fromisoformat(d.pop("previous_first_day"))

        previous_last_day = datetime.date.fromisoformat(d.pop("previous_last_day"))

        currencies = []
        _currencies = d.pop("currencies")
        for currencies_item_data in _currencies:
            currencies_item = CurrencyDigest.from_dict(currencies_item_data)

            currencies.append(currencies_item)

        running_out = []
        _running_out = d.pop("running_out")
        for running_out_item_data in _running_out:
            running_out_item = RunningOut.from_dict(running_out_item_data)

            running_out.append(running_out_item)

        running_out_count = d.pop("running_out_count")

        reviews = ReviewsOfPeriod.from_dict(d.pop("reviews"))

        freshness = []
        _freshness = d.pop("freshness")
        for freshness_item_data in _freshness:
            freshness_item = SourceAgeThen.from_dict(freshness_item_data)

            freshness.append(freshness_item)

        digest = cls(
            digest_id=digest_id,
            cabinet_id=cabinet_id,
            kind=kind,
            first_day=first_day,
            last_day=last_day,
            revision=revision,
            prepared_at=prepared_at,
            previous_first_day=previous_first_day,
            previous_last_day=previous_last_day,
            currencies=currencies,
            running_out=running_out,
            running_out_count=running_out_count,
            reviews=reviews,
            freshness=freshness,
        )

        digest.additional_properties = d
        return digest

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
