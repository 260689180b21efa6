"""WB's commission by subject and sale model. Source: `GET /api/v1/tariffs/commission`, a full re-read each time.

Which rates a row has depends on the seller's country: six sale models in Russia, three in Uzbekistan, which are told by
the same columns here, and one rate for all models in China, Turkey and the Emirates.
"""

from datetime import timedelta
from decimal import Decimal

from contracts.tariffs import TariffsCommissionUpdatedV1
from sqlalchemy import Date, Numeric

from ingestor.resources import whole_lists
from ingestor.resources.columns import Field, columns, ident, key, made, observed, parser, text
from ingestor.resources.fields import number
from ingestor.resources.resource import Publishing, Resource, Storage
from ingestor.resources.table import data_table, history_table
from ingestor.wb.methods import METHODS
from ingestor.wb.times import moscow_day

_STEP = Decimal("0.0001")


def _rate(*rates: Decimal | None) -> Decimal | None:
    return number(next((rate for rate in rates if rate is not None), None), _STEP)


def _rates(name: str, *wb: str) -> Field:
    """A rate in percent of the price under whichever name the seller's country has; 0 is a rate, absent is unknown."""
    return made(name, Numeric(18, 4), _rate, *wb, kind=Decimal)


COLUMNS = columns(
    key(ident("subject_id", wb="subjectID")),
    text("subject_name"),
    ident("parent_id", wb="parentID"),
    text("parent_name"),
    _rates("paid_storage_kgvp", "paidStorageKgvp", "kgvpPaidStorageUz"),
    _rates("kgvp_marketplace", "kgvpMarketplace", "kgvpMarketplaceUz"),
    _rates("kgvp_supplier", "kgvpSupplier", "kgvpSupplierUz"),
    _rates("kgvp_supplier_express", "kgvpSupplierExpress"),
    _rates("kgvp_pickup", "kgvpPickup"),
    _rates("kgvp_booking", "kgvpBooking"),
    _rates("kgvp", "kgvpChina", "kgvpTurkey", "kgvpUAE"),
    observed("read_on", Date, moscow_day),
)
TABLE, parse = data_table("tariffs_commission", COLUMNS), parser(COLUMNS)
HISTORY = history_table(TABLE)


RESOURCE = Resource(
    name="tariffs_commission",
    method=METHODS["commission-tariffs"],
    refresh=timedelta(hours=12),
    changes_by_itself=True,
    # By their Russian names, which cards have too.
    reading=whole_lists.whole_list("report", params={"locale": "ru"}),
    storage=Storage(
        table=TABLE,
        parse=parse,
        untracked=frozenset({"read_on"}),
        when_gone={},
        history=HISTORY,
    ),
    publishing=Publishing(
        event=TariffsCommissionUpdatedV1,
        rows="tariffs",
    ),
)
