from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.listed_alert_severity import (
    ListedAlertSeverity,
    check_listed_alert_severity,
)
from ..models.origin import Origin, check_origin

if TYPE_CHECKING:
    from ..models.listed_alert_figures import ListedAlertFigures
    from ..models.mark import Mark
    from ..models.product_card import ProductCard


T = TypeVar("T", bound="ListedAlert")


@_attrs_define
class ListedAlert:
    """One alert as it is now. Unknown is null."""

    alert_id: UUID
    revision: int
    """ counts the alert's events; a smaller one never overwrites """
    episode: int
    """ how many times it has been raised """
    rule: str
    """ who raised it, e.g. running_out; there will be new ones """
    subject: str
    """ what it is about, within its cabinet and rule """
    severity: ListedAlertSeverity
    nm_id: int
    """ WB article; 0: the whole cabinet """
    chrt_id: int | None
    """ WB's id of the size; null: it is not about one size """
    feedback_id: None | str
    report_id: int | None
    """ of the finance report """
    resource: None | str
    """ the kind of data that does not come """
    product: None | ProductCard
    """ null: not about an item, or its card is not known """
    money_at_risk: None | str
    """ positive, in `currency`; null: unknown, or no money """
    currency: None | str
    figures: ListedAlertFigures
    """ what the rule went by; amounts and shares are strings """
    raised_at: datetime.datetime
    """ when this episode began to be known """
    raised_by: Origin
    """ Why an event exists. Only `live` events may reach a person as a message. """
    changed_at: datetime.datetime
    """ when it was raised, updated or resolved last """
    resolved_at: datetime.datetime | None
    """ null: its cause is still there """
    cabinet_id: UUID
    mark: Mark | None
    """ null: nothing was done about this episode, or it is over: a snooze ended """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.mark import Mark  # noqa: PLC0415
        from ..models.product_card import ProductCard  # noqa: PLC0415

        alert_id = str(self.alert_id)

        revision = self.revision

        episode = self.episode

        rule = self.rule

        subject = self.subject

        severity: str = self.severity

        nm_id = self.nm_id

        chrt_id: int | None
        chrt_id = self.chrt_id

        feedback_id: None | str
        feedback_id = self.feedback_id

        report_id: int | None
        report_id = self.report_id

        resource: None | str
        resource = self.resource

        product: dict[str, Any] | None
        if isinstance(self.product, ProductCard):
            product = self.product.to_dict()
        else:
            product = self.product

        money_at_risk: None | str
        money_at_risk = self.money_at_risk

        currency: None | str
        currency = self.currency

        figures = self.figures.to_dict()

        raised_at = self.raised_at.isoformat()

        raised_by: str = self.raised_by

        changed_at = self.changed_at.isoformat()

        resolved_at: None | str
        if isinstance(self.resolved_at, datetime.datetime):
            resolved_at = self.resolved_at.isoformat()
        else:
            resolved_at = self.resolved_at

        cabinet_id = str(self.cabinet_id)

        mark: dict[str, Any] | None
        if isinstance(self.mark, Mark):
            mark = self.mark.to_dict()
        else:
            mark = self.mark

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "alert_id": alert_id,
                "revision": revision,
                "episode": episode,
                "rule": rule,
                "subject": subject,
                "severity": severity,
                "nm_id": nm_id,
                "chrt_id": chrt_id,
                "feedback_id": feedback_id,
                "report_id": report_id,
                "resource": resource,
                "product": product,
                "money_at_risk": money_at_risk,
                "currency": currency,
                "figures": figures,
                "raised_at": raised_at,
                "raised_by": raised_by,
                "changed_at": changed_at,
                "resolved_at": resolved_at,
                "cabinet_id": cabinet_id,
                "mark": mark,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.listed_alert_figures import ListedAlertFigures  # noqa: PLC0415
        from ..models.mark import Mark  # noqa: PLC0415
        from ..models.product_card import ProductCard  # noqa: PLC0415

        d = dict(src_dict)
        alert_id = UUID(d.pop("alert_id"))

        revision = d.pop("revision")

        episode = d.pop("episode")

        rule = d.pop("rule")

        subject = d.pop("subject")

        severity = check_listed_alert_severity(d.pop("severity"))

        nm_id = d.pop("nm_id")

        def _parse_chrt_id(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        chrt_id = _parse_chrt_id(d.pop("chrt_id"))

        def _parse_feedback_id(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        feedback_id = _parse_feedback_id(d.pop("feedback_id"))

        def _parse_report_id(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        report_id = _parse_report_id(d.pop("report_id"))

        def _parse_resource(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        resource = _parse_resource(d.pop("resource"))

        def _parse_product(data: object) -> None | ProductCard:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                product_type_0 = ProductCard.from_dict(data)

                return product_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | ProductCard, data)

        product = _parse_product(d.pop("product"))

        def _parse_money_at_risk(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        money_at_risk = _parse_money_at_risk(d.pop("money_at_risk"))

        def _parse_currency(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        currency = _parse_currency(d.pop("currency"))

        figures = ListedAlertFigures.from_dict(d.pop("figures"))

        raised_at = datetime.datetime.fromisoformat(d.pop("raised_at"))

        raised_by = check_origin(d.pop("raised_by"))

        changed_at = datetime.datetime.fromisoformat(d.pop("changed_at"))

        def _parse_resolved_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                resolved_at_type_0 = datetime.datetime.fromisoformat(data)

                return resolved_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        resolved_at = _parse_resolved_at(d.pop("resolved_at"))

        cabinet_id = UUID(d.pop("cabinet_id"))

        def _parse_mark(data: object) -> Mark | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                mark_type_0 = Mark.from_dict(data)

                return mark_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(Mark | None, data)

        mark = _parse_mark(d.pop("mark"))

        listed_alert = cls(
            alert_id=alert_id,
            revision=revision,
            episode=episode,
            rule=rule,
            subject=subject,
            severity=severity,
            nm_id=nm_id,
            chrt_id=chrt_id,
            feedback_id=feedback_id,
            report_id=report_id,
            resource=resource,
            product=product,
            money_at_risk=money_at_risk,
            currency=currency,
            figures=figures,
            raised_at=raised_at,
            raised_by=raised_by,
            changed_at=changed_at,
            resolved_at=resolved_at,
            cabinet_id=cabinet_id,
            mark=mark,
        )

        listed_alert.additional_properties = d
        return listed_alert

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
