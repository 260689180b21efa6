from __future__ import annotations

from collections.abc import Mapping
from typing import (
    TYPE_CHECKING,
    Any,
    Literal,
    TypeVar,
    cast,
)
from uuid import UUID

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.enter_cabinet_kinds import EnterCabinetKinds


T = TypeVar("T", bound="EnterCabinet")


@_attrs_define
class EnterCabinet:
    """What you want to be told of a cabinet."""

    cabinet_id: UUID
    kinds: EnterCabinetKinds
    """ kinds that are not named are told """
    channel: Literal["telegram"] | Unset = "telegram"

    def to_dict(self) -> dict[str, Any]:
        cabinet_id = str(self.cabinet_id)

        kinds = self.kinds.to_dict()

        channel = self.channel

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "cabinet_id": cabinet_id,
                "kinds": kinds,
            }
        )
        if channel is not UNSET:
            field_dict["channel"] = channel

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.enter_cabinet_kinds import EnterCabinetKinds  # noqa: PLC0415

        d = dict(src_dict)
        cabinet_id = UUID(d.pop("cabinet_id"))

        kinds = EnterCabinetKinds.from_dict(d.pop("kinds"))

        channel = cast(Literal["telegram"] | Unset, d.pop("channel", UNSET))
        if channel != "telegram" and not isinstance(channel, Unset):
            raise ValueError(f"channel must match const 'telegram', got '{channel}'")

        enter_cabinet = cls(
            cabinet_id=cabinet_id,
            kinds=kinds,
            channel=channel,
        )

        return enter_cabinet
