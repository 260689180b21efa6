"""What of a cabinet is counted together, each part after a wait of its own."""

from collections.abc import Mapping
from enum import StrEnum

from contracts.analytics import WHOLE_CABINET
from contracts.items import Section


class Part(StrEnum):
    """What of a cabinet is counted together."""

    CELLS = "cells"
    """Items on days, and their periods."""
    ITEMS = "items"
    """Sections of items."""
    MONEY = "money"
    """Those of them that are made of others."""
    WHOLE = "whole"
    """Sections of the cabinet itself, and those in which items are compared with one another."""


SECTIONS: Mapping[Part, str] = {
    Part.ITEMS: f"nm_id > {WHOLE_CABINET} AND section <> '{Section.MONEY}'",
    Part.MONEY: f"nm_id > {WHOLE_CABINET} AND section = '{Section.MONEY}'",
    Part.WHOLE: f"nm_id = {WHOLE_CABINET}",
}
"""SQL: which rows of `stale_sections` are of each part."""

PART_OF_SECTION = f"""CASE WHEN nm_id = {WHOLE_CABINET} THEN '{Part.WHOLE}'
    WHEN section = '{Section.MONEY}' THEN '{Part.MONEY}' ELSE '{Part.ITEMS}' END"""
"""SQL: the part of a row."""
