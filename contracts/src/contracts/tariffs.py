"""Tariff events. A figure that WB does not tell is null; 0 is free."""

from datetime import date
from typing import ClassVar

from pydantic import Field

from contracts.changed import ListedRow, OrGone, Previous
from contracts.envelope import EventData
from contracts.model import MAX_BATCH, Model, Money


class ReadTariff(Model):
    """When a tariff was read."""

    read_on: date = Field(description="the Moscow day on which WB first gave these figures")


class ChangedTariff(ListedRow, ReadTariff):
    """What every tariff says of itself, before its figures."""

    LAST: ClassVar[tuple[str, ...]] = ()

    change: OrGone = Field(description="gone: WB does not list it any more")
    previous: Previous = Field(default_factory=dict)


class ChangedCommissionTariff(ChangedTariff):
    """WB's commission on goods of one subject, in percent of the price, by sale model.

    Source: `GET /api/v1/tariffs/commission`.
    """

    subject_id: int
    subject_name: str | None = None
    parent_id: int | None = None
    parent_name: str | None = None
    paid_storage_kgvp: Money | None = Field(default=None, description="FBW, %")
    kgvp_marketplace: Money | None = Field(default=None, description="FBS, %")
    kgvp_supplier: Money | None = Field(default=None, description="DBS and DBW, %")
    kgvp_supplier_express: Money | None = Field(default=None, description="EDBS, %")
    kgvp_pickup: Money | None = Field(default=None, description="C&C, %")
    kgvp_booking: Money | None = Field(default=None, description="booking, %")
    kgvp: Money | None = Field(default=None, description="the one rate of sellers in China, Turkey and the UAE, %")


class ChangedBoxTariff(ChangedTariff):
    """Delivery to the buyer and storage of goods that come in boxes, at one warehouse.

    Source: `GET /api/v1/tariffs/box`; `currency` for the first litre (`base`) and each further one (`liter`), storage
    a day. The coefficients (`coef_expr`, %) are in the figures already.
    """

    warehouse_name: str
    geo_name: str = Field(description="where it is; empty if WB does not say")
    currency: str | None = None
    box_delivery_base: Money | None = None
    box_delivery_liter: Money | None = None
    box_delivery_coef_expr: Money | None = None
    box_delivery_marketplace_base: Money | None = Field(default=None, description="FBS")
    box_delivery_marketplace_liter: Money | None = Field(default=None, description="FBS")
    box_delivery_marketplace_coef_expr: Money | None = Field(default=None, description="FBS, %")
    box_storage_base: Money | None = None
    box_storage_liter: Money | None = None
    box_storage_coef_expr: Money | None = None
    dt_next_box: date | None = Field(default=None, description="the day the next tariff begins")
    dt_till_max: date | None = Field(default=None, description="the day the last tariff set ends")


class ChangedReturnTariff(ChangedTariff):
    """Bringing goods back to the seller from one warehouse.

    Source: `GET /api/v1/tariffs/return`; `currency` for the first litre (`base`) and each further one (`liter`), or for
    a unit (`expr`). `kgt`: bulky goods; `srg`: goods the warehouse could not identify; `sup`: all others.
    `office`: to a pick-up point; `courier`: by courier; `return`: back to WB if the seller does not fetch them.
    """

    warehouse_name: str
    currency: str | None = None
    delivery_dump_kgt_office_base: Money | None = None
    delivery_dump_kgt_office_liter: Money | None = None
    delivery_dump_kgt_return_expr: Money | None = None
    delivery_dump_srg_office_expr: Money | None = None
    delivery_dump_srg_return_expr: Money | None = None
    delivery_dump_sup_courier_base: Money | None = None
    delivery_dump_sup_courier_liter: Money | None = None
    delivery_dump_sup_office_base: Money | None = None
    delivery_dump_sup_office_liter: Money | None = None
    delivery_dump_sup_return_expr: Money | None = None
    dt_next_delivery_dump_kgt: date | None = Field(default=None, description="the day the next tariff begins")
    dt_next_delivery_dump_srg: date | None = Field(default=None, description="the day the next tariff begins")
    dt_next_delivery_dump_sup: date | None = Field(default=None, description="the day the next tariff begins")


class TariffsCommissionUpdatedV1(EventData, type="tariffs_commission.updated.v1", publisher="ingestor"):
    """Commission rates, as one cabinet is told them, that changed."""

    tariffs: tuple[ChangedCommissionTariff, ...] = Field(min_length=1, max_length=MAX_BATCH)


class TariffsBoxUpdatedV1(EventData, type="tariffs_box.updated.v1", publisher="ingestor"):
    """Tariffs for boxes, as one cabinet is told them, that changed."""

    tariffs: tuple[ChangedBoxTariff, ...] = Field(min_length=1, max_length=MAX_BATCH)


class TariffsReturnUpdatedV1(EventData, type="tariffs_return.updated.v1", publisher="ingestor"):
    """Tariffs for returns, as one cabinet is told them, that changed."""

    tariffs: tuple[ChangedReturnTariff, ...] = Field(min_length=1, max_length=MAX_BATCH)
