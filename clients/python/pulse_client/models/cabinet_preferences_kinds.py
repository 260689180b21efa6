from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="CabinetPreferencesKinds")


@_attrs_define
class CabinetPreferencesKinds:
    """every kind of message: whether you are told it"""

    order_new: bool | Unset = UNSET
    order_changed: bool | Unset = UNSET
    order_cancelled: bool | Unset = UNSET
    cabinet_suspended: bool | Unset = UNSET
    cabinet_resumed: bool | Unset = UNSET
    scope_refused: bool | Unset = UNSET
    scope_restored: bool | Unset = UNSET
    token_expiring: bool | Unset = UNSET
    data_delayed: bool | Unset = UNSET
    data_recovered: bool | Unset = UNSET
    sync_failed: bool | Unset = UNSET
    webhook_failing: bool | Unset = UNSET
    webhook_recovered: bool | Unset = UNSET
    webhook_paused: bool | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        order_new = self.order_new

        order_changed = self.order_changed

        order_cancelled = self.order_cancelled

        cabinet_suspended = self.cabinet_suspended

        cabinet_resumed = self.cabinet_resumed

        scope_refused = self.scope_refused

        scope_restored = self.scope_restored

        token_expiring = self.token_expiring

        data_delayed = self.data_delayed

        data_recovered = self.data_recovered

        sync_failed = self.sync_failed

        webhook_failing = self.webhook_failing

        webhook_recovered = self.webhook_recovered

        webhook_paused = self.webhook_paused

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if order_new is not UNSET:
            field_dict["order_new"] = order_new
        if order_changed is not UNSET:
            field_dict["order_changed"] = order_changed
        if order_cancelled is not UNSET:
            field_dict["order_cancelled"] = order_cancelled
        if cabinet_suspended is not UNSET:
            field_dict["cabinet_suspended"] = cabinet_suspended
        if cabinet_resumed is not UNSET:
            field_dict["cabinet_resumed"] = cabinet_resumed
        if scope_refused is not UNSET:
            field_dict["scope_refused"] = scope_refused
        if scope_restored is not UNSET:
            field_dict["scope_restored"] = scope_restored
        if token_expiring is not UNSET:
            field_dict["token_expiring"] = token_expiring
        if data_delayed is not UNSET:
            field_dict["data_delayed"] = data_delayed
        if data_recovered is not UNSET:
            field_dict["data_recovered"] = data_recovered
        if sync_failed is not UNSET:
            field_dict["sync_failed"] = sync_failed
        if webhook_failing is not UNSET:
            field_dict["webhook_failing"] = webhook_failing
        if webhook_recovered is not UNSET:
            field_dict["webhook_recovered"] = webhook_recovered
        if webhook_paused is not UNSET:
            field_dict["webhook_paused"] = webhook_paused

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        order_new = d.pop("order_new", UNSET)

        order_changed = d.pop("order_changed", UNSET)

        order_cancelled = d.pop("order_cancelled", UNSET)

        cabinet_suspended = d.pop("cabinet_suspended", UNSET)

        cabinet_resumed = d.pop("cabinet_resumed", UNSET)

        scope_refused = d.pop("scope_refused", UNSET)

        scope_restored = d.pop("scope_restored", UNSET)

        token_expiring = d.pop("token_expiring", UNSET)

        data_delayed = d.pop("data_delayed", UNSET)

        data_recovered = d.pop("data_recovered", UNSET)

        sync_failed = d.pop("sync_failed", UNSET)

        webhook_failing = d.pop("webhook_failing", UNSET)

        webhook_recovered = d.pop("webhook_recovered", UNSET)

        webhook_paused = d.pop("webhook_paused", UNSET)

        cabinet_preferences_kinds = cls(
            order_new=order_new,
            order_changed=order_changed,
            order_cancelled=order_cancelled,
            cabinet_suspended=cabinet_suspended,
            cabinet_resumed=cabinet_resumed,
            scope_refused=scope_refused,
            scope_restored=scope_restored,
            token_expiring=token_expiring,
            data_delayed=data_delayed,
            data_recovered=data_recovered,
            sync_failed=sync_failed,
            webhook_failing=webhook_failing,
            webhook_recovered=webhook_recovered,
            webhook_paused=webhook_paused,
        )

        return cabinet_preferences_kinds
