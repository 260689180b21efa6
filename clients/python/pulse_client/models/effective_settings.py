from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.effective_settings_channel import (
    EffectiveSettingsChannel,
    check_effective_settings_channel,
)

if TYPE_CHECKING:
    from ..models.effective_union_annotated_decimal_field_infoannotation_none_type_required_true_metadata_pydantic_general_metadatamax_digits_18_decimal_places_4_none_type import (
        EffectiveUnionAnnotatedDecimalFieldInfoannotationNoneTypeRequiredTrueMetadataPydanticGeneralMetadatamaxDigits18DecimalPlaces4NoneType,
    )
    from ..models.effective_union_quiet_none_type import EffectiveUnionQuietNoneType
    from ..models.effectivebool import Effectivebool
    from ..models.effectiveint import Effectiveint
    from ..models.effectivestr import Effectivestr
    from ..models.effectivetupleint import Effectivetupleint


T = TypeVar("T", bound="EffectiveSettings")


@_attrs_define
class EffectiveSettings:
    """What counts for messages of one kind about one cabinet in one channel."""

    cabinet_id: None | UUID
    kind: str
    channel: EffectiveSettingsChannel
    is_on: Effectivebool
    above: EffectiveUnionAnnotatedDecimalFieldInfoannotationNoneTypeRequiredTrueMetadataPydanticGeneralMetadatamaxDigits18DecimalPlaces4NoneType
    only_nm_ids: Effectivetupleint
    quiet: EffectiveUnionQuietNoneType
    group_after: Effectiveint
    digest_at: Effectivestr
    muted_until: datetime.datetime | None
    """ null: not muted, but for single items """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        cabinet_id: None | str
        if isinstance(self.cabinet_id, UUID):
            cabinet_id = str(self.cabinet_id)
        else:
            cabinet_id = self.cabinet_id

        kind = self.kind

        channel: str = self.channel

        is_on = self.is_on.to_dict()

        above = self.above.to_dict()

        only_nm_ids = self.only_nm_ids.to_dict()

        quiet = self.quiet.to_dict()

        group_after = self.group_after.to_dict()

        digest_at = self.digest_at.to_dict()

        muted_until: None | str
        if isinstance(self.muted_until, datetime.datetime):
            muted_until = self.muted_until.isoformat()
        else:
            muted_until = self.muted_until

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "cabinet_id": cabinet_id,
                "kind": kind,
                "channel": channel,
                "is_on": is_on,
                "above": above,
                "only_nm_ids": only_nm_ids,
                "quiet": quiet,
                "group_after": group_after,
                "digest_at": digest_at,
                "muted_until": muted_until,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.effective_union_annotated_decimal_field_infoannotation_none_type_required_true_metadata_pydantic_general_metadatamax_digits_18_decimal_places_4_none_type import (
            EffectiveUnionAnnotatedDecimalFieldInfoannotationNoneTypeRequiredTrueMetadataPydanticGeneralMetadatamaxDigits18DecimalPlaces4NoneType,  # noqa: PLC0415
        )
        from ..models.effective_union_quiet_none_type import EffectiveUnionQuietNoneType  # noqa: PLC0415
        from ..models.effectivebool import Effectivebool  # noqa: PLC0415
        from ..models.effectiveint import Effectiveint  # noqa: PLC0415
        from ..models.effectivestr import Effectivestr  # noqa: PLC0415
        from ..models.effectivetupleint import Effectivetupleint  # noqa: PLC0415

        d = dict(src_dict)

        def _parse_cabinet_id(data: object) -> None | UUID:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                cabinet_id_type_0 = UUID(data)

                return cabinet_id_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UUID, data)

        cabinet_id = _parse_cabinet_id(d.pop("cabinet_id"))

        kind = d.pop("kind")

        channel = check_effective_settings_channel(d.pop("channel"))

        is_on = Effectivebool.from_dict(d.pop("is_on"))

        above = EffectiveUnionAnnotatedDecimalFieldInfoannotationNoneTypeRequiredTrueMetadataPydanticGeneralMetadatamaxDigits18DecimalPlaces4NoneType.from_dict(
            d.pop("above")
        )

        only_nm_ids = Effectivetupleint.from_dict(d.pop("only_nm_ids"))

        quiet = EffectiveUnionQuietNoneType.from_dict(d.pop("quiet"))

        group_after = Effectiveint.from_dict(d.pop("group_after"))

        digest_at = Effectivestr.from_dict(d.pop("digest_at"))

        def _parse_muted_until(data: object) -> datetime.datetime | None:
            if data is None:
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                muted_until_type_0 = datetime.datetime.fromisoformat(data)

                return muted_until_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.datetime | None, data)

        muted_until = _parse_muted_until(d.pop("muted_until"))

        effective_settings = cls(
            cabinet_id=cabinet_id,
            kind=kind,
            channel=channel,
            is_on=is_on,
            above=above,
            only_nm_ids=only_nm_ids,
            quiet=quiet,
            group_after=group_after,
            digest_at=digest_at,
            muted_until=muted_until,
        )

        effective_settings.additional_properties = d
        return effective_settings

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
