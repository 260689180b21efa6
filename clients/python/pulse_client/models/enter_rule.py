from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define

from ..models.enter_rule_channel_type_0 import (
    EnterRuleChannelType0,
    check_enter_rule_channel_type_0,
)
from ..models.enter_rule_kind_type_0 import (
    EnterRuleKindType0,
    check_enter_rule_kind_type_0,
)
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.enter_quiet import EnterQuiet


T = TypeVar("T", bound="EnterRule")


@_attrs_define
class EnterRule:
    """What is wanted of that which the rule names; null: as a less special rule says."""

    cabinet_id: None | Unset | UUID = UNSET
    kind: EnterRuleKindType0 | None | Unset = UNSET
    channel: EnterRuleChannelType0 | None | Unset = UNSET
    is_on: bool | None | Unset = UNSET
    above: int | None | str | Unset = UNSET
    """ only amounts from this one on, in their own currency """
    only_nm_ids: list[int] | None | Unset = UNSET
    """ of messages about an item only these; none named: of every item """
    quiet: EnterQuiet | None | Unset = UNSET
    group_after: int | None | Unset = UNSET
    """ so many that wait at once become one message; 0: never """
    digest_at: None | str | Unset = UNSET
    """ when digests are told; 00:00: as soon as they are """

    def to_dict(self) -> dict[str, Any]:
        from ..models.enter_quiet import EnterQuiet  # noqa: PLC0415

        cabinet_id: None | str | Unset
        if isinstance(self.cabinet_id, Unset):
            cabinet_id = UNSET
        elif isinstance(self.cabinet_id, UUID):
            cabinet_id = str(self.cabinet_id)
        else:
            cabinet_id = self.cabinet_id

        kind: None | str | Unset
        if isinstance(self.kind, Unset):
            kind = UNSET
        elif isinstance(self.kind, str):
            kind = self.kind
        else:
            kind = self.kind

        channel: None | str | Unset
        if isinstance(self.channel, Unset):
            channel = UNSET
        elif isinstance(self.channel, str):
            channel = self.channel
        else:
            channel = self.channel

        is_on: bool | None | Unset
        if isinstance(self.is_on, Unset):
            is_on = UNSET
        else:
            is_on = self.is_on

        above: int | None | str | Unset
        if isinstance(self.above, Unset):
            above = UNSET
        else:
            above = self.above

        only_nm_ids: list[int] | None | Unset
        if isinstance(self.only_nm_ids, Unset):
            only_nm_ids = UNSET
        elif isinstance(self.only_nm_ids, list):
            only_nm_ids = self.only_nm_ids

        else:
            only_nm_ids = self.only_nm_ids

        quiet: dict[str, Any] | None | Unset
        if isinstance(self.quiet, Unset):
            quiet = UNSET
        elif isinstance(self.quiet, EnterQuiet):
            quiet = self.quiet.to_dict()
        else:
            quiet = self.quiet

        group_after: int | None | Unset
        if isinstance(self.group_after, Unset):
            group_after = UNSET
        else:
            group_after = self.group_after

        digest_at: None | str | Unset
        if isinstance(self.digest_at, Unset):
            digest_at = UNSET
        else:
            digest_at = self.digest_at

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if cabinet_id is not UNSET:
            field_dict["cabinet_id"] = cabinet_id
        if kind is not UNSET:
            field_dict["kind"] = kind
        if channel is not UNSET:
            field_dict["channel"] = channel
        if is_on is not UNSET:
            field_dict["is_on"] = is_on
        if above is not UNSET:
            field_dict["above"] = above
        if only_nm_ids is not UNSET:
            field_dict["only_nm_ids"] = only_nm_ids
        if quiet is not UNSET:
            field_dict["quiet"] = quiet
        if group_after is not UNSET:
            field_dict["group_after"] = group_after
        if digest_at is not UNSET:
            field_dict["digest_at"] = digest_at

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.enter_quiet import EnterQuiet  # noqa: PLC0415

        d = dict(src_dict)

        def _parse_cabinet_id(data: object) -> None | Unset | UUID:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                cabinet_id_type_0 = UUID(data)

                return cabinet_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Unset | UUID, data)

        cabinet_id = _parse_cabinet_id(d.pop("cabinet_id", UNSET))

        def _parse_kind(data: object) -> EnterRuleKindType0 | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                kind_type_0 = check_enter_rule_kind_type_0(data)

                return kind_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(EnterRuleKindType0 | None | Unset, data)

        kind = _parse_kind(d.pop("kind", UNSET))

        def _parse_channel(data: object) -> EnterRuleChannelType0 | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                channel_type_0 = check_enter_rule_channel_type_0(data)

                return channel_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(EnterRuleChannelType0 | None | Unset, data)

        channel = _parse_channel(d.pop("channel", UNSET))

        def _parse_is_on(data: object) -> bool | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(bool | None | Unset, data)

        is_on = _parse_is_on(d.pop("is_on", UNSET))

        def _parse_above(data: object) -> int | None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | str | Unset, data)

        above = _parse_above(d.pop("above", UNSET))

        def _parse_only_nm_ids(data: object) -> list[int] | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                only_nm_ids_type_0 = cast(list[int], data)

                return only_nm_ids_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[int] | None | Unset, data)

        only_nm_ids = _parse_only_nm_ids(d.pop("only_nm_ids", UNSET))

        def _parse_quiet(data: object) -> EnterQuiet | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                quiet_type_0 = EnterQuiet.from_dict(data)

                return quiet_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(EnterQuiet | None | Unset, data)

        quiet = _parse_quiet(d.pop("quiet", UNSET))

        def _parse_group_after(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        group_after = _parse_group_after(d.pop("group_after", UNSET))

        def _parse_digest_at(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        digest_at = _parse_digest_at(d.pop("digest_at", UNSET))

        enter_rule = cls(
            cabinet_id=cabinet_id,
            kind=kind,
            channel=channel,
            is_on=is_on,
            above=above,
            only_nm_ids=only_nm_ids,
            quiet=quiet,
            group_after=group_after,
            digest_at=digest_at,
        )

        return enter_rule
