"""Which operation a request is of: those that are documented, and one for all else."""

import pytest
from gateway.request_durations import REQUEST_SECONDS, RequestDurations
from support.gateway import routed

OPERATIONS = [
    ("GET", "/api/v1/orders"),
    ("GET", "/api/v1/orders/{order_id}"),
    ("GET", "/api/v1/orders/{order_id}/report"),
    ("GET", "/api/v1/orders/latest"),
    ("PUT", "/api/v1/cabinets/{cabinet_id}/members/{telegram_id}"),
]


@pytest.mark.parametrize(
    ("method", "path", "operation"),
    [
        ("GET", "/api/v1/orders", ("GET", "/api/v1/orders")),
        ("GET", "/api/v1/orders/7", ("GET", "/api/v1/orders/{order_id}")),
        ("GET", "/api/v1/orders/latest", ("GET", "/api/v1/orders/latest")),
        ("GET", "/api/v1/orders/latest/report", ("GET", "/api/v1/orders/{order_id}/report")),
        ("PUT", "/api/v1/cabinets/a/members/b", ("PUT", "/api/v1/cabinets/{cabinet_id}/members/{telegram_id}")),
        ("BREW", "/api/v1/orders", ("other", "/api/v1/orders")),
        ("GET", "/api/v1", ("other", "other")),
        ("GET", "/", ("other", "other")),
        ("GET", "/api/v1/orders/7/nothing", ("other", "other")),
        ("GET", "/api/v1/orders//report", ("other", "other")),
        ("GET", "/wp-admin" + "/x" * 60_000, ("other", "other")),
    ],
)
def test_an_operation_is_told_by_its_path_as_it_is_documented(
    method: str, path: str, operation: tuple[str, str]
) -> None:
    assert RequestDurations(OPERATIONS).operation_of(method, path) == operation


def test_every_operation_of_the_interface_is_found_by_a_path_of_it() -> None:
    app = routed()
    durations = RequestDurations(app.operations)
    documented = {
        (method.upper(), path)
        for path, item in app.openapi()["paths"].items()
        for method in item
        if method != "parameters"
    }
    assert documented <= set(app.operations)
    assert len(documented) > 100
    for method, path in app.operations:
        made = "/".join("x9" if part.startswith("{") else part for part in path.split("/"))
        assert durations.operation_of(method, made) == (method, path)


def test_who_went_before_an_answer_began_is_not_counted_and_others_are_by_class() -> None:
    durations = RequestDurations([("GET", "/made/up")])
    scope = {"method": "GET", "path": "/made/up"}
    for status in (None, 200, 204, 404):
        durations.observe(scope, status, 0.03)
    counted = {
        (sample.labels["status"], sample.labels.get("le")): sample.value
        for metric in REQUEST_SECONDS.collect()
        for sample in metric.samples
        if sample.labels["route"] == "/made/up" and sample.name.endswith("_bucket")
    }
    assert {status for status, _ in counted} == {"2xx", "4xx"}
    assert (counted["2xx", "0.01"], counted["2xx", "0.05"], counted["2xx", "+Inf"]) == (0, 2, 2)
