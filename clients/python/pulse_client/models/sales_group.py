from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.before_figures import BeforeFigures
    from ..models.change import Change
    from ..models.sales_figures import SalesFigures


T = TypeVar("T", bound="SalesGroup")


@_attrs_define
class SalesGroup:
    """A day, item, brand, subject or region, in one currency. Only that which it is grouped by is told."""

    currency: str
    """ ISO 4217 code of three letters """
    figures: SalesFigures
    """ What a period came to.. Null: not counted of this group. """
    before: BeforeFigures | None
    """ null: not counted of this group """
    change: Change | None
    day: datetime.date | None
    cabinet_id: None | UUID
    nm_id: int | None
    title: None | str
    brand: None | str
    """ null beside other brands: the card is not known, or has none """
    subject: None | str
    okrug: None | str
    """ federal district, or abroad the country """
    region: None | str
    """ null, as the district: regions that are not named """
    share: None | str
    """ of orders; only of regions """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.before_figures import BeforeFigures  # noqa: PLC0415
        from ..models.change import Change  # noqa: PLC0415

        currency = self.currency

        figures = self.figures.to_dict()

        before: dict[str, Any] | None
        if isinstance(self.before, BeforeFigures):
            before = self.before.to_dict()
        else:
            before = self.before

        change: dict[str, Any] | None
        if isinstance(self.change, Change):
            change = self.change.to_dict()
        else:
            change = self.change

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

        brand: None | str
        brand = self.brand

        subject: None | str
        subject = self.subject

        okrug: None | str
        okrug = self.okrug

        region: None | str
        region = self.region

        share: None | str
        share = self.share

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "currency": currency,
                "figures": figures,
                "before": before,
                "change": change,
                "day": day,
                "cabinet_id": cabinet_id,
                "nm_id": nm_id,
                "title": title,
                "brand": brand,
                "subject": subject,
                "okrug": okrug,
                "region": region,
                "share": share,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.before_figures import BeforeFigures  # noqa: PLC0415
        from ..models.change import Change  # noqa: PLC0415
        from ..models.sales_figures import SalesFigures  # noqa: PLC0415

        d = dict(src_dict)
        currency = d.pop("currency")

        figures = SalesFigures.from_dict(d.pop("figures"))

        def _parse_before(data: object) -> BeforeFigures | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                before_type_0 = BeforeFigures.from_dict(data)

                return before_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(BeforeFigures | None, data)

        before = _parse_before(d.pop("before"))

        def _parse_change(data: object) -> Change | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                change_type_0 = Change.from_dict(data)

                return change_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(Change | None, data)

        change = _parse_change(d.pop("change"))

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

        def _parse_brand(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        brand = _parse_brand(d.pop("brand"))

        def _parse_subject(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        subject = _parse_subject(d.pop("subject"))

        def _parse_okrug(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        okrug = _parse_okrug(d.pop("okrug"))

        def _parse_region(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        region = _parse_region(d.pop("region"))

        def _parse_share(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        share = _parse_share(d.pop("share"))

        sales_group = cls(
            currency=currency,
            figures=figures,
            before=before,
            change=change,
            day=day,
            cabinet_id=cabinet_id,
            nm_id=nm_id,
            title=title,
            brand=brand,
            subject=subject,
            okrug=okrug,
            region=region,
            share=share,
        )

        sales_group.additional_properties = d
        return sales_group

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
