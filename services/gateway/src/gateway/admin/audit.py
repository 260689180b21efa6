"""Who did what as an administrator: a line in the log for every write, after its commit."""

from uuid import UUID

import structlog

log = structlog.get_logger()


def note(*, key_id: UUID, action: str, resource: str, record_id: object, **more: object) -> None:
    """Log the line `admin.write`: which key, what, and which record; `more` is one field."""
    log.info("admin.write", key_id=str(key_id), action=action, resource=resource, record_id=str(record_id), more=more)
