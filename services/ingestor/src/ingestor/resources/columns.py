"""Columns of Wildberries, each declared once: from them follow the table, the decoder of WB's rows, and the row.

    COLUMNS = columns(
        key(text("srid")), moment("ordered_at", wb="date", required=True), ident("nm_id"), *money("total_price", "spp"),
    )
    TABLE, parse = data_table("orders", COLUMNS), parser(COLUMNS)

A column is found in WB's row under its own name in camelCase, or where `wb` says: a path (`product.nmId`), or several
of them (`read` then takes as many values).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec
from sqlalchemy import BigInteger, Boolean, Column, Date, DateTime, Integer, Numeric, Text
from sqlalchemy.dialects.postgresql import JSONB

from contracts import currency as currencies
from ingestor.resources import fields
from ingestor.resources.fields import Id, Int, KeyText, Units
from ingestor.resources.resource import BrokenRow, Key, Row
from ingestor.wb import times

_VALUE, _READ = "{}", "read({})"
_OBSERVED = "observed_at"


@dataclass(frozen=True, slots=True)
class Field:
    """A column: its name and SQL type, where WB's row has it, and how its value is read.

    `kind` is what the decoder takes; `required`: a row without it is broken; `expression` makes the value of those at
    `wb`, calling `read` if it names it.
    """

    name: str
    sql: Any
    wb: tuple[str, ...] = ()
    kind: Any = None
    required: bool = False
    read: Callable[..., Any] | None = None
    expression: str = _READ
    is_key: bool = False
    nullable: bool = True

    def column(self) -> Column[Any]:
        """The column of the table."""
        if self.is_key:
            return Column(self.name, self.sql, primary_key=True, autoincrement=False)
        return Column(self.name, self.sql, nullable=self.nullable)


Columns = tuple[Field, ...]


def columns(*declared: Field) -> Columns:
    """The columns of one source, in the order of its rows."""
    return declared


def names(declared: Columns) -> tuple[str, ...]:
    """The names of the columns."""
    return tuple(each.name for each in declared)


def key(declared: Field, *, optional: bool = False, empty: bool = False) -> Field:
    """A column that tells rows apart. A text is not empty, unless it may be `empty`, or left out (`optional`)."""
    if declared.read is not None or not isinstance(declared.sql, Text):
        return replace(declared, is_key=True, required=not optional)
    declared = replace(declared, is_key=True, kind=KeyText, required=not optional)
    if optional:
        return replace(declared, expression="{} or ''")
    if empty:
        return replace(declared, expression=_VALUE)
    return replace(declared, read=_not_empty(declared.wb[0]), expression=_READ)


def text(name: str, wb: str | None = None, kind: Any = str, *, required: bool = False) -> Field:
    """A text; none for an empty one."""
    return Field(name, Text(), _at(name, wb), kind, required, expression="{} or None")


def ident(name: str, wb: str | None = None, kind: Any = Id, *, required: bool = False) -> Field:
    """A number of WB's for a thing."""
    return Field(name, BigInteger(), _at(name, wb), kind, required, expression=_VALUE, nullable=not required)


def ident_or_none(name: str, wb: str | None = None) -> Field:
    """A number of WB's for a thing; 0 is none."""
    return Field(name, BigInteger(), _at(name, wb), Id, expression="{} or None")


def whole(name: str, wb: str | None = None, kind: Any = Int, *, required: bool = False) -> Field:
    """A whole number."""
    return Field(name, Integer(), _at(name, wb), kind, required, expression=_VALUE, nullable=not required)


def units(name: str, wb: str | None = None, *, required: bool = False) -> Field:
    """A number of things, 0 or more."""
    return whole(name, wb, Units, required=required)


def flag(name: str, wb: str | None = None, read: Callable[[bool | None], bool] | None = None) -> Field:
    """Yes, no, or unknown, unless `read` makes one of it."""
    return Field(name, Boolean(), _at(name, wb), bool, read=read, expression=_READ if read else _VALUE)


