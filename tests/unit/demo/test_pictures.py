"""The pictures of the documentation: those there are, and the page of them."""

import struct
import zlib
from pathlib import Path

import pytest
from demo.pictures import WIDTH, document, smaller
from demo.scenes import SCENES, Scene
from tgsim.photos import picture_size

DOCS = Path(__file__).parents[3] / "docs"
MAX_BYTES = 120_000


def test_the_page_is_that_of_the_scenes_and_each_picture_is_there() -> None:
    assert (DOCS / "pictures.md").read_text() == document(SCENES, "pictures")
    assert {path.stem for path in (DOCS / "pictures").iterdir()} == {scene.name for scene in SCENES}


@pytest.mark.parametrize("scene", SCENES, ids=lambda scene: scene.name)
def test_a_picture_is_sharp_and_small(scene: Scene) -> None:
    content = (DOCS / "pictures" / f"{scene.name}.png").read_bytes()
    size = picture_size(content)
    assert size is not None
    assert size[0] == WIDTH * scene.scale >= 600
    assert len(content) < MAX_BYTES


def png(width: int, height: int) -> bytes:
    def chunk(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))

    lines = b"".join(b"\0" + bytes(range(3 * width)) for _ in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(lines, 0)) + chunk(b"IEND", b"")


def test_a_picture_is_made_smaller_and_keeps_its_size() -> None:
    taken = png(80, 60)
    made = smaller(taken)
    assert len(made) < len(taken) / 2
    assert picture_size(made) == (80, 60)
