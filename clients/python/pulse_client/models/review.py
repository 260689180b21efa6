from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.last_command import LastCommand


T = TypeVar("T", bound="Review")


@_attrs_define
class Review:
    """A feedback as Wildberries last told of it, without who left it. Unknown is null."""

    review_id: str
    """ WB's id of the feedback """
    cabinet_id: UUID
    created_at: datetime.datetime
    nm_id: int | None
    product_name: None | str
    supplier_article: None | str
    brand: None | str
    subject: None | str
    size: None | str
    """ as labelled on the card """
    color: None | str
    stars: int | None
    """ 1 to 5 """
    text: None | str
    pros: None | str
    cons: None | str
    tags: list[str]
    """ that the buyer chose """
    matching_size: None | str
    """ ok, smaller or bigger """
    order_status: None | str
    """ buyout, rejected, returned or notSpecified """
    bought_at: datetime.datetime | None
    is_waiting: bool
    """ it has words, and no answer, or one that was rejected """
    answer_text: None | str
    answer_state: None | str
    """ none, wbRu (shown), reviewRequired or rejected """
    answer_editable: bool | None
    """ may have changed since """
    last_command: LastCommand | None
    """ the answer that was written here last, or is being written """
    parent_id: None | str
    """ the feedback that this one adds to; its stars are counted there """
    child_id: None | str
    """ the feedback that adds to this one """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.last_command import LastCommand  # noqa: PLC0415

        review_id = self.review_id

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

        subject: None | str
        subject = self.subject

        size: None | str
        size = self.size

        color: None | str
        color = self.color

        stars: int | None
        stars = self.stars

        text: None | str
        text = self.text

        pros: None | str
        pros = self.pros

        cons: None | str
        cons = self.cons

        tags = self.tags

        matching_size: None | str
        matching_size = self.matching_size

        order_status: None | str
        order_status = self.order_status

        bought_at: None | str
        if isinstance(self.bought_at, datetime.datetime):
            bought_at = self.bought_at.isoformat()
        else:
            bought_at = self.bought_at

        is_waiting = self.is_waiting

        answer_text: None | str
        answer_text = self.answer_text

        answer_state: None | str
        answer_state = self.answer_state

        answer_editable: bool | None
        answer_editable = self.answer_editable

        last_command: dict[str, Any] | None
        if isinstance(self.last_command, LastCommand):
            last_command = self.last_command.to_dict()
        else:
            last_command = self.last_command

        parent_id: None | str
        parent_id = self.parent_id

        child_id: None | str
        child_id = self.child_id

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "review_id": review_id,
                "cabinet_id": cabinet_id,
                "created_at": created_at,
                "nm_id": nm_id,
                "product_name": product_name,
                "supplier_article": supplier_article,
                "brand": brand,
                "subject": subject,
                "size": size,
                "color": color,
                "stars": stars,
                "text": text,
                "pros": pros,
                "cons": cons,
                "tags": tags,
                "matching_size": matching_size,
                "order_status": order_status,
                "bought_at": bought_at,
                "is_waiting": is_waiting,
                "answer_text": answer_text,
                "answer_state": answer_state,
                "answer_editable": answer_editable,
                "last_command": last_command,
                "parent_id": parent_id,
                "child_id": child_id,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.last_command import LastCommand  # noqa: PLC0415

        d = dict(src_dict)
        review_id = d.pop("review_id")

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

        def _parse_subject(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        subject = _parse_subject(d.pop("subject"))

        def _parse_size(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        size = _parse_size(d.pop("size"))

        def _parse_color(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        color = _parse_color(d.pop("color"))

        def _parse_stars(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        stars = _parse_stars(d.pop("stars"))

        def _parse_text(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        text = _parse_text(d.pop("text"))

        def _parse_pros(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        pros = _parse_pros(d.pop("pros"))

        def _parse_cons(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        cons = _parse_cons(d.pop("cons"))

        tags = cast(list[str], d.pop("tags"))

        def _parse_matching_size(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        matching_size = _parse_matching_size(d.pop("matching_size"))

        def _parse_order_status(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        order_status = _parse_order_status(d.pop("order_status"))

        def _parse_bought_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                bought_at_type_0 = datetime.datetime.fromisoformat(data)

                return bought_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        bought_at = _parse_bought_at(d.pop("bought_at"))

        is_waiting = d.pop("is_waiting")

        def _parse_answer_text(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        answer_text = _parse_answer_text(d.pop("answer_text"))

        def _parse_answer_state(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        answer_state = _parse_answer_state(d.pop("answer_state"))

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

        def _parse_parent_id(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        parent_id = _parse_parent_id(d.pop("parent_id"))

        def _parse_child_id(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        child_id = _parse_child_id(d.pop("child_id"))

        review = cls(
            review_id=review_id,
            cabinet_id=cabinet_id,
            created_at=created_at,
            nm_id=nm_id,
            product_name=product_name,
            supplier_article=supplier_article,
            brand=brand,
            subject=subject,
            size=size,
            color=color,
            stars=stars,
            text=text,
            pros=pros,
            cons=cons,
            tags=tags,
            matching_size=matching_size,
            order_status=order_status,
            bought_at=bought_at,
            is_waiting=is_waiting,
            answer_text=answer_text,
            answer_state=answer_state,
            answer_editable=answer_editable,
            last_command=last_command,
            parent_id=parent_id,
            child_id=child_id,
        )

        review.additional_properties = d
        return review

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
