from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.review_change import ReviewChange
    from ..models.review_figures import ReviewFigures


T = TypeVar("T", bound="ReviewGroup")


@_attrs_define
class ReviewGroup:
    """A day or an item. Only that which it is grouped by is told."""

    figures: ReviewFigures
    """ What was written within some days. """
    before: ReviewFigures
    """ What was written within some days. """
    change: ReviewChange
    """ Against the days before; null: there was nothing before, or nothing since. """
    day: datetime.date | None
    cabinet_id: None | UUID
    nm_id: int | None
    """ null of a cabinet: what names no item """
    title: None | str
    """ null: the card is not known """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        figures = self.figures.to_dict()

        before = self.before.to_dict()

        change = self.change.to_dict()

        day: None | str
        if isinstance(self.day, datetime.date):
            day = self.day.isoformat()
        else:
            day = self.day

        cabinet_id: None | str
        if isinstance(self.cabinet_id, UUID):
            cabinet_id = str(self.cabinet_id)
        else:
            cabinet_id = self.cabinet_id

        nm_id: int | None
        nm_id = self.nm_id

        title: None | str
        title = self.title

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "figures": figures,
                "before": before,
                "change": change,
                "day": day,
                "cabinet_id": cabinet_id,
                "nm_id": nm_id,
                "title": title,
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

        def _parse_day(data: object) -> datetime.date | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                day_type_0 = datetime.date.fromisoformat(data)

                return day_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.date | None, data)

        day = _parse_day(d.pop("day"))

        def _parse_cabinet_id(data: object) -> None | UUID:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                cabinet_id_type_0 = UUID(data)

                return cabinet_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UUID, data)

        cabinet_id = _parse_cabinet_id(d.pop("cabinet_id"))

        def _parse_nm_id(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        nm_id = _parse_nm_id(d.pop("nm_id"))

        def _parse_title(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        title = _parse_title(d.pop("title"))

        review_group = cls(
            figures=figures,
            before=before,
            change=change,
            day=day,
            cabinet_id=cabinet_id,
            nm_id=nm_id,
            title=title,
        )

        review_group.additional_properties = d
        return review_group

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
