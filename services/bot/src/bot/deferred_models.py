"""aiogram's models, each built by pydantic when it is first used.

aiogram has all of its 400 types built when it is imported, each with everything that it contains: 90 MB and more than a
second, for a bot that reads messages and presses of buttons. Its types are declared to be built late (`defer_build`),
and then built nevertheless, because only that moment knows the names that they are annotated with; here those names are
kept for later instead. `bot/__init__.py` imports this before anything imports aiogram. Where aiogram was imported
already, or builds its models in another way one day, everything is as aiogram makes it.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pydantic import BaseModel
from servicekit.starting import importing

_names: dict[str, Any] = {}
_build = BaseModel.__dict__["model_rebuild"].__func__


@contextmanager
def _names_kept() -> Iterator[None]:
    def keep(cls: type[BaseModel], /, *, _types_namespace: dict[str, Any] | None = None, **options: Any) -> bool | None:
        if _types_namespace is not None and cls.model_config.get("defer_build"):
            _names.update(_types_namespace)
            return None
        built: bool | None = _build(cls, _types_namespace=_types_namespace, **options)
        return built

    usual = BaseModel.__dict__["model_rebuild"]
    BaseModel.model_rebuild = classmethod(keep)  # type: ignore[method-assign, assignment]  # until aiogram is imported
    try:
        yield
    finally:
        BaseModel.model_rebuild = usual  # type: ignore[method-assign]  # as it was


def _build_by_kept_names(
    cls: type[BaseModel], /, *, _types_namespace: dict[str, Any] | None = None, **options: Any
) -> bool | None:
    built: bool | None = _build(cls, _types_namespace=_types_namespace or _names or None, **options)
    return built


with importing(), _names_kept():
    from aiogram.methods.base import Response, TelegramMethod
    from aiogram.types import Message, Update
    from aiogram.types.base import TelegramObject

if _names:
    for _root in (TelegramObject, TelegramMethod, Response):
        _root.model_rebuild = classmethod(_build_by_kept_names)  # type: ignore[method-assign, assignment]  # for good


def build_what_comes() -> None:
    """Build what every update is read by, so that the first one does not wait for it."""
    # Messages first: what contains them then takes them over as they are.
    Message.model_rebuild()
    Update.model_rebuild()
