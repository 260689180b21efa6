"""Resources that differ a little from the real ones."""

from dataclasses import fields, replace
from typing import Any

from ingestor.resources.resource import Resource

PARTS = ("reading", "storage", "publishing")


def changed(resource: Resource, **changes: Any) -> Resource:
    """The resource with other fields, whichever part of it they belong to.

    Raises:
        TypeError: no part has such a field.
    """
    for part in PARTS:
        own = getattr(resource, part)
        theirs = {each.name: changes.pop(each.name) for each in fields(own) if each.name in changes}
        resource = replace(resource, **{part: replace(own, **theirs)})
    return replace(resource, **changes)
