"""The WB methods that are simulated, one module per WB service."""

from starlette.routing import compile_path

from wbsim.endpoints import (
    adverts,
    analytics,
    answers,
    claims,
    content,
    fbs,
    feedbacks,
    finance,
    funnel,
    general,
    order_feed,
    prices,
    remains,
    statistics,
    tariffs,
    warehouses,
    webhooks,
)
from wbsim.methods import Method

METHODS: dict[tuple[str, str], Method] = {
    (method.verb, method.path): method
    for service in (
        general,
        statistics,
        content,
        analytics,
        feedbacks,
        answers,
        finance,
        adverts,
        prices,
        claims,
        tariffs,
        funnel,
        order_feed,
        fbs,
        warehouses,
        remains,
        webhooks,
    )
    for method in service.METHODS
}
_TEMPLATES = [(compile_path(method.path)[0], method) for method in METHODS.values() if "{" in method.path]


def find_method(verb: str, path: str) -> tuple[Method, dict[str, str]] | None:
    """The method at a path and the values of its path parameters, as text."""
    method = METHODS.get((verb, path))
    if method is not None:
        return method, {}
    found = ((template.match(path), method) for template, method in _TEMPLATES if method.verb == verb)
    return next(((method, match.groupdict()) for match, method in found if match), None)
