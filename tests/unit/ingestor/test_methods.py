"""The table of methods agrees with WB's published limits, where they are at hand."""

import json
from pathlib import Path
from typing import Any, get_args

import pytest
from contracts.syncs import ResourceName
from contracts.wb_token import TokenKind
from ingestor.resources import RESOURCES
from ingestor.settings import IngestorSettings
from ingestor.wb.hosts import Host, host_urls
from ingestor.wb.methods import METHODS, Method
from support.ingesting import make_settings

LIMITS = Path(__file__).parents[4] / "shared" / "wb" / "rate-limits.json"

if LIMITS.exists():

    @pytest.mark.parametrize("method", METHODS.values(), ids=lambda method: method.name)
    def test_limits_and_hosts_are_those_wb_publishes(method: Method) -> None:
        operations: list[dict[str, Any]] = json.loads(LIMITS.read_text())["operations"]
        [wb] = [o for o in operations if (o["method"], o["path"]) == (method.verb, method.path)]
        assert host_urls(make_settings("", wb_api_base_url=None))[method.host] in wb["hosts"]
        assert wb["counts_4xx_as_10"] == method.costly_4xx
        assert method.bucket == (wb["shared_bucket"] or method.name)
        for kind, name in ((TokenKind.PERSONAL, "personal"), (TokenKind.SERVICE, "service"), (TokenKind.BASE, "basic")):
            if kind in method.closed_to:
                continue
            published = wb["limits"].get(name) or wb["limits"]["all"]
            assert method.limit(kind).interval_seconds == published["interval_s"]
            assert method.limit(kind).burst <= published["burst"]


def test_one_url_stands_for_all_hosts_and_a_hosts_own_before_it() -> None:
    settings: IngestorSettings = make_settings("http://fake/", wb_content_url="http://content/")
    urls = host_urls(settings)
    assert urls[Host.CONTENT] == "http://content"
    assert {url for host, url in urls.items() if host is not Host.CONTENT} == {"http://fake"}


def test_without_settings_the_hosts_are_wbs() -> None:
    urls = host_urls(make_settings("", wb_api_base_url=None))
    assert all(url.startswith("https://") and url.endswith(".wildberries.ru") for url in urls.values())
    assert set(urls) == set(Host)


def test_every_resource_can_be_asked_for() -> None:
    assert set(RESOURCES) == set(get_args(ResourceName))
