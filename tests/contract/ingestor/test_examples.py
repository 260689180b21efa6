"""What WB documents is read: every official example, and instances of every schema in both copies of the contract.

The older copy is WB's own of 2026-07-23, the newer one was derived from WB's of 2026-10-24.
"""

import json
from collections import Counter
from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple

import pytest
import yaml
from ingestor.resources import RESOURCES
from ingestor.resources.resource import Resource
from ingestor.wb.errors import Unavailable
from ingestor.wb.methods import Method
from support.instances import Instance, instances, resolved
from support.reading import Parsed, parsed
from support.wb_contract import SAMPLES, WB, sample

TALLY: Counter[str] = Counter()
"""Of the whole run, for the last test to tell."""

SAMPLES_OF = {
    "orders": "statistics_orders",
    "order_feed": "order_feed",
    "products": "cards_list",
    "stocks": "stocks_wb_warehouses",
    "stock_remains": "warehouse_remains",
    "seller_stocks": "stocks_seller_warehouses",
    "warehouses": "seller_warehouses",
    "offices": "wb_offices",
    "fbs_orders": "fbs_orders",
    "fbs_new_orders": "fbs_orders_new",
    "fbs_statuses": "fbs_orders_status",
    "sales": "statistics_sales",
    "prices": "prices_list",
    "tariffs_commission": "tariffs_commission",
    "tariffs_box": "tariffs_box",
    "tariffs_return": "tariffs_return",
    "feedbacks": "feedbacks",
    "questions": "questions",
    "claims": "claims",
    "funnel": "sales_funnel_history",
    "finance": "finance_report_detailed",
    "campaigns": "advert_adverts",
    "campaign_bids": "advert_adverts",
    "campaign_stats": "advert_fullstats",
    "campaign_spend": "advert_upd",
    "campaign_budgets": "advert_budget",
    "advert_balance": "advert_balance",
}
UNREADABLE_SAMPLES = {"claims": "WB's example has the word `string` for the time of a claim"}

NO_ROWS = frozenset({"remains-create", "remains-status"})
"""Methods whose answers are about a report and have no rows."""

YOUNG = frozenset({"order-feed", "seller-stocks", "campaign-budgets"})
"""Methods that the older copy does not have."""

KEYS = {
    "orders": {"srid", "date", "lastChangeDate", "nmId"},
    "sales": {"saleID", "date", "lastChangeDate", "nmId"},
    "products": {"cards.nmID", "cards.updatedAt"},
    "stock_remains": {"nmId", "warehouses.warehouseName", "warehouses.quantity"},
    "warehouses": {"id"},
    "offices": {"id"},
    "fbs_orders": {"orders.id", "orders.createdAt", "orders.nmId"},
    "fbs_new_orders": {"orders.id", "orders.createdAt", "orders.nmId"},
    "fbs_statuses": {"orders.id"},
    "prices": {"data.listGoods.nmID", "data.listGoods.sizes"},
    "tariffs_commission": {"report.subjectID"},
    "tariffs_box": {"response.data.warehouseList.warehouseName"},
    "tariffs_return": {"response.data.warehouseList.warehouseName"},
    "feedbacks": {"data.feedbacks.id", "data.feedbacks.createdDate"},
    "questions": {"data.questions.id", "data.questions.createdDate"},
    "claims": {"claims.id", "claims.dt"},
    "campaign_spend": {"advertId", "updNum", "updSum"},
}
"""Fields that WB does not call required, and without which a row says nothing: it is set aside."""

FRAMES = {
    "products": {"cards"},
    "stock_remains": {"data", "data.taskId", "data.status"},
    "fbs_orders": {"orders"},
    "fbs_new_orders": {"orders"},
    "fbs_statuses": {"orders"},
    "tariffs_commission": {"report"},
    "tariffs_box": {"response", "response.data", "response.data.warehouseList"},
    "tariffs_return": {"response", "response.data", "response.data.warehouseList"},
    "feedbacks": {"data", "data.feedbacks"},
    "questions": {"data", "data.questions"},
    "claims": {"claims"},
    "advert_balance": {"balance"},
}
"""What WB does not call required either: without it an answer says that there is nothing, if nothing else is in it.

Otherwise it is refused: it might be any other.
"""

