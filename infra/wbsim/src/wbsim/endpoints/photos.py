"""Product photos: plain PNG pictures of a garment or a box in the product's colour, drawn when asked for."""

import struct
import zlib
from collections.abc import Sequence
from functools import lru_cache

from starlette.requests import Request
from starlette.responses import Response

from wbsim.goods import COLOURS
from wbsim.world import World

WIDTH, HEIGHT = 516, 688
MIDDLE = 0.035
GROUND = (236, 232, 226)

Colour = tuple[int, int, int]
Face = tuple[float, Sequence[tuple[float, float]]]
"""How bright it is, and its corners: parts of the width, and of the width below the middle."""

_COLOURS: dict[str, Colour] = dict(
    zip(
        COLOURS,
        (
            (52, 52, 58), (250, 249, 246), (98, 102, 110), (214, 193, 160), (124, 129, 74), (205, 148, 152),
            (44, 58, 98), (190, 96, 66),
        ),
        strict=True,
    )
)  # fmt: skip
_OTHER: Colour = (150, 160, 172)
_WORN = frozenset({"Футболки", "Худи", "Платья"})
_GARMENT: tuple[Face, ...] = (
    (0.82, ((0.29, -0.24), (0.71, -0.24), (0.90, -0.02), (0.77, 0.09), (0.23, 0.09), (0.10, -0.02))),
    (1.0, ((0.29, -0.24), (0.42, -0.29), (0.58, -0.29), (0.71, -0.24), (0.70, 0.36), (0.30, 0.36))),
    (0.7, ((0.42, -0.29), (0.58, -0.29), (0.55, -0.21), (0.50, -0.18), (0.45, -0.21))),
)
_BOX: tuple[Face, ...] = (
    (1.0, ((0.18, -0.14), (0.50, -0.28), (0.82, -0.14), (0.50, 0.00))),
    (0.86, ((0.18, -0.14), (0.50, 0.00), (0.50, 0.34), (0.18, 0.20))),
    (0.72, ((0.82, -0.14), (0.50, 0.00), (0.50, 0.34), (0.82, 0.20))),
)


async def photo(request: Request) -> Response:
    """`/photos/{nm_id}/{shape}/{number}.webp`; a PNG whatever the name says, as the media type tells."""
    nm_id = request.path_params["nm_id"]
    world: World = request.app.state.world
    found = (shop.products[nm_id] for shop in world.shops.values() if nm_id in shop.products)
    product = next(found, None)
    colour, is_worn = (product.colour, product.kind.subject in _WORN) if product else ("", False)
    picture = draw(colour, is_worn, request.path_params["number"])
    return Response(picture, media_type="image/png", headers={"Cache-Control": "max-age=86400"})


@lru_cache(maxsize=256)
def draw(colour_name: str, is_worn: bool, number: int) -> bytes:
    """A PNG of WIDTH x HEIGHT: the product, the smaller the higher the photo's number."""
    colour, scale = _COLOURS.get(colour_name, _OTHER), 0.82 * 0.94 ** (number - 1)
    pixels = [bytearray(bytes(GROUND) * WIDTH) for _ in range(HEIGHT)]
    for brightness, corners in _GARMENT if is_worn else _BOX:
        shade = bytes(round(part * brightness) for part in colour)
        placed = [
            ((x - 0.5) * scale * WIDTH + WIDTH / 2, (y - MIDDLE) * scale * WIDTH + HEIGHT / 2) for x, y in corners
        ]
        _fill(pixels, placed, shade)
    lines = b"".join(b"\0" + line for line in pixels)
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 2, 0, 0, 0)
    chunks = (_chunk(b"IHDR", header), _chunk(b"IDAT", zlib.compress(lines, 9)), _chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def _fill(pixels: list[bytearray], corners: Sequence[tuple[float, float]], shade: bytes) -> None:
    """Paint a convex shape."""
    for line, row in enumerate(pixels):
        middle = line + 0.5
        crossed = sorted(
            x1 + (middle - y1) / (y2 - y1) * (x2 - x1)
            for (x1, y1), (x2, y2) in zip(corners, (*corners[1:], corners[0]), strict=True)
            if (y1 <= middle) != (y2 <= middle)
        )
        if crossed:
            left, right = max(0, round(crossed[0])), min(WIDTH, round(crossed[-1]))
            row[3 * left : 3 * right] = shade * max(0, right - left)


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
