"""Feedbacks."""

from contracts.feedbacks import FeedbacksUpdatedV1
from contracts.items import Section

from reporter import tables
from reporter.facts.newer_rows import Facts
from reporter.facts.touched import of_items

FEEDBACKS = Facts(FeedbacksUpdatedV1, tables.feedbacks, sections=of_items(Section.REVIEWS))
