"""Rows that have a text in their words."""


def containing(*columns: str) -> str:
    """SQL: the words of these columns have `:text` in them, in any case."""
    # As the collation of the database may know no Cyrillic.
    words = f"lower(concat_ws(' ', {', '.join(columns)}) COLLATE \"pg_c_utf8\")"
    return f'position(lower(CAST(:text AS text) COLLATE "pg_c_utf8") IN {words}) > 0'