def moment(name: str, wb: str | None = None, *, required: bool = False, nullable: bool | None = None) -> Field:
    """A moment; none for nothing and for WB's "never" where it is not `required`."""
    read = times.moment if required else times.moment_or_never
    is_nullable = not required if nullable is None else nullable
    return Field(name, DateTime(timezone=True), _at(name, wb), str, required, read, nullable=is_nullable)


def day(name: str, wb: str | None = None) -> Field:
    """A date; none for nothing and for WB's "never"."""
    return Field(name, Date(), _at(name, wb), str, read=times.day_or_none)


def days(*named: str, within: str = "") -> tuple[Field, ...]:
    """As `day`."""
    return tuple(day(name, wb=_camel(name, within)) for name in named)


def money(*named: str, wb: str | None = None, within: str = "") -> tuple[Field, ...]:
    """Sums, of which 0 is what WB writes for one that it does not know yet."""
    return tuple(Field(name, Numeric(18, 2), _at(name, wb, within), Decimal, read=fields.money) for name in named)


def numbers(*named: str, wb: str | None = None, within: str = "", required: bool = False) -> tuple[Field, ...]:
    """Numbers of two places: sums and percents, of which 0 is one."""
    return tuple(
        Field(name, Numeric(18, 2), _at(name, wb, within), Decimal, required, fields.number, nullable=not required)
        for name in named
    )


def hundredths(name: str, wb: str | None = None, kind: Any = Id) -> Field:
    """A sum that WB gives in hundredths of a currency."""
    return Field(name, Numeric(18, 2), _at(name, wb), kind, read=fields.hundredths)


def figures(*named: str, within: str = "") -> tuple[Field, ...]:
    """Numbers of four places that WB writes for people, `1 039,5`."""
    return tuple(Field(name, Numeric(18, 4), _at(name, None, within), str, read=fields.figure) for name in named)


def currency(name: str = "currency", wb: str | None = None) -> Field:
    """The letters of a currency, whichever way WB spells it."""
    return Field(name, Text(), _at(name, wb), str | int, read=currencies.currency)


def json_list(
    name: str,
    wb: str | None = None,
    kind: Any = list[str],
    of: Callable[[Any], Any] | None = None,
    *,
    nullable: bool = False,
) -> Field:
    """A list, kept as JSON; empty where WB has none. `of` makes what is kept of one of its items."""
    return Field(name, JSONB(), _at(name, wb), kind, read=_json_list(of), nullable=nullable)


def always(name: str, sql: Any, value: Any) -> Field:
    """A column that has the same value in every row that WB gives."""
    return Field(name, sql, read=lambda: value)


def observed(name: str, sql: Any = None, read: Callable[[datetime], Any] | None = None) -> Field:
    """When WB answered, or what `read` makes of that."""
    made = "read(observed_at)" if read else _OBSERVED
    return Field(name, sql or DateTime(timezone=True), read=read, expression=made, nullable=False)


def made(
    name: str,
    sql: Any,
    read: Callable[..., Any],
    *wb: str,
    kind: Any = None,
    required: bool = False,
    nullable: bool = True,
) -> Field:
    """A column that `read` makes of one or more of WB's values (of which `required`: none may be left out)."""
    return Field(name, sql, wb, kind, required, read, nullable=nullable)


def parser(declared: Columns, *, required: tuple[str, ...] = ()) -> Callable[[msgspec.Raw, datetime], Row]:
    """What makes a row of WB's bytes: its function is written out once, because calls and loops would cost more.

    `required` are paths of objects that a row must have although all in them is optional.
    The function raises `msgspec.MsgspecError` or `ValueError` for a row that cannot be read.
    """
    values = ", ".join(_value(n, each) for n, each in enumerate(declared))
    return _compiled(declared, required, f"raw, {_OBSERVED}", f"({values},)")


def key_reader(declared: Columns, mark: str | None = None) -> Callable[[msgspec.Raw], tuple[Key, Any]]:
    """What makes only the key of a row, and the value of the column `mark`: what pages are cut by."""
    keys = [each for each in declared if each.is_key]
    marks = [each for each in declared if each.name == mark]
    used = (*keys, *marks)
    values = [_value(n, each) for n, each in enumerate(used)]
    return _compiled(used, (), "raw", f"({', '.join(values[: len(keys)])},), {values[-1] if marks else None}")


