"""Buyers' questions."""

from contracts.items import Section
from contracts.questions import QuestionsUpdatedV1

from reporter import tables
from reporter.facts.newer_rows import Facts
from reporter.facts.touched import of_items

QUESTIONS = Facts(QuestionsUpdatedV1, tables.questions, sections=of_items(Section.REVIEWS))
