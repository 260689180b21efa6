"""Who shares the calls that WB permits: the cabinets of one seller that read a resource, and spend one bucket of it."""

from typing import Any

from ingestor.resources import RESOURCES


def sharing(resource: str) -> str:
    """SQL: how many cabinets share the calls of a resource with cabinet `c`, which is one of them.

    `resource` is the column with its name. Of kinds of tokens that WB limits apart, `c`'s own counts; whoever does not
    read it, because WB refuses it or something stands in for it, takes no call. Wants the parameters `kinds_apart()`.
    """
    return f"""
        1 + (
            SELECT count(*) FROM cabinets o JOIN sync_state p USING (cabinet_id)
            WHERE o.seller_id = c.seller_id AND o.status = 'verified' AND o.cabinet_id <> c.cabinet_id
                AND p.resource = {resource} AND p.suspended_reason IS NULL AND p.next_run_at < 'infinity'
                AND ((o.kind = 'base') = (c.kind = 'base') OR {resource} <> ALL (CAST(:kinds_apart AS text[])))
        )
    """


def kinds_apart() -> dict[str, Any]:
    """The resources of whose calls WB gives base tokens another limit than others, and so a bucket of their own."""
    return {"kinds_apart": [each.name for each in RESOURCES.values() if each.method.by_kind]}
