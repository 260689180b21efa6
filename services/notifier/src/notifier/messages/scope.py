"""A category of WB's methods that a token does not open."""

from contracts.model import Model


class Scope(Model):
    """A category of WB's methods (none: any token opens it), a resource in it, and what WB refuses it for."""

    category: str | None
    resource: str
    reason: str = "scope_refused"
