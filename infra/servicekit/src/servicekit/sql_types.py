"""The PostgreSQL types of a table's columns, as SQL that casts to them writes them."""

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql


def sql_types(table: Table) -> dict[str, str]:
    """The type of every column, by its name."""
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]  # SQLAlchemy leaves it untyped
    return {str(column.name): column.type.compile(dialect) for column in table.columns}
