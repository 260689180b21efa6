"""What is said of a reading whose rows cannot be read."""

from ingestor.sync.log import Counts
from ingestor.sync.quarantine import Broken
from ingestor.sync.unreadable import describe

COUNTS = Counts(rows_same=2, rows_quarantined=3)


def test_it_names_what_most_rows_lack() -> None:
    broken = [Broken(b"{}", "no `srid` at $[1]"), Broken(b"{}", "no `srid` at $[2]"), Broken(b"5", "not an object")]
    assert describe(COUNTS, broken) == "3 of 5 rows of WB cannot be read; 2 for this: no `srid` at $[1]"


def test_a_reading_that_ends_with_what_wb_refuses_has_no_row_to_name() -> None:
    assert describe(COUNTS, []) == "3 of 5 rows of WB cannot be read"
