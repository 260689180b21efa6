"""Wildberries' own discount on an item moved: its buyers pay another price, though the seller's is the same."""

from collections.abc import Iterator

from contracts.items import Section
from sqlalchemy import text

from reporter.alerts.rule import Cause, Rule, Seen
from reporter.alerts.thresholds import (
    SPP_BEFORE_DAYS,
    SPP_DAYS,
    SPP_KEPT_POINTS,
    SPP_ORDERS,
    SPP_ORDERS_BEFORE,
    SPP_POINTS,
    SPP_USUAL_SHARE,
    SPP_WARNING_POINTS,
)

_FACTS = text(f"""
SELECT * FROM (
    SELECT nm_id,
        percentile_disc(0.5) WITHIN GROUP (ORDER BY spp) FILTER (WHERE is_recent) AS spp,
        count(*) FILTER (WHERE is_recent) AS orders,
        percentile_disc(0.5) WITHIN GROUP (ORDER BY spp) FILTER (WHERE NOT is_recent) AS before,
        percentile_disc({1 - SPP_USUAL_SHARE}) WITHIN GROUP (ORDER BY spp) FILTER (WHERE NOT is_recent) AS usual_from,
        percentile_disc({SPP_USUAL_SHARE}) WITHIN GROUP (ORDER BY spp) FILTER (WHERE NOT is_recent) AS usual_to,
        count(*) FILTER (WHERE NOT is_recent) AS orders_before
    FROM order_facts
    CROSS JOIN LATERAL (SELECT day > CAST(:today AS date) - {SPP_DAYS}) AS asked (is_recent)
    WHERE cabinet_id = :cabinet_id AND nm_id = ANY (CAST(:nm_ids AS bigint[])) AND spp IS NOT NULL
        AND day > CAST(:today AS date) - {SPP_DAYS + SPP_BEFORE_DAYS} AND day <= CAST(:today AS date)
    GROUP BY nm_id
) AS found
WHERE orders >= {SPP_ORDERS} AND orders_before >= {SPP_ORDERS_BEFORE}
ORDER BY nm_id
""")


def causes(seen: Seen) -> Iterator[Cause]:
    for row in seen.rows:
        points = row["spp"] - row["before"]
        if abs(points) >= SPP_KEPT_POINTS:
            is_large = abs(points) >= SPP_WARNING_POINTS
            yield Cause(
                subject=str(row["nm_id"]),
                nm_id=row["nm_id"],
                severity="warning" if is_large else "info",
                material=f"{points > 0} {is_large}",
                raises=abs(points) >= SPP_POINTS and not row["usual_from"] <= row["spp"] <= row["usual_to"],
                figures={
                    "spp": row["spp"],
                    "spp_before": row["before"],
                    "usual_from": row["usual_from"],
                    "usual_to": row["usual_to"],
                    "points": points,
                    "orders": row["orders"],
                    "orders_before": row["orders_before"],
                },
            )


RULE = Rule(name="spp_changed", causes=causes, after=frozenset({Section.VELOCITY, Section.MONEY}), facts=_FACTS)
