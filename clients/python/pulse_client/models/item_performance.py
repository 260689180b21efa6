from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.advert_period import AdvertPeriod
    from ..models.buyout_period import BuyoutPeriod
    from ..models.change import Change
    from ..models.left import Left
    from ..models.period_figures import PeriodFigures
    from ..models.rank import Rank
    from ..models.speed import Speed
    from ..models.unit_money import UnitMoney


T = TypeVar("T", bound="ItemPerformance")


@_attrs_define
class ItemPerformance:
    """An item in a currency over a period. Null: not counted, or unknown.."""

    cabinet_id: UUID
    nm_id: int
    """ WB article (nmID) """
    vendor_code: None | str
    """ null: its card is not known """
    title: None | str
    brand: None | str
    subject: None | str
    photo: None | str
    currency: str
    """ ISO 4217 code of three letters """
    figures: PeriodFigures
    """ Orders and sales of one product (or of the whole cabinet: nm_id 0) in one currency and one period.

    `bought`, `returned` and `open` say what became of the orders of the period; `sales` and `returns` are those of
    its
    days, whenever they were ordered. Null: not counted by the service that told of it. """
    change: Change
    """ Against the period before, %; null: there was nothing before. """
    rank: None | Rank
    """ ABC by 30 days, XYZ by whole weeks, whatever the period """
    buyout: BuyoutPeriod | None
    """ of the period """
    speed: None | Speed
    """ of the period """
    adverts: AdvertPeriod | None
    """ of the period """
    money: None | UnitMoney
    """ of one bought piece, an estimate """
    profit: None | str
    """ that estimate times what was sold less what was given back """
    stock: Left | None
    """ what there is, how long it lasts, what to send """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.advert_period import AdvertPeriod  # noqa: PLC0415
        from ..models.buyout_period import BuyoutPeriod  # noqa: PLC0415
        from ..models.left import Left  # noqa: PLC0415
        from ..models.rank import Rank  # noqa: PLC0415
        from ..models.speed import Speed  # noqa: PLC0415
        from ..models.unit_money import UnitMoney  # noqa: PLC0415

        cabinet_id = str(self.cabinet_id)

        nm_id = self.nm_id

        vendor_code: None | str
        vendor_code = self.vendor_code

        title: None | str
        title = self.title

        brand: None | str
        brand = self.brand

        subject: None | str
        subject = self.subject

        photo: None | str
        photo = self.photo

        currency = self.currency

        figures = self.figures.to_dict()

        change = self.change.to_dict()

        rank: dict[str, Any] | None
        if isinstance(self.rank, Rank):
            rank = self.rank.to_dict()
        else:
            rank = self.rank

        buyout: dict[str, Any] | None
        if isinstance(self.buyout, BuyoutPeriod):
            buyout = self.buyout.to_dict()
        else:
            buyout = self.buyout

        speed: dict[str, Any] | None
        if isinstance(self.speed, Speed):
            speed = self.speed.to_dict()
        else:
            speed = self.speed

        adverts: dict[str, Any] | None
        if isinstance(self.adverts, AdvertPeriod):
            adverts = self.adverts.to_dict()
        else:
            adverts = self.adverts

        money: dict[str, Any] | None
        if isinstance(self.money, UnitMoney):
            money = self.money.to_dict()
        else:
            money = self.money

        profit: None | str
        profit = self.profit

        stock: dict[str, Any] | None
        if isinstance(self.stock, Left):
            stock = self.stock.to_dict()
        else:
            stock = self.stock

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "cabinet_id": cabinet_id,
                "nm_id": nm_id,
                "vendor_code": vendor_code,
                "title": title,
                "brand": brand,
                "subject": subject,
                "photo": photo,
                "currency": currency,
                "figures": figures,
                "change": change,
                "rank": rank,
                "buyout": buyout,
                "speed": speed,
                "adverts": adverts,
                "money": money,
                "profit": profit,
                "stock": stock,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.advert_period import AdvertPeriod  # noqa: PLC0415
        from ..models.buyout_period import BuyoutPeriod  # noqa: PLC0415
        from ..models.change import Change  # noqa: PLC0415
        from ..models.left import Left  # noqa: PLC0415
        from ..models.period_figures import PeriodFigures  # noqa: PLC0415
        from ..models.rank import Rank  # noqa: PLC0415
        from ..models.speed import Speed  # noqa: PLC0415
        from ..models.unit_money import UnitMoney  # noqa: PLC0415

        d = dict(src_dict)
        cabinet_id = UUID(d.pop("cabinet_id"))

        nm_id = d.pop("nm_id")

        def _parse_vendor_code(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        vendor_code = _parse_vendor_code(d.pop("vendor_code"))

        def _parse_title(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        title = _parse_title(d.pop("title"))

        def _parse_brand(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        brand = _parse_brand(d.pop("brand"))

        def _parse_subject(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        subject = _parse_subject(d.pop("subject"))

        def _parse_photo(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        photo = _parse_photo(d.pop("photo"))

        currency = d.pop("currency")

        figures = PeriodFigures.from_dict(d.pop("figures"))

        change = Change.from_dict(d.pop("change"))

        def _parse_rank(data: object) -> None | Rank:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                rank_type_0 = Rank.from_dict(data)

                return rank_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Rank, data)

        rank = _parse_rank(d.pop("rank"))

        def _parse_buyout(data: object) -> BuyoutPeriod | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                buyout_type_0 = BuyoutPeriod.from_dict(data)

                return buyout_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(BuyoutPeriod | None, data)

        buyout = _parse_buyout(d.pop("buyout"))

        def _parse_speed(data: object) -> None | Speed:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                speed_type_0 = Speed.from_dict(data)

                return speed_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Speed, data)

        speed = _parse_speed(d.pop("speed"))

        def _parse_adverts(data: object) -> AdvertPeriod | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                adverts_type_0 = AdvertPeriod.from_dict(data)

                return adverts_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(AdvertPeriod | None, data)

        adverts = _parse_adverts(d.pop("adverts"))

        def _parse_money(data: object) -> None | UnitMoney:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                money_type_0 = UnitMoney.from_dict(data)

                return money_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | UnitMoney, data)

        money = _parse_money(d.pop("money"))

        def _parse_profit(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        profit = _parse_profit(d.pop("profit"))

        def _parse_stock(data: object) -> Left | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                stock_type_0 = Left.from_dict(data)

                return stock_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(Left | None, data)

        stock = _parse_stock(d.pop("stock"))

        item_performance = cls(
            cabinet_id=cabinet_id,
            nm_id=nm_id,
            vendor_code=vendor_code,
            title=title,
            brand=brand,
            subject=subject,
            photo=photo,
            currency=currency,
            figures=figures,
            change=change,
            rank=rank,
            buyout=buyout,
            speed=speed,
            adverts=adverts,
            money=money,
            profit=profit,
            stock=stock,
        )

        item_performance.additional_properties = d
        return item_performance

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
