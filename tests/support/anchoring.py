"""A place outside that keeps heads, and takes none that does not follow on the last."""

from audit.signing import FIRST, BadHead, digest_of, read_line
from nacl.signing import VerifyKey
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route


class HeadKeeper:
    """What was kept, and what is answered: 201; 409 to what is there already; 422 to what is no next head."""

    def __init__(self, key: VerifyKey) -> None:
        self.lines: list[bytes] = []
        self.is_away = False
        self.forgets_to_answer = False
        self._key = key
        self.app = Starlette(routes=[Route("/heads", self._take, methods=["POST"])])

    async def _take(self, request: Request) -> Response:
        if self.is_away:
            return Response(status_code=503)
        line = await request.body()
        if line in self.lines:
            return Response(status_code=409)
        try:
            head = read_line(line, self._key)
        except BadHead:
            return Response(status_code=422)
        last = self.lines[-1] if self.lines else None
        if head.number != len(self.lines) + 1 or head.previous != (FIRST if last is None else digest_of(last)):
            return Response(status_code=422)
        self.lines.append(line)
        return Response(status_code=500 if self.forgets_to_answer else 201)
