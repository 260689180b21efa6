from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.category import Category, check_category
from ..models.token_kind import TokenKind, check_token_kind

T = TypeVar("T", bound="Token")


@_attrs_define
class Token:
    """What a cabinet's token says of itself."""

    kind: TokenKind
    """ Claim `acc`: decides which methods a token may call and how often. """
    categories: list[Category]
    read_only: bool
    expires_at: datetime.datetime
    freshness: str
    """ how fresh the data can be, in the seller's language """
    gives: list[str]
    """ what the token opens, in the seller's language """
    lacks: list[str]
    """ what it leaves closed, and one with more categories would open """
    cannot: list[str]
    """ what no token of this kind gives, whatever its categories """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        kind: str = self.kind

        categories = []
        for categories_item_data in self.categories:
            categories_item: str = categories_item_data
            categories.append(categories_item)

        read_only = self.read_only

        expires_at = self.expires_at.isoformat()

        freshness = self.freshness

        gives = self.gives

        lacks = self.lacks

        cannot = self.cannot

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "kind": kind,
                "categories": categories,
                "read_only": read_only,
                "expires_at": expires_at,
                "freshness": freshness,
                "gives": gives,
                "lacks": lacks,
                "cannot": cannot,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        kind = check_token_kind(d.pop("kind"))

        categories = []
        _categories = d.pop("categories")
        for categories_item_data in _categories:
            categories_item = check_category(categories_item_data)

            categories.append(categories_item)

        read_only = d.pop("read_only")

        expires_at = datetime.datetime.fromisoformat(d.pop("expires_at"))

        freshness = d.pop("freshness")

        gives = cast(list[str], d.pop("gives"))

        lacks = cast(list[str], d.pop("lacks"))

        cannot = cast(list[str], d.pop("cannot"))

        token = cls(
            kind=kind,
            categories=categories,
            read_only=read_only,
            expires_at=expires_at,
            freshness=freshness,
            gives=gives,
            lacks=lacks,
            cannot=cannot,
        )

        token.additional_properties = d
        return token

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
