from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.before_figures import BeforeFigures
    from ..models.change import Change
    from ..models.sales_figures import SalesFigures


T = TypeVar("T", bound="SalesTotal")


@_attrs_define
class SalesTotal:
    """One currency of a period."""

    currency: str
    """ ISO 4217 code of three letters """
    figures: SalesFigures
    """ What a period came to.. Null: not counted of this group. """
    before: BeforeFigures | None
    """ null: not counted of this group """
    change: Change | None
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

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "currency": currency,
                "figures": figures,
                "before": before,
                "change": change,
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

        sales_total = cls(
            currency=currency,
            figures=figures,
            before=before,
            change=change,
        )

        sales_total.additional_properties = d
        return sales_total

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
