"""Sections of a shop: what each holds, exactly as its methods answer it (`truth`), and how it changes (`step`)."""
