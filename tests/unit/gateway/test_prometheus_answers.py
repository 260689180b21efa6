"""What Prometheus answers is read, and what it does not is left out; whatever comes, the page can be made."""

from collections.abc import Callable

import httpx
import pytest
from gateway.status import prometheus
from gateway.status.prometheus import QUERIES, Sample, ask

Answer = Callable[[httpx.Request], httpx.Response]


async def asked(answer: Answer) -> prometheus.Known | None:
    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as client:
        return await ask(client, "http://prometheus:9090")


def found(*samples: dict[str, object]) -> httpx.Response:
    return httpx.Response(200, json={"status": "success", "data": {"resultType": "vector", "result": list(samples)}})


async def test_every_query_is_asked_and_its_samples_are_read() -> None:
    queries: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        assert request.url.path == "/api/v1/query"
        queries.append(request.url.params["query"])
        return found(
            {"metric": {"job": "gateway"}, "value": [1700000000.5, "NaN" if "ALERTS" in queries[-1] else "1.5"]}
        )

    known = await asked(answer)
    assert known is not None
    assert sorted(queries) == sorted(QUERIES.values())
    assert known.keys() == QUERIES.keys()
    assert known["up"] == [Sample({"job": "gateway"}, 1.5)]


@pytest.mark.parametrize(
    "bad",
    [
        httpx.Response(400, json={"status": "error", "error": "parse error"}),
        httpx.Response(200, text="<html>"),
        httpx.Response(200, json=[]),
        httpx.Response(200, json={"data": None}),
        httpx.Response(200, json={"data": {"result": [{"metric": [], "value": [0, "1"]}]}}),
        httpx.Response(200, json={"data": {"result": [{"metric": {}, "value": [0]}]}}),
        httpx.Response(200, json={"data": {"result": [{"metric": {}, "value": [0, "many"]}]}}),
    ],
)
async def test_one_that_is_refused_or_makes_no_sense_is_left_out(bad: httpx.Response) -> None:
    known = await asked(lambda request: bad if request.url.params["query"] == QUERIES["up"] else found())
    assert known is not None
    assert known.keys() == QUERIES.keys() - {"up"}


async def test_who_does_not_answer_or_says_too_much_knows_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def away(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    assert await asked(away) is None
    monkeypatch.setattr(prometheus, "MAX_BYTES", 10)
    assert await asked(lambda _: found()) is None
