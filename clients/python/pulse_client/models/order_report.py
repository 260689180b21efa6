from __future__ import annotations

from collections.abc import Mapping
from typing import (
    TYPE_CHECKING,
    Any,
    Literal,
    TypeVar,
    cast,
)

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.reported_buyout import ReportedBuyout
    from ..models.reported_itself import ReportedItself
    from ..models.reported_money import ReportedMoney
    from ..models.reported_product import ReportedProduct
    from ..models.reported_route import ReportedRoute
    from ..models.reported_stock import ReportedStock
    from ..models.reported_today import ReportedToday
    from ..models.reported_velocity import ReportedVelocity
    from ..models.sales_period import SalesPeriod
    from ..models.source_age import SourceAge


T = TypeVar("T", bound="OrderReport")


@_attrs_define
class OrderReport:
    """The whole report; `text` and `text_en` are HTML as Telegram reads it."""

    order: ReportedItself
    """ The order itself, and how far it has come. """
    money: ReportedMoney
    """ Money of one piece, in `currency`. """
    route: ReportedRoute
    """ From where to where it goes. """
    sales_periods: list[SalesPeriod]
    """ of 7, 14, 30, 60 and 90 days, in the order's currency """
    buyout_periods: list[ReportedBuyout]
    velocity: ReportedVelocity
    """ Of all days, and of the days on which there was stock. """
    today_vs_yesterday: ReportedToday
    """ Today against yesterday, in the currency of the order. """
    stocks: list[ReportedStock]
    product: ReportedProduct
    """ What is known of the item. """
    freshness: list[SourceAge]
    text: str
    """ in Russian """
    text_en: str
    """ the same in English """
    trace_id: None | str
    """ of the request that had it computed """
    schema_version: Literal[1] | Unset = 1
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        order = self.order.to_dict()

        money = self.money.to_dict()

        route = self.route.to_dict()

        sales_periods = []
        for sales_periods_item_data in self.sales_periods:
            sales_periods_item = sales_periods_item_data.to_dict()
            sales_periods.append(sales_periods_item)

        buyout_periods = []
        for buyout_periods_item_data in self.buyout_periods:
            buyout_periods_item = buyout_periods_item_data.to_dict()
            buyout_periods.append(buyout_periods_item)

        velocity = self.velocity.to_dict()

        today_vs_yesterday = self.today_vs_yesterday.to_dict()

        stocks = []
        for stocks_item_data in self.stocks:
            stocks_item = stocks_item_data.to_dict()
            stocks.append(stocks_item)

        product = self.product.to_dict()

        freshness = []
        for freshness_item_data in self.freshness:
            freshness_item = freshness_item_data.to_dict()
            freshness.append(freshness_item)

        text = self.text

        text_en = self.text_en

        trace_id: None | str
        trace_id = self.trace_id

        schema_version = self.schema_version

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "order": order,
                "money": money,
                "route": route,
                "sales_periods": sales_periods,
                "buyout_periods": buyout_periods,
                "velocity": velocity,
                "today_vs_yesterday": today_vs_yesterday,
                "stocks": stocks,
                "product": product,
                "freshness": freshness,
                "text": text,
                "text_en": text_en,
                "trace_id": trace_id,
            }
        )
        if schema_version is not UNSET:
            field_dict["schema_version"] = schema_version

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.reported_buyout import ReportedBuyout  # noqa: PLC0415
        from ..models.reported_itself import ReportedItself  # noqa: PLC0415
        from ..models.reported_money import ReportedMoney  # noqa: PLC0415
        from ..models.reported_product import ReportedProduct  # noqa: PLC0415
        from ..models.reported_route import ReportedRoute  # noqa: PLC0415
        from ..models.reported_stock import ReportedStock  # noqa: PLC0415
        from ..models.reported_today import ReportedToday  # noqa: PLC0415
        from ..models.reported_velocity import ReportedVelocity  # noqa: PLC0415
        from ..models.sales_period import SalesPeriod  # noqa: PLC0415
        from ..models.source_age import SourceAge  # noqa: PLC0415

        d = dict(src_dict)
        order = ReportedItself.from_dict(d.pop("order"))

        money = ReportedMoney.from_dict(d.pop("money"))

        route = ReportedRoute.from_dict(d.pop("route"))

        sales_periods = []
        _sales_periods = d.pop("sales_periods")
        for sales_periods_item_data in _sales_periods:
            sales_periods_item = SalesPeriod.from_dict(sales_periods_item_data)

            sales_periods.append(sales_periods_item)

        buyout_periods = []
        _buyout_periods = d.pop("buyout_periods")
        for buyout_periods_item_data in _buyout_periods:
            buyout_periods_item = ReportedBuyout.from_dict(buyout_periods_item_data)

            buyout_periods.append(buyout_periods_item)

        velocity = ReportedVelocity.from_dict(d.pop("velocity"))

        today_vs_yesterday = ReportedToday.from_dict(d.pop("today_vs_yesterday"))

        stocks = []
        _stocks = d.pop("stocks")
        for stocks_item_data in _stocks:
            stocks_item = ReportedStock.from_dict(stocks_item_data)

            stocks.append(stocks_item)

        product = ReportedProduct.from_dict(d.pop("product"))

        freshness = []
        _freshness = d.pop("freshness")
        for freshness_item_data in _freshness:
            freshness_item = SourceAge.from_dict(freshness_item_data)

            freshness.append(freshness_item)

        text = d.pop("text")

        text_en = d.pop("text_en")

        def _parse_trace_id(data: object) -> None | str:
            if data is None:
                return data
            return cast(None | str, data)

        trace_id = _parse_trace_id(d.pop("trace_id"))

        schema_version = cast(Literal[1] | Unset, d.pop("schema_version", UNSET))
        if schema_version != 1 and not isinstance(schema_version, Unset):
            raise ValueError(f"schema_version must match const 1, got '{schema_version}'")

        order_report = cls(
            order=order,
            money=money,
            route=route,
            sales_periods=sales_periods,
            buyout_periods=buyout_periods,
            velocity=velocity,
            today_vs_yesterday=today_vs_yesterday,
            stocks=stocks,
            product=product,
            freshness=freshness,
            text=text,
            text_en=text_en,
            trace_id=trace_id,
            schema_version=schema_version,
        )

        order_report.additional_properties = d
        return order_report

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