@dataclass(slots=True)
class _Object:
    """An object within WB's row: its fields by WB's names, and whether a row may be without it."""

    place: str
    required: bool = False
    leaves: dict[str, tuple[Any, bool]] = field(default_factory=dict)
    objects: dict[str, "_Object"] = field(default_factory=dict)

    def walk(self) -> Iterator["_Object"]:
        for each in self.objects.values():
            yield each
            yield from each.walk()

    def struct(self) -> type[msgspec.Struct]:
        """The decoder's type for it; attributes are `f_<name>`, because WB's names may be Python's words."""
        attributes: list[tuple[str, Any] | tuple[str, Any, Any]] = []
        for name, (kind, is_required) in self.leaves.items():
            attributes.append((f"f_{name}", kind) if is_required else (f"f_{name}", kind | None, None))
        for name, each in self.objects.items():
            kind = each.struct()
            attributes.append((f"f_{name}", kind) if each.required else (f"f_{name}", kind | None, None))
        return msgspec.defstruct("Row", attributes, kw_only=True, gc=False, rename=_without_prefix)


def _compiled(declared: Columns, required: tuple[str, ...], parameters: str, returned: str) -> Callable[..., Any]:
    whole_row = _tree(declared, required)
    struct = whole_row.struct()
    scope: dict[str, Any] = {"decode": msgspec.json.Decoder(struct).decode}
    lines = [f"def read_row({parameters}):", "    wb = decode(raw)"]
    for each in whole_row.walk():
        parent, _, attribute = each.place.rpartition(".")
        value = f"{_variable(parent)}.f_{attribute}"
        if not each.required:
            scope[f"no_{_variable(each.place)}"] = each.struct()()
            value += f" or no_{_variable(each.place)}"
        lines.append(f"    {_variable(each.place)} = {value}")
    lines.append(f"    return {returned}")
    scope |= {f"read_{n}": each.read for n, each in enumerate(declared)}
    exec("\n".join(lines), scope)  # noqa: S102  # written from our own declarations only
    function: Callable[..., Any] = scope["read_row"]
    return function


def _tree(declared: Columns, required: tuple[str, ...]) -> _Object:
    whole_row = _Object("", required=True)
    for each in declared:
        for path in each.wb:
            *above, name = path.split(".")
            within = whole_row
            for step in above:
                within = within.objects.setdefault(step, _Object(f"{within.place}.{step}".lstrip(".")))
                within.required = within.required or each.required or within.place in required
            known = within.leaves.get(name)
            kind = each.kind if known is None or each.kind is not None else known[0]
            within.leaves[name] = (kind, each.required or bool(known and known[1]))
    return whole_row


def _value(n: int, each: Field) -> str:
    values = []
    for path in each.wb:
        above, _, name = path.rpartition(".")
        values.append(f"{_variable(above)}.f_{name}")
    return each.expression.replace("read(", f"read_{n}(").format(", ".join(values))


def _variable(place: str) -> str:
    return "_".join(("wb", *place.split("."))) if place else "wb"


def _without_prefix(attribute: str) -> str:
    return attribute.removeprefix("f_")


def _at(name: str, wb: str | None, within: str = "") -> tuple[str, ...]:
    return (_camel(name, within) if wb is None else wb,)


def _camel(name: str, within: str = "") -> str:
    first, *rest = name.split("_")
    return within + first + "".join(word.capitalize() for word in rest)


def _not_empty(wb: str) -> Callable[[str], str]:
    def read(value: str) -> str:
        if not value:
            raise BrokenRow(f"{wb.rpartition('.')[2]} is empty")
        return value

    return read


def _json_list(of: Callable[[Any], Any] | None) -> Callable[[list[Any] | None], str]:
    if of is None:
        return lambda values: msgspec.json.encode(values or []).decode()
    return lambda values: msgspec.json.encode([of(value) for value in values or ()]).decode()
