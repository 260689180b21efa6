"""Sections of the figures of an item, a module each: what it reads, and the arithmetic as functions of plain values."""
