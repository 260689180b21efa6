"""A seller's own warehouses, what is in them, and the WB offices they hand their goods over at."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random

from wbsim.catalogue import Product
from wbsim.orders import RowJson

RESTOCKED_UNITS = 40
STOCKED_SHARE = 0.6
"""How likely a size lies in a certain warehouse; each lies in one at least."""
SMALL_GOODS, FBS_DELIVERY = 1, 1
WAREHOUSE_NAMES = ("Основной склад", "Склад на Промышленной", "Резервный склад", "Склад у вокзала", "Новый склад")


@dataclass(frozen=True, slots=True)
class Office:
    """A WB office that takes sellers' goods; `district` None abroad, `region` is what goods are sent from."""

    id: int
    name: str
    city: str
    address: str
    district: str | None
    region: str
    latitude: float
    longitude: float

    @property
    def origin(self) -> str:
        """The federal district, the country of an office abroad."""
        return self.district or self.region


OFFICES = (
    Office(15, "Коледино", "Москва", "Подольск, деревня Коледино, Троицкая улица, 20",
           "Центральный", "Центральный", 55.386871, 37.588898),
    Office(2737, "Санкт-Петербург Уткина Заводь", "Санкт-Петербург", "Уткина Заводь, промзона, 21",
           "Северо-Западный", "Северо-Западный", 59.853592, 30.489741),
    Office(117986, "Казань", "Казань", "Зеленодольск, улица Гагарина, 8",
           "Приволжский", "Приволжский", 55.820733, 48.567913),
    Office(1733, "Екатеринбург Испытателей 14г", "Екатеринбург", "улица Испытателей, 14г",
           "Уральский", "Уральский", 56.776131, 60.664962),
    Office(686, "Новосибирск", "Новосибирск", "Толмачёвская улица, 43",
           "Сибирский", "Дальневосточный и Сибирский", 54.999121, 82.726153),
    Office(130744, "Краснодар Тихорецкая", "Краснодар", "Тихорецкая улица, 40/1",
           "Южный", "Южный и Северо-Кавказский", 45.035470, 39.033271),
    Office(204939, "Астана", "Астана", "Алматинский район, улица 102, 2", None, "Казахстан", 51.169392, 71.449074),
)  # fmt: skip


@dataclass(slots=True)
class Warehouse:
    """One warehouse of a seller's; `stock` is units by `chrtId`."""

    id: int
    name: str
    office: Office
    is_processing: bool = False
    stock: dict[int, int] = field(default_factory=dict)


class Warehouses:
    """A shop's warehouses by id; the seller sells from them what WB does not hold."""

    def __init__(self, seed: int, products: Sequence[Product]) -> None:
        rng = Random(f"{seed} warehouses")
        self._next_id = rng.randrange(500_000, 1_500_000)
        self._nm_ids = {size.chrt_id: product.nm_id for product in products for size in product.sizes}
        self.of: dict[int, Warehouse] = {}
        for office in rng.sample(OFFICES, 2):
            self.open(rng, office)
        first = next(iter(self.of.values()))
        for chrt_id in self._nm_ids:
            if not any(chrt_id in warehouse.stock for warehouse in self.of.values()):
                first.stock[chrt_id] = rng.randrange(1, 60)

    def open(self, rng: Random, office: Office) -> Warehouse:
        """Another warehouse that hands over at the office, with some of the goods."""
        stock = {chrt_id: rng.randrange(60) for chrt_id in self._nm_ids if rng.random() < STOCKED_SHARE}
        name = f"{WAREHOUSE_NAMES[len(self.of) % len(WAREHOUSE_NAMES)]}, {office.city}"
        warehouse = Warehouse(self._next_id, name, office, stock=stock)
        self._next_id += rng.randrange(1, 900)
        self.of[warehouse.id] = warehouse
        return warehouse

    def sell(self, chrt_id: int) -> tuple[Warehouse, bool]:
        """Take a unit from the warehouse that has most of it; whether there was none left, and more was brought."""
        holding = [warehouse for warehouse in self.of.values() if chrt_id in warehouse.stock]
        warehouse = max(holding, key=lambda one: one.stock[chrt_id])
        gone = warehouse.stock[chrt_id] == 0
        warehouse.stock[chrt_id] += RESTOCKED_UNITS if gone else -1
        return warehouse, gone

    def put_back(self, warehouse_id: int, chrt_id: int) -> None:
        """A unit that was sold has not left after all."""
        self.of[warehouse_id].stock[chrt_id] += 1

    def nm_id(self, chrt_id: int) -> int:
        """The card of a size."""
        return self._nm_ids[chrt_id]


def warehouse_row(warehouse: Warehouse) -> RowJson:
    """A warehouse as `GET /api/v3/warehouses` answers it."""
    return {
        "name": warehouse.name,
        "officeId": warehouse.office.id,
        "id": warehouse.id,
        "cargoType": SMALL_GOODS,
        "deliveryType": FBS_DELIVERY,
        "isDeleting": False,
        "isProcessing": warehouse.is_processing,
    }


def office_row(office: Office, *, selected: bool) -> RowJson:
    """An office as `GET /api/v3/offices` answers it."""
    return {
        "federalDistrict": office.district,
        "address": office.address,
        "name": office.name,
        "city": office.city,
        "id": office.id,
        # The wrong way round, as in WB's own example.
        "longitude": office.latitude,
        "latitude": office.longitude,
        "cargoType": SMALL_GOODS,
        "deliveryType": FBS_DELIVERY,
        "selected": selected,
    }


def stock_rows(warehouses: Warehouses) -> list[RowJson]:
    """What `stocks-report/seller-warehouses` answers: a row for each size in each warehouse, by nmId and chrtId."""
    held = [
        (warehouses.nm_id(chrt_id), chrt_id, warehouse)
        for warehouse in warehouses.of.values()
        for chrt_id in warehouse.stock
    ]
    held.sort(key=lambda place: (place[0], place[1], place[2].id))
    return [
        {
            "nmId": nm_id,
            "chrtId": chrt_id,
            "warehouseId": warehouse.id,
            "warehouseName": warehouse.name,
            "regionName": warehouse.office.region,
            "quantity": warehouse.stock[chrt_id],
        }
        for nm_id, chrt_id, warehouse in held
    ]