ALIKE = {
    "orders": {"statistics_sales"},
    "stocks": {"stocks_seller_warehouses"},
    "seller_stocks": {"stocks_wb_warehouses"},
    "warehouses": {"wb_offices"},
    "offices": {"seller_warehouses"},
    "fbs_orders": {"fbs_orders_new"},
    "fbs_new_orders": {"fbs_orders"},
    "fbs_statuses": {"fbs_orders", "fbs_orders_new"},
    "tariffs_box": {"tariffs_pallet", "tariffs_return"},
    "tariffs_return": {"tariffs_box", "tariffs_pallet"},
    # What its days as periods are read from.
    "funnel": {"sales_funnel_products"},
    # An entry without warehouses is a barcode that nothing is left of, so these have no rows.
    "stock_remains": {"statistics_orders", "statistics_sales", "finance_report_detailed", "paid_storage"},
}
"""Answers of other methods that cannot be told from a resource's own: all that it needs has the same names."""


class Described(NamedTuple):
    """What a copy of the contract says of a method's good answer."""

    copy: str
    document: dict[str, Any]
    resource: Resource
    method: Method
    content: dict[str, Any]


class _Loader(yaml.CSafeLoader):
    """Leaves times as they are written."""

    yaml_implicit_resolvers = {  # noqa: RUF012  # as PyYAML declares it
        first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith(":timestamp")]
        for first, resolvers in yaml.CSafeLoader.yaml_implicit_resolvers.items()
    }


@cache
def documents() -> tuple[tuple[str, dict[str, Any]], ...]:
    """Both copies, file by file, each with the day it is of."""
    found: list[tuple[str, dict[str, Any]]] = []
    for path in sorted((WB / "openapi").glob("*/*.*")):
        if path.suffix in {".json", ".yaml"}:
            content = path.read_text()
            document = json.loads(content) if path.suffix == ".json" else yaml.load(content, Loader=_Loader)  # noqa: S506
            found.append((path.parent.name, document))
    return tuple(found)


def described() -> Iterator[Described]:
    """Every method of every resource in every copy that has it."""
    for resource in RESOURCES.values():
        for method in (resource.method, *resource.reading.also):
            for copy, document in documents():
                operation = document["paths"].get(method.path, {}).get(method.verb.lower())
                if operation:
                    answers = {str(status): answer for status, answer in operation["responses"].items()}
                    for content in resolved(document, answers["200"])["content"].values():
                        yield Described(copy, document, resource, method, content)


DESCRIBED = tuple(described())
every_description = pytest.mark.parametrize(
    "what", DESCRIBED, ids=[f"{what.resource.name}-{what.method.name}-{what.copy}" for what in DESCRIBED]
)


def read(resource: Resource, body: Any) -> Parsed:
    """The rows of an answer, counted.

    Raises:
        Unavailable: it is none of the method.
    """
    try:
        found = parsed(resource, json.dumps(body, ensure_ascii=False).encode())
    except Unavailable:
        TALLY["answers refused"] += 1
        raise
    except Exception:
        TALLY["crashes"] += 1
        raise
    TALLY["rows parsed"] += len(found.rows)
    TALLY["rows quarantined"] += len(found.broken)
    assert all(broken.reason for broken in found.broken)
    return found


def test_both_copies_describe_every_method() -> None:
    copies = {copy for copy, _ in documents()}
    known = {(what.method.name, what.copy) for what in DESCRIBED}
    methods = {method.name for resource in RESOURCES.values() for method in (resource.method, *resource.reading.also)}
    assert {(name, copy) for name in methods for copy in copies} - known == {
        (name, copy) for name in YOUNG for copy in copies if copy.startswith("official")
    }
    TALLY["resources"] = len(RESOURCES)


