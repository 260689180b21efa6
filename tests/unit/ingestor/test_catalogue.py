"""The table of resources: right for whatever resources there are, and kept in its page."""

import inspect
import re
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from contracts.wb_token import TokenKind
from ingestor import catalogue
from ingestor.__main__ import cli
from ingestor.resources import RESOURCES, orders, stocks
from ingestor.resources.resource import Resource
from ingestor.wb.methods import METHODS, Limit
from support.resources import changed
from typer.testing import CliRunner

PAGE = f"# Resources\n\nText.\n\n{catalogue.BEGIN}{catalogue.END}\nMore.\n"
EVERY = pytest.mark.parametrize("resource", RESOURCES.values(), ids=lambda resource: resource.name)


def cells(resource: Resource) -> dict[str, str]:
    """The line of a resource by the heads of its cells."""
    head, _, line = catalogue.table([resource]).splitlines()
    names, values = ([cell.strip() for cell in each.strip("|").split(" | ")] for each in (head, line))
    return dict(zip(names, values, strict=True))


class TestLines:
    @EVERY
    def test_every_resource_says_what_it_is(self, resource: Resource) -> None:
        found = cells(resource)
        assert found["resource"].startswith(f"**{resource.name}**<br>")
        assert len(catalogue.about(resource)) > 5
        assert "`" not in catalogue.about(resource), "only what stands before its source"
        assert found["paging"]
        assert found["read again"]
        assert found["event"] == f"`{resource.publishing.event.TYPE}`"

    @EVERY
    def test_every_method_that_a_resource_calls_is_declared(self, resource: Resource) -> None:
        source = inspect.getsource(sys.modules[f"ingestor.resources.{resource.name}"])
        named = {name for each in re.findall(r"METHODS\[([^]]+)\]", source) for name in re.findall(r'"([^"]+)"', each)}
        assert named & METHODS.keys() == {method.name for method in (resource.method, *resource.reading.also)}

    @EVERY
    def test_pages_are_asked_for_again_unless_every_sweep_reads_all_that_wb_has(self, resource: Resource) -> None:
        reads_all = re.search(r"^everything$|every day all|that WB (lists|tells)", resource.reading.overlap)
        assert (reads_all is None) == (resource.reading.again is not None)
        assert resource.reading.again is None or resource.storage.when_gone is None, "what is gone takes all pages"

    @EVERY
    def test_ids_come_in_bounded_portions(self, resource: Resource) -> None:
        assert (resource.reading.ids_at_once > 0) == (resource.reading.subjects is not None)

    def test_limits_stand_by_kind_of_token_where_they_differ(self) -> None:
        assert cells(orders.RESOURCE)["limit per seller"] == (
            "personal, service: 1 in 1 min, 10 at once; base: 1 in 3 h"
        )
        assert cells(stocks.RESOURCE)["limit per seller"] == "1 in 20 s"
        assert cells(stocks.RESOURCE)["tokens"] == "personal, service"
        other = replace(orders.RESOURCE.method, usual=Limit(0.2, 20), by_kind={TokenKind.BASE: Limit(86_400, 1)})
        assert cells(replace(orders.RESOURCE, method=other))["limit per seller"] == (
            "personal, service: 1 in 0.2 s, 20 at once; base: 1 in 1 d"
        )

    def test_a_resource_that_appears_later_has_its_line(self) -> None:
        later = changed(
            stocks.RESOURCE, also=(METHODS["ping"],), known_only=True, stands_in_for="orders", history=orders.HISTORY
        )
        found = cells(later)
        assert found["WB's methods"].endswith("wb-warehouses`<br>`GET /ping`")
        assert found["table"] == "`stocks`, columns of rows it has"
        assert (found["stands in for"], found["history"]) == ("orders", "`orders_history`")
        assert found["finds what is gone"] == "yes"
        assert cells(orders.RESOURCE)["table"] == "`orders`, some columns"


class TestPage:
    def test_the_table_is_put_where_it_belongs_and_nothing_else_is_touched(self, tmp_path: Path) -> None:
        page = tmp_path / "resources.md"
        page.write_text(PAGE)
        assert not catalogue.is_current(page)
        catalogue.write(page)
        assert catalogue.is_current(page)
        text = page.read_text()
        assert text.startswith("# Resources\n\nText.\n")
        assert text.endswith("\nMore.\n")
        assert all(f"| **{name}**<br>" in text for name in RESOURCES)
        catalogue.write(page)
        assert page.read_text() == text

    def test_a_new_resource_makes_the_page_stale(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        page = tmp_path / "resources.md"
        page.write_text(PAGE)
        catalogue.write(page)
        monkeypatch.setitem(RESOURCES, "later", changed(orders.RESOURCE, paging="by moonlight"))
        assert not catalogue.is_current(page)

    @pytest.mark.parametrize("text", ["", catalogue.BEGIN, catalogue.END + catalogue.BEGIN])
    def test_a_page_without_a_place_for_it_is_refused(self, text: str) -> None:
        with pytest.raises(catalogue.NoPlace):
            catalogue.written(text)


class TestCommand:
    def test_the_table_is_printed_written_and_checked(self, tmp_path: Path) -> None:
        run = CliRunner().invoke
        page = tmp_path / "resources.md"
        page.write_text(PAGE)
        assert run(cli, ["resources"]).stdout == catalogue.table(RESOURCES.values())
        stale = run(cli, ["resources", "--check", str(page)])
        assert stale.exit_code == 1
        assert "--write" in stale.stderr
        assert run(cli, ["resources", "--write", str(page)]).exit_code == 0
        assert run(cli, ["resources", "--check", str(page)]).exit_code == 0

    def test_a_page_that_is_none_is_said_so(self, tmp_path: Path) -> None:
        (tmp_path / "other.md").write_text("# Other\n")
        for name in ("other.md", "absent.md"):
            result = CliRunner().invoke(cli, ["resources", "--write", str(tmp_path / name)])
            assert result.exit_code == 1
            assert name in result.stderr
