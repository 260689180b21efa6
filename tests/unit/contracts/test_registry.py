"""An event is declared once, by its class; what is forgotten is named here."""

import pkgutil
import re
from importlib import import_module
from typing import get_args

import pytest
from contracts.changed import ChangedRow, RowChange
from contracts.envelope import EventData
from contracts.registry import EVENTS
from contracts.topics import QUEUES
from local.workspace import find_root
from pydantic import ValidationError

import contracts

README = find_root() / "contracts/README.md"
CHANGE = ("revision", "change", "previous")


def declared() -> list[type[EventData]]:
    """The event classes of every module of the package."""
    modules = [
        import_module(f"contracts.{module.name}")
        for module in pkgutil.iter_modules(contracts.__path__)
        if module.name != "__main__"
    ]
    return [
        member
        for module in modules
        for member in vars(module).values()
        if isinstance(member, type) and issubclass(member, EventData) and member.__module__ == module.__name__
    ]


def rows(model: type[RowChange]) -> list[type[RowChange]]:
    """The models of rows that are built upon another."""
    return [model, *(row for child in model.__subclasses__() for row in rows(child))]


def test_every_declared_event_is_registered() -> None:
    forgotten = {f"{data.__module__}.{data.__name__}" for data in declared() if data is not EventData}
    forgotten -= {f"{data.__module__}.{data.__name__}" for data in EVENTS.values()}
    assert not forgotten, f"add their modules to registry.FAMILIES, or give them types of their own: {forgotten}"


def test_a_class_that_states_no_type_or_no_publisher_is_none() -> None:
    with pytest.raises(TypeError, match="publisher"):

        class Unpublished(EventData, type="orders.unpublished.v1"):
            """Nobody publishes it."""

    with pytest.raises(TypeError, match="type"):

        class Untyped(EventData, publisher="ingestor"):
            """It has no type."""


def test_the_readme_says_for_whom_each_event_is_that_no_service_consumes() -> None:
    consumed = {event.TYPE for queue in QUEUES for event in queue.events}
    section = README.read_text().partition("## Whom an event is for")[2].partition("\n## ")[0]
    named = re.findall(r"`([a-z_]+\.[a-z_]+\.v\d+)`", section)
    assert sorted(named) == sorted(EVENTS.keys() - consumed)


def test_a_row_ends_with_its_change() -> None:
    ordered = [row for row in rows(RowChange) if row.LAST]
    assert len(ordered) > 20
    for row in ordered:
        assert tuple(row.model_fields)[-len(row.LAST) :] == row.LAST, row


def test_every_row_of_an_event_of_rows_is_built_upon_the_change() -> None:
    without = {row.__name__ for data in declared() for row in _rows_of(data) if not issubclass(row, RowChange)}
    of_digests = {"CurrencyDigest", "RunningOut", "SourceAge"}
    reported = {"Alert", "PeriodFigures", "ReportedOrder", "DelayedResource", "RecoveredResource", "ReconciledDay"}
    entered = {"AlertMark", "SealedSecret", "Confirmation"}
    assert without == reported | of_digests | entered


def _rows_of(data: type[EventData]) -> list[type]:
    held = [argument for field in data.model_fields.values() for argument in get_args(field.annotation)]
    return [row for row in held if hasattr(row, "model_fields")]


def test_a_row_refuses_a_revision_before_the_first_and_a_change_that_is_none_of_its_own() -> None:
    class Row(ChangedRow):
        """A row."""

        name: str

    assert tuple(Row.model_fields) == ("name", *CHANGE)
    assert Row(name="a", revision=1, change="new").previous == {}
    with pytest.raises(ValidationError, match="greater than or equal to 1"):
        Row(name="a", revision=0, change="new")
    with pytest.raises(ValidationError, match="'new' or 'changed'"):
        Row.model_validate({"name": "a", "revision": 1, "change": "gone"})
