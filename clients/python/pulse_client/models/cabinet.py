from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.cabinet_status import CabinetStatus, check_cabinet_status
from ..models.role import Role, check_role

if TYPE_CHECKING:
    from ..models.token import Token


T = TypeVar("T", bound="Cabinet")


@_attrs_define
class Cabinet:
    """A WB shop."""

    cabinet_id: UUID
    name: None | str
    """ the seller's own name for it """
    role: Role
    """ Of a member: each may do all that those before it may. """
    seller_id: UUID
    """ WB's id of the seller """
    seller_name: None | str
    """ as WB names it; null until WB accepted the token """
    trade_mark: None | str
    status: CabinetStatus
    """ unchecked: WB has not answered about the token yet; suspended: WB keeps refusing it """
    status_reason: None | str
    """ why it is suspended """
    status_detail: None | str
    """ what WB said """
    token: Token
    """ What a cabinet's token says of itself. """
    connected_at: datetime.datetime
    """ when the current token was given """
    verified_at: datetime.datetime | None
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        cabinet_id = str(self.cabinet_id)

        name: None | str
        name = self.name

        role: str = self.role

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

        token = self.token.to_dict()

        connected_at = self.connected_at.isoformat()

        verified_at: None | str
        if isinstance(self.verified_at, datetime.datetime):
            verified_at = self.verified_at.isoformat()
        else:
            verified_at = self.verified_at

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "cabinet_id": cabinet_id,
                "name": name,
                "role": role,
                "seller_id": seller_id,
                "seller_name": seller_name,
                "trade_mark": trade_mark,
                "status": status,
                "status_reason": status_reason,
                "status_detail": status_detail,
                "token": token,
                "connected_at": connected_at,
                "verified_at": verified_at,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.token import Token  # noqa: PLC0415

        d = dict(src_dict)
        cabinet_id = UUID(d.pop("cabinet_id"))

        def _parse_name(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        name = _parse_name(d.pop("name"))

        role = check_role(d.pop("role"))

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

        status = check_cabinet_status(d.pop("status"))

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

        token = Token.from_dict(d.pop("token"))

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

        cabinet = cls(
            cabinet_id=cabinet_id,
            name=name,
            role=role,
            seller_id=seller_id,
            seller_name=seller_name,
            trade_mark=trade_mark,
            status=status,
            status_reason=status_reason,
            status_detail=status_detail,
            token=token,
            connected_at=connected_at,
            verified_at=verified_at,
        )

        cabinet.additional_properties = d
        return cabinet

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
