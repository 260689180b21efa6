from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="Units")


@_attrs_define
class Units:
    """Pieces of an item or a size, and how long they last."""

    wb: int | None
    """ that can be sold, at WB's warehouses; null: unknown """
    own: int | None
    """ at the seller's own warehouses; null: unknown """
    orders_per_day: None | str
    """ what the forecast goes by """
    days_left: None | str
    """ of `wb` + `own`; null: unknown, or endless """
    to_client: int | None | Unset = UNSET
    from_client: int | None | Unset = UNSET
    incoming: int | Unset = 0
    """ on the way to a warehouse, as the seller entered """
    endless: bool | Unset = False
    """ there is stock, and nobody orders it """
    runs_out_on: datetime.date | None | Unset = UNSET
    runs_out_earliest: datetime.date | None | Unset = UNSET
    """ 95 % of the time it is not earlier """
    runs_out_latest: datetime.date | None | Unset = UNSET
    out_since: datetime.date | None | Unset = UNSET
    """ the day on which the last piece went; null: there is some, unknown, or not within 90 days """
    reorder_point: int | None | Unset = UNSET
    """ order again at so many pieces """
    replenish: int | None | Unset = UNSET
    """ pieces to send now for `target_days` """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        wb: int | None
        wb = self.wb

        own: int | None
        own = self.own

        orders_per_day: None | str
        orders_per_day = self.orders_per_day

        days_left: None | str
        days_left = self.days_left

        to_client: int | None | Unset
        if isinstance(self.to_client, Unset):
            to_client = UNSET
        else:
            to_client = self.to_client

        from_client: int | None | Unset
        if isinstance(self.from_client, Unset):
            from_client = UNSET
        else:
            from_client = self.from_client

        incoming = self.incoming

        endless = self.endless

        runs_out_on: None | str | Unset
        if isinstance(self.runs_out_on, Unset):
            runs_out_on = UNSET
        elif isinstance(self.runs_out_on, datetime.date):
            runs_out_on = self.runs_out_on.isoformat()
        else:
            runs_out_on = self.runs_out_on

        runs_out_earliest: None | str | Unset
        if isinstance(self.runs_out_earliest, Unset):
            runs_out_earliest = UNSET
        elif isinstance(self.runs_out_earliest, datetime.date):
            runs_out_earliest = self.runs_out_earliest.isoformat()
        else:
            runs_out_earliest = self.runs_out_earliest

        runs_out_latest: None | str | Unset
        if isinstance(self.runs_out_latest, Unset):
            runs_out_latest = UNSET
        elif isinstance(self.runs_out_latest, datetime.date):
            runs_out_latest = self.runs_out_latest.isoformat()
        else:
            runs_out_latest = self.runs_out_latest

        out_since: None | str | Unset
        if isinstance(self.out_since, Unset):
            out_since = UNSET
        elif isinstance(self.out_since, datetime.date):
            out_since = self.out_since.isoformat()
        else:
            out_since = self.out_since

        reorder_point: int | None | Unset
        if isinstance(self.reorder_point, Unset):
            reorder_point = UNSET
        else:
            reorder_point = self.reorder_point

        replenish: int | None | Unset
        if isinstance(self.replenish, Unset):
            replenish = UNSET
        else:
            replenish = self.replenish

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "wb": wb,
                "own": own,
                "orders_per_day": orders_per_day,
                "days_left": days_left,
            }
        )
        if to_client is not UNSET:
            field_dict["to_client"] = to_client
        if from_client is not UNSET:
            field_dict["from_client"] = from_client
        if incoming is not UNSET:
            field_dict["incoming"] = incoming
        if endless is not UNSET:
            field_dict["endless"] = endless
        if runs_out_on is not UNSET:
            field_dict["runs_out_on"] = runs_out_on
        if runs_out_earliest is not UNSET:
            field_dict["runs_out_earliest"] = runs_out_earliest
        if runs_out_latest is not UNSET:
            field_dict["runs_out_latest"] = runs_out_latest
        if out_since is not UNSET:
            field_dict["out_since"] = out_since
        if reorder_point is not UNSET:
            field_dict["reorder_point"] = reorder_point
        if replenish is not UNSET:
            field_dict["replenish"] = replenish

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)

        def _parse_wb(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        wb = _parse_wb(d.pop("wb"))

        def _parse_own(data: object) -> int | None:
            if data is None:
                return data
            return cast(int | None, data)

        own = _parse_own(d.pop("own"))

        def _parse_orders_per_day(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        orders_per_day = _parse_orders_per_day(d.pop("orders_per_day"))

        def _parse_days_left(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        days_left = _parse_days_left(d.pop("days_left"))

        def _parse_to_client(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        to_client = _parse_to_client(d.pop("to_client", UNSET))

        def _parse_from_client(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        from_client = _parse_from_client(d.pop("from_client", UNSET))

        incoming = d.pop("incoming", UNSET)

        endless = d.pop("endless", UNSET)

        def _parse_runs_out_on(data: object) -> datetime.date | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                runs_out_on_type_0 = datetime.date.fromisoformat(data)

                return runs_out_on_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.date | None | Unset, data)

        runs_out_on = _parse_runs_out_on(d.pop("runs_out_on", UNSET))

        def _parse_runs_out_earliest(data: object) -> datetime.date | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                runs_out_earliest_type_0 = datetime.date.fromisoformat(data)

                return runs_out_earliest_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.date | None | Unset, data)

        runs_out_earliest = _parse_runs_out_earliest(d.pop("runs_out_earliest", UNSET))

        def _parse_runs_out_latest(data: object) -> datetime.date | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                runs_out_latest_type_0 = datetime.date.fromisoformat(data)

                return runs_out_latest_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.date | None | Unset, data)

        runs_out_latest = _parse_runs_out_latest(d.pop("runs_out_latest", UNSET))

        def _parse_out_since(data: object) -> datetime.date | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                out_since_type_0 = datetime.date.fromisoformat(data)

                return out_since_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(datetime.date | None | Unset, data)

        out_since = _parse_out_since(d.pop("out_since", UNSET))

        def _parse_reorder_point(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        reorder_point = _parse_reorder_point(d.pop("reorder_point", UNSET))

        def _parse_replenish(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        replenish = _parse_replenish(d.pop("replenish", UNSET))

        units = cls(
            wb=wb,
            own=own,
            orders_per_day=orders_per_day,
            days_left=days_left,
            to_client=to_client,
            from_client=from_client,
            incoming=incoming,
            endless=endless,
            runs_out_on=runs_out_on,
            runs_out_earliest=runs_out_earliest,
            runs_out_latest=runs_out_latest,
            out_since=out_since,
            reorder_point=reorder_point,
            replenish=replenish,
        )

        units.additional_properties = d
        return units

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
