"""Unpacking what a server packed, chunk by chunk and never more at once than was asked for.

httpx unpacks each chunk whole: 64 KiB of gzip become 64 MiB, and 64 GiB where an answer is packed twice.
"""

import zlib

import httpx

GZIP_WINDOW = zlib.MAX_WBITS | 16
GZIP_MAGIC = b"\x1f\x8b"
HEADER_BYTES = 2
"""What tells gzip, zlib and neither apart."""
WORTH_BYTES = 1024
"""Text that happens to begin as packed bytes could does not go on so for long."""


def known(encoding: str) -> bool:
    """Whether a `Content-Encoding` can be unpacked. Two codings on top of one another are not."""
    return encoding in {"", "identity", "gzip", "x-gzip", "deflate"}


class Unpacking:
    """One body: gzip of one or more members, zlib or raw deflate, or not packed at all, by its first bytes.

    Servers and proxies between name a coding that a body does not have, or leave out the one it has.
    """

    def __init__(self, encoding: str, *, at_once: int) -> None:
        self._encoding = encoding
        self._at_once = at_once
        self._held = b""
        self._stream: zlib._Decompress | None = None
        self._is_gzip = False
        self._plain = False

    def feed(self, chunk: bytes) -> bytes:
        """The bytes that another chunk gives, `at_once` at most.

        Raises:
            httpx.RemoteProtocolError: it is not what it began as.
        """
        if self._plain:
            return chunk
        self._held += chunk
        if self._stream is None:
            if len(self._held) < HEADER_BYTES:
                return b""
            self._begin()
            if self._plain:
                return self._let_go()
        return self._unpacked()

    def end(self) -> bytes:
        """What is left when the body has ended.

        Raises:
            httpx.RemoteProtocolError: it ends before it should.
        """
        if self._stream is None:
            return self._let_go()
        if not self._stream.eof:
            raise httpx.RemoteProtocolError("the answer ends in the middle of its compressed body")
        return b""

    def _begin(self) -> None:
        self._is_gzip = self._held.startswith(GZIP_MAGIC)
        if self._is_gzip:
            self._stream = zlib.decompressobj(GZIP_WINDOW)
        elif self._encoding == "deflate" and (window := _window(self._held)):
            self._stream = zlib.decompressobj(window)
        else:
            self._plain = True

    def _unpacked(self) -> bytes:
        out = b""
        try:
            while self._held and self._stream is not None:
                if self._stream.eof:
                    self._next_member()
                left = self._at_once - len(out)
                if left <= 0:
                    break
                out += self._stream.decompress(self._let_go(), left)
                self._held = self._stream.unused_data
        except zlib.error as error:
            raise httpx.RemoteProtocolError(f"the answer cannot be unpacked: {error}") from error
        return out

    def _next_member(self) -> None:
        if not self._is_gzip or not (self._held.startswith(GZIP_MAGIC) or GZIP_MAGIC.startswith(self._held)):
            raise httpx.RemoteProtocolError("the answer goes on after the end of its compressed body")
        self._stream = zlib.decompressobj(GZIP_WINDOW)

    def _let_go(self) -> bytes:
        held, self._held = self._held, b""
        return held


def _window(begins: bytes) -> int | None:
    """How a body begins that is named `deflate`: with zlib's header, as raw deflate, or as neither."""
    for window in (zlib.MAX_WBITS, -zlib.MAX_WBITS):
        try:
            zlib.decompressobj(window).decompress(begins, WORTH_BYTES)
        except zlib.error:
            continue
        return window
    return None
