"""Buyers' claims for a return."""

from contracts.claims import ClaimsUpdatedV1

from reporter import tables
from reporter.facts.newer_rows import Facts

CLAIMS = Facts(ClaimsUpdatedV1, tables.claims)
