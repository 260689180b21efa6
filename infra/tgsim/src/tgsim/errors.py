"""The one way a Bot API call is refused."""


class Refusal(Exception):
    """A call is answered `{"ok": false, "error_code", "description"}` with the same HTTP status."""

    def __init__(self, code: int, description: str, retry_after_seconds: int | None = None) -> None:
        super().__init__(description)
        self.code = code
        self.description = description
        self.retry_after_seconds = retry_after_seconds

    def as_json(self) -> dict[str, object]:
        """The body Telegram sends: `parameters.retry_after` (s) is present on flood answers only."""
        body: dict[str, object] = {"ok": False, "error_code": self.code, "description": self.description}
        if self.retry_after_seconds is not None:
            body["parameters"] = {"retry_after": self.retry_after_seconds}
        return body


def bad_request(reason: str) -> Refusal:
    """A 400 with Telegram's prefix."""
    return Refusal(400, f"Bad Request: {reason}")


def too_many_requests(retry_after_seconds: int) -> Refusal:
    """A 429 that says how long to wait."""
    return Refusal(429, f"Too Many Requests: retry after {retry_after_seconds}", retry_after_seconds)