@every_description
def test_examples_within_the_contract_are_read(what: Described) -> None:
    examples = [resolved(what.document, each)["value"] for each in what.content.get("examples", {}).values()]
    for example in [*examples, *([what.content["example"]] if "example" in what.content else [])]:
        TALLY["examples"] += 1
        found = read(what.resource, example)
        assert found.broken == []
        assert found.rows or what.method.name in NO_ROWS


@pytest.mark.parametrize("name", RESOURCES)
def test_the_sample_of_each_resource_is_read(name: str) -> None:
    TALLY["examples"] += 1
    found = read(RESOURCES[name], sample(SAMPLES_OF[name]))
    assert bool(found.broken) == (name in UNREADABLE_SAMPLES)
    assert found.rows or name in UNREADABLE_SAMPLES


@every_description
def test_instances_of_the_schema_are_read(what: Described) -> None:
    wrong = []
    for instance in instances(what.document, what.content["schema"]):
        TALLY["schema instances"] += 1
        came_to = _what_becomes_of(what, instance)
        if came_to not in _allowed(what, instance):
            wrong.append((instance.kind, instance.at, came_to))
    assert wrong == []


def _what_becomes_of(what: Described, instance: Instance) -> str:
    try:
        found = read(what.resource, instance.body)
    except Unavailable:
        return "refused"
    return "set aside" if found.broken else "rows" if found.rows else "no rows"


def _allowed(what: Described, instance: Instance) -> set[str]:
    name = ".".join(each for each in instance.at if isinstance(each, str))
    if what.method.name in NO_ROWS:
        is_frame = name in FRAMES[what.resource.name]
        return {"no rows", "refused"} if instance.kind == "absent" and is_frame else {"no rows"}
    match instance.kind:
        case "absent" if name in FRAMES.get(what.resource.name, ()):
            return {"refused" if _says_anything(_around(instance)) else "no rows"}
        case "absent" if name in KEYS.get(what.resource.name, ()):
            return {"set aside"}
        case "absent" | "null" | "empty":
            return {"rows", "no rows"}
        case "required":
            return {"rows", "set aside", "refused"} if _says_anything(instance.body) else {"no rows", "set aside"}
        case "bound" if not 1 <= _at(instance) < 2**31:
            # Articles begin at 1, counts at 0, and not every number fits a column.
            return {"rows", "set aside"}
        case _:
            return {"rows"}


def _says_anything(body: Any) -> bool:
    return (
        any(map(_says_anything, body.values() if isinstance(body, dict) else body))
        if isinstance(body, dict | list)
        else bool(body)
    )


def _around(instance: Instance) -> Any:
    value = instance.body
    for name in instance.at[:-1]:
        value = value[name]
    return value


def _at(instance: Instance) -> Any:
    return _around(instance)[instance.at[-1]] if instance.at else instance.body


@pytest.mark.parametrize("name", RESOURCES)
def test_answers_of_other_methods_are_refused_or_set_aside(name: str) -> None:
    taken = set()
    for path in SAMPLES.glob("*.json"):
        if path.stem == SAMPLES_OF[name]:
            continue
        TALLY["answers of other methods"] += 1
        try:
            found = read(RESOURCES[name], sample(path.stem))
        except Unavailable:
            continue
        if found.rows or not found.broken:
            taken.add(path.stem)
    assert taken == ALIKE.get(name, set())


def test_what_was_read_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with capsys.disabled():
        print("\nread by contract: " + ", ".join(f"{TALLY[what]} {what}" for what in (*TOLD, "crashes")))
    assert TALLY["crashes"] == 0


TOLD = (
    "resources",
    "examples",
    "schema instances",
    "answers of other methods",
    "rows parsed",
    "rows quarantined",
    "answers refused",
)
