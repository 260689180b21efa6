from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="Difference")


@_attrs_define
class Difference:
    """By how much the API and another report of WB differ in the period, for one reason."""

    against: str
    """ funnel, or finance """
    reason: str
    """ the class of the reconciliation; unknown: nothing explains it """
    pieces: int
    """ theirs less those by API """
    amount: str
    """ likewise """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        against = self.against

        reason = self.reason

        pieces = self.pieces

        amount = self.amount

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "against": against,
                "reason": reason,
                "pieces": pieces,
                "amount": amount,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        against = d.pop("against")

        reason = d.pop("reason")

        pieces = d.pop("pieces")

        amount = d.pop("amount")

        difference = cls(
            against=against,
            reason=reason,
            pieces=pieces,
            amount=amount,
        )

        difference.additional_properties = d
        return difference

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
