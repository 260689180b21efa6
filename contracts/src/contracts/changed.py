"""What a row of a data event says of its change: which revision it is, what happened, what stood there before."""

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from contracts.model import Model

OrGone = Literal["new", "changed", "gone"]
Previous = Annotated[dict[str, Any], Field(description="earlier values of the fields that changed")]


class RowChange(Model):
    """The fields that end every row of a data event, behind the row's own ones.

    A model puts the fields of its base first, so the order is set before its validator is built. `LAST` names the
    fields that go to the end, in their order; a model that was released with another order says so there.
    """

    LAST: ClassVar[tuple[str, ...]] = ("revision", "change", "previous")

    revision: int = Field(ge=1)
    change: str
    previous: dict[str, Any] = Field(default_factory=dict)

    @classmethod
    def __pydantic_init_subclass__(cls, **_: Any) -> None:
        fields = cls.__pydantic_fields__
        for name in cls.LAST:
            fields[name] = fields.pop(name)


class ChangedRow(RowChange):
    """A row that only ever comes and changes."""

    change: Literal["new", "changed"]


class ListedRow(RowChange):
    """A row that is gone when its source stops listing it. Each says what `gone` means for it."""

    change: OrGone
