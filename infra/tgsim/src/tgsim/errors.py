"""The one way a Bot API call is refused."""


class Refusal(Exception):
    """A call is answered `{"ok": false, "error_code", "description"}` with the same HTTP status."""

    def __init__(
        self,
        code: int,
        description: str,
        retry_after_seconds: int | None = None,
        *,
        migrate_to_chat_id: int | None = None,
    ) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.retry_after_seconds = retry_after_seconds
        self.migrate_to_chat_id = migrate_to_chat_id

    def as_json(self) -> dict[str, object]:
        """The body Telegram sends: `parameters` hold `retry_after` (s) of a flood, or where a group moved to."""
        parameters = {"retry_after": self.retry_after_seconds, "migrate_to_chat_id": self.migrate_to_chat_id}
        given = {name: value for name, value in parameters.items() if value is not None}
        body: dict[str, object] = {"ok": False, "error_code": self.code, "description": self.description}
        return body | {"parameters": given} if given else body


def bad_request(reason: str) -> Refusal:
    """A 400 with Telegram's prefix."""
    return Refusal(400, f"Bad Request: {reason}")


def too_many_requests(retry_after_seconds: int) -> Refusal:
    """A 429 that says how long to wait."""
    return Refusal(429, f"Too Many Requests: retry after {retry_after_seconds}", retry_after_seconds)
