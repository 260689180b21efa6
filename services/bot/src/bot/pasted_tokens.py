"""Whether somebody wrote a WB token into a chat."""

import re

_TOKEN = re.compile(r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{16,}\.[A-Za-z0-9_-]{8,}")


def is_token(text: str | None) -> bool:
    """Whether there is anything in the text that looks like a token (a JWT)."""
    return text is not None and _TOKEN.search(text) is not None


def token_in(text: str) -> str:
    """The token without what stands around it; the whole text where there is none."""
    found = _TOKEN.search(text)
    return found[0] if found else text.strip()
