"""Of which items a source's rows touch which sections."""

from contracts.analytics import WHOLE_CABINET
from contracts.items import Section


def of_items(*sections: Section, rows: str = "touched") -> str:
    """A query of these sections of the items in `rows`; a row without its item is the cabinet's own."""
    values = ", ".join(f"('{section}')" for section in sections)
    return (
        f"SELECT coalesce(nm_id, {WHOLE_CABINET}) AS nm_id, section "
        f"FROM {rows} CROSS JOIN (VALUES {values}) AS sections (section)"
    )


def of_all(*sections: Section, rows: str = "touched") -> str:
    """A query of these sections of every item that has them, or is about to; nothing where `rows` has none."""
    named = ", ".join(f"'{section}'" for section in sections)
    return " UNION ".join(
        f"""SELECT nm_id, section FROM {table}
        WHERE cabinet_id = :cabinet_id AND section IN ({named}) AND EXISTS (SELECT FROM {rows})"""
        for table in ("item_figures", "stale_sections")
    )
