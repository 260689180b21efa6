from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="EnterQuiet")


@_attrs_define
class EnterQuiet:
    """Hours in which what is not critical waits; across midnight where `since` is after `until`, none where equal."""

    since: str
    """ HH:MM in the user's zone """
    until: str
    """ HH:MM in the user's zone """

    def to_dict(self) -> dict[str, Any]:
        since = self.since

        until = self.until

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "since": since,
                "until": until,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        since = d.pop("since")

        until = d.pop("until")

        enter_quiet = cls(
            since=since,
            until=until,
        )

        return enter_quiet
