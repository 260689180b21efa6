from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.last_command import LastCommand


T = TypeVar("T", bound="Question")


@_attrs_define
class Question:
    """A question as Wildberries last told of it, without who asks. Unknown is null."""

    question_id: str
    """ WB's id of the question """
    cabinet_id: UUID
    created_at: datetime.datetime
    nm_id: int | None
    product_name: None | str
    supplier_article: None | str
    brand: None | str
    text: None | str
    state: None | str
    """ suppliersPortalSynch (new), wbRu (answered and shown) or none (rejected) """
    is_waiting: bool
    """ it has no answer, and was not rejected """
    answer_text: None | str
    answered_at: datetime.datetime | None
    answer_editable: bool | None
    """ may have changed since """
    last_command: LastCommand | None
    """ what was written here last, or is being written """
    is_warned: bool | None
    """ WB finds it suspicious """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.last_command import LastCommand  # noqa: PLC0415

        question_id = self.question_id

        cabinet_id = str(self.cabinet_id)

        created_at = self.created_at.isoformat()

        nm_id: int | None
        nm_id = self.nm_id

        product_name: None | str
        product_name = self.product_name

        supplier_article: None | str
        supplier_article = self.supplier_article

        brand: None | str
        brand = self.brand

        text: None | str
        text = self.text

        state: None | str
        state = self.state

        is_waiting = self.is_waiting

        answer_text: None | str
        answer_text = self.answer_text

        answered_at: None | str
        if isinstance(self.answered_at, datetime.datetime):
            answered_at = self.answered_at.isoformat()
        else:
            answered_at = self.answered_at

        answer_editable: bool | None
        answer_editable = self.answer_editable

        last_command: dict[str, Any] | None
        if isinstance(self.last_command, LastCommand):
            last_command = self.last_command.to_dict()
        else:
            last_command = self.last_command

        is_warned: bool | None
        is_warned = self.is_warned

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "question_id": question_id,
                "cabinet_id": cabinet_id,
                "created_at": created_at,
                "nm_id": nm_id,
                "product_name": product_name,
                "supplier_article": supplier_article,
                "brand": brand,
                "text": text,
                "state": state,
                "is_waiting": is_waiting,
                "answer_text": answer_text,
                "answered_at": answered_at,
                "answer_editable": answer_editable,
                "last_command": last_command,
                "is_warned": is_warned,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.last_command import LastCommand  # noqa: PLC0415

        d = dict(src_dict)
        question_id = d.pop("question_id")

        cabinet_id = UUID(d.pop("cabinet_id"))

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        def _parse_nm_id(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        nm_id = _parse_nm_id(d.pop("nm_id"))

        def _parse_product_name(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        product_name = _parse_product_name(d.pop("product_name"))

        def _parse_supplier_article(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        supplier_article = _parse_supplier_article(d.pop("supplier_article"))

        def _parse_brand(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        brand = _parse_brand(d.pop("brand"))

        def _parse_text(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        text = _parse_text(d.pop("text"))

        def _parse_state(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        state = _parse_state(d.pop("state"))

        is_waiting = d.pop("is_waiting")

        def _parse_answer_text(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        answer_text = _parse_answer_text(d.pop("answer_text"))

        def _parse_answered_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                answered_at_type_0 = datetime.datetime.fromisoformat(data)

                return answered_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        answered_at = _parse_answered_at(d.pop("answered_at"))

        def _parse_answer_editable(data: object) -> bool | None:
            if data is None:
                return data
            return cast(bool | None, data)

        answer_editable = _parse_answer_editable(d.pop("answer_editable"))

        def _parse_last_command(data: object) -> LastCommand | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                last_command_type_0 = LastCommand.from_dict(data)

                return last_command_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(LastCommand | None, data)

        last_command = _parse_last_command(d.pop("last_command"))

        def _parse_is_warned(data: object) -> bool | None:
            if data is None:
                return data
            return cast(bool | None, data)

        is_warned = _parse_is_warned(d.pop("is_warned"))

        question = cls(
            question_id=question_id,
            cabinet_id=cabinet_id,
            created_at=created_at,
            nm_id=nm_id,
            product_name=product_name,
            supplier_article=supplier_article,
            brand=brand,
            text=text,
            state=state,
            is_waiting=is_waiting,
            answer_text=answer_text,
            answered_at=answered_at,
            answer_editable=answer_editable,
            last_command=last_command,
            is_warned=is_warned,
        )

        question.additional_properties = d
        return question

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
