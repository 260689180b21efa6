"""The WB methods that are simulated, one module per WB service."""

from wbsim.endpoints import analytics, content, feedbacks, general, statistics
from wbsim.methods import Method

METHODS: dict[tuple[str, str], Method] = {
    (method.verb, method.path): method
    for service in (general, statistics, content, analytics, feedbacks)
    for method in service.METHODS
}
