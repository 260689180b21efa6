from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.cabinet_record_status import (
    CabinetRecordStatus,
    check_cabinet_record_status,
)

T = TypeVar("T", bound="CabinetRecord")


@_attrs_define
class CabinetRecord:
    """A WB shop, with what its token says of itself."""

    id: UUID
    owner_telegram_id: int
    name: None | str
    """ the owner's own name for it """
    seller_id: UUID
    seller_name: None | str
    trade_mark: None | str
    status: CabinetRecordStatus
    status_reason: None | str
    status_detail: None | str
    kind: str
    """ of token """
    categories: list[str]
    read_only: bool
    expires_at: datetime.datetime
    """ when the token ends """
    connected_at: datetime.datetime
    verified_at: datetime.datetime | None
    version: int
    """ another one after every change: send it back with a `PUT` """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        id = str(self.id)

        owner_telegram_id = self.owner_telegram_id

        name: None | str
        name = self.name

        seller_id = str(self.seller_id)

        seller_name: None | str
        seller_name = self.seller_name

        trade_mark: None | str
        trade_mark = self.trade_mark

        status: str = self.status

        status_reason: None | str
        status_reason = self.status_reason

        status_detail: None | str
        status_detail = self.status_detail

        kind = self.kind

        categories = self.categories

        read_only = self.read_only

        expires_at = self.expires_at.isoformat()

        connected_at = self.connected_at.isoformat()

        verified_at: None | str
        if isinstance(self.verified_at, datetime.datetime):
            verified_at = self.verified_at.isoformat()
        else:
            verified_at = self.verified_at

        version = self.version

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "id": id,
                "owner_telegram_id": owner_telegram_id,
                "name": name,
                "seller_id": seller_id,
                "seller_name": seller_name,
                "trade_mark": trade_mark,
                "status": status,
                "status_reason": status_reason,
                "status_detail": status_detail,
                "kind": kind,
                "categories": categories,
                "read_only": read_only,
                "expires_at": expires_at,
                "connected_at": connected_at,
                "verified_at": verified_at,
                "version": version,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = UUID(d.pop("id"))

        owner_telegram_id = d.pop("owner_telegram_id")

        def _parse_name(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        name = _parse_name(d.pop("name"))

        seller_id = UUID(d.pop("seller_id"))

        def _parse_seller_name(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        seller_name = _parse_seller_name(d.pop("seller_name"))

        def _parse_trade_mark(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        trade_mark = _parse_trade_mark(d.pop("trade_mark"))

        status = check_cabinet_record_status(d.pop("status"))

        def _parse_status_reason(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        status_reason = _parse_status_reason(d.pop("status_reason"))

        def _parse_status_detail(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        status_detail = _parse_status_detail(d.pop("status_detail"))

        kind = d.pop("kind")

        categories = cast(list[str], d.pop("categories"))

        read_only = d.pop("read_only")

        expires_at = datetime.datetime.fromisoformat(d.pop("expires_at"))

        connected_at = datetime.datetime.fromisoformat(d.pop("connected_at"))

        def _parse_verified_at(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                verified_at_type_0 = datetime.datetime.fromisoformat(data)

                return verified_at_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        verified_at = _parse_verified_at(d.pop("verified_at"))

        version = d.pop("version")

        cabinet_record = cls(
            id=id,
            owner_telegram_id=owner_telegram_id,
            name=name,
            seller_id=seller_id,
            seller_name=seller_name,
            trade_mark=trade_mark,
            status=status,
            status_reason=status_reason,
            status_detail=status_detail,
            kind=kind,
            categories=categories,
            read_only=read_only,
            expires_at=expires_at,
            connected_at=connected_at,
            verified_at=verified_at,
            version=version,
        )

        cabinet_record.additional_properties = d
        return cabinet_record

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
