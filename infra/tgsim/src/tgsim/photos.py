"""Photos a bot has uploaded: a real picture gets a file_id, which the same bot may send again."""

import secrets
from dataclasses import dataclass

from tgsim.errors import bad_request
from tgsim.files import FileBytes

MAX_PHOTO_BYTES = 10 * 1024 * 1024
_MIME_BY_START = {b"\x89PNG": "image/png", b"\xff\xd8\xff": "image/jpeg", b"RIFF": "image/webp"}
_MAX_SIDES_SUM = 10_000
_MAX_RATIO = 20
# Start-of-frame markers of JPEG; C4, C8 and CC in the same range mean something else.
_JPEG_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


@dataclass(frozen=True)
class Photo:
    """One stored picture as Telegram's PhotoSize tells it; sides in pixels."""

    file_id: str
    file_unique_id: str
    width: int
    height: int
    file_size: int


class Photos:
    """The pictures one bot may send by file_id."""

    def __init__(self, contents: FileBytes) -> None:
        self._contents = contents
        self._digests: set[str] = set()
        self._by_file_id: dict[str, Photo] = {}

    def upload(self, content: bytes) -> Photo:
        """Accept a PNG, JPEG or WebP of at most 10 MB; raises Refusal as sendPhoto answers it."""
        if not content:
            raise bad_request("file must be non-empty")
        if len(content) > MAX_PHOTO_BYTES:
            raise bad_request(
                f"file of size {len(content)} bytes is too big for a photo; the maximum size is {MAX_PHOTO_BYTES} bytes"
            )
        sides = picture_size(content)
        if sides is None:
            raise bad_request("IMAGE_PROCESS_FAILED")
        width, height = sides
        if width + height > _MAX_SIDES_SUM or max(sides) > _MAX_RATIO * min(sides):
            raise bad_request("PHOTO_INVALID_DIMENSIONS")
        unique_id = self._contents.put(content)
        photo = Photo(f"AgAC{secrets.token_urlsafe(42)}", unique_id, width, height, len(content))
        self._by_file_id[photo.file_id] = photo
        self._digests.add(unique_id)
        return photo

    def has(self, digest: str) -> bool:
        """Whether one with this `file_unique_id` was uploaded."""
        return digest in self._digests

    def find(self, file_id: str) -> Photo | None:
        """A picture of an earlier upload."""
        return self._by_file_id.get(file_id)

    def by_file_id(self, file_id: str) -> Photo:
        """A picture of an earlier upload; raises Refusal when this bot has none such."""
        photo = self.find(file_id)
        if photo is None:
            raise bad_request("wrong file identifier/HTTP URL specified")
        return photo


def mime_type(content: bytes) -> str:
    """The media type of a picture that was accepted."""
    return next(mime for start, mime in _MIME_BY_START.items() if content.startswith(start))


def picture_size(content: bytes) -> tuple[int, int] | None:
    """Width and height in pixels by the file's own header, or None when it is no PNG, JPEG or WebP."""
    if content.startswith(b"\x89PNG\r\n\x1a\n") and content[12:16] == b"IHDR":
        sides = int.from_bytes(content[16:20]), int.from_bytes(content[20:24])
    elif content.startswith(b"\xff\xd8\xff"):
        sides = _jpeg_size(content)
    elif content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        sides = _webp_size(content)
    else:
        return None
    return sides if min(sides) > 0 else None


def _jpeg_size(content: bytes) -> tuple[int, int]:
    position = 2
    while position + 9 <= len(content) and content[position] == 0xFF:
        marker = content[position + 1]
        if marker in _JPEG_FRAMES:
            height, width = content[position + 5 : position + 7], content[position + 7 : position + 9]
            return int.from_bytes(width), int.from_bytes(height)
        position += 1 if marker == 0xFF else 2 + int.from_bytes(content[position + 2 : position + 4])
    return 0, 0


def _webp_size(content: bytes) -> tuple[int, int]:
    if len(content) < 30:
        return 0, 0
    kind = content[12:16]
    if kind == b"VP8X":
        return int.from_bytes(content[24:27], "little") + 1, int.from_bytes(content[27:30], "little") + 1
    if kind == b"VP8L" and content[20] == 0x2F:
        bits = int.from_bytes(content[21:25], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if kind == b"VP8 " and content[23:26] == b"\x9d\x01\x2a":
        width, height = content[26:28], content[28:30]
        return int.from_bytes(width, "little") & 0x3FFF, int.from_bytes(height, "little") & 0x3FFF
    return 0, 0
