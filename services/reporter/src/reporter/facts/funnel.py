"""The sales funnel, by card and day. No figure is made of it: orders are reconciled with it."""

from contracts.funnel import FunnelUpdatedV1

from reporter import tables
from reporter.facts.newer_rows import Facts

FUNNEL = Facts(FunnelUpdatedV1, tables.funnel_days, reconciled=True)
