"""Product photos: tiny PNG pictures, a colour per product, drawn when asked for."""

import struct
import zlib
from functools import lru_cache
from random import Random

from starlette.requests import Request
from starlette.responses import Response

WIDTH, HEIGHT = 90, 120


async def photo(request: Request) -> Response:
    """`/photos/{nm_id}/{shape}/{number}.webp`; a PNG whatever the name says, as the media type tells."""
    picture = draw(request.path_params["nm_id"], request.path_params["number"])
    return Response(picture, media_type="image/png", headers={"Cache-Control": "max-age=86400"})


@lru_cache(maxsize=256)
def draw(nm_id: int, number: int) -> bytes:
    """A PNG of WIDTH x HEIGHT: a lighter square, moved by the photo's number, on the product's colour."""
    rng = Random(nm_id)
    ground = bytes(rng.randrange(40, 180) for _ in range(3))
    light = bytes(min(255, part + 70) for part in ground)
    top, left, side = 20 + number * 8 % 50, 15 + number * 13 % 30, 40
    plain = b"\0" + ground * WIDTH
    crossed = b"\0" + ground * left + light * side + ground * (WIDTH - left - side)
    lines = b"".join(crossed if top <= line < top + side else plain for line in range(HEIGHT))
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)
    chunks = (_chunk(b"IHDR", header), _chunk(b"IDAT", zlib.compress(lines, 9)), _chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
