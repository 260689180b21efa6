"""What is refused, by whichever module finds it out."""


class Refused(Exception):
    """It may not be done; `status` and `code` are those of the problem that answers it."""

    def __init__(self, status: int, code: str, detail: str) -> None:
        super().__init__(detail)
        self.status = status
        self.code = code
        self.detail = detail
