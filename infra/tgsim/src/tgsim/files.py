"""The bytes of files that bots and people sent, within a bound, and documents by their file_id."""

import hashlib
import mimetypes
import secrets
from dataclasses import asdict, dataclass
from typing import Any

from tgsim.errors import bad_request
from tgsim.params import Upload

MAX_DOCUMENT_BYTES = 50 * 1024 * 1024
MAX_DOWNLOAD_BYTES = 20 * 1024 * 1024


class FileBytes:
    """Contents by their digest; beyond `keep_bytes` those stored first are forgotten."""

    def __init__(self, keep_bytes: int) -> None:
        self._keep_bytes = keep_bytes
        self._held = 0
        self._by_digest: dict[str, bytes] = {}

    def put(self, content: bytes) -> str:
        """Keep a content; the first 16 hexadecimal digits of its SHA-256."""
        digest = hashlib.sha256(content).hexdigest()[:16]
        if digest not in self._by_digest and len(content) <= self._keep_bytes:
            self._by_digest[digest] = content
            self._held += len(content)
            while self._held > self._keep_bytes:
                self._held -= len(self._by_digest.pop(next(iter(self._by_digest))))
        return digest

    def get(self, digest: str) -> bytes | None:
        """The content, unless it was forgotten or never came."""
        return self._by_digest.get(digest)


@dataclass(frozen=True)
class Document:
    """One stored file as Telegram's Document tells it."""

    file_id: str
    file_unique_id: str
    file_name: str
    mime_type: str
    file_size: int

    def as_json(self) -> dict[str, Any]:
        """The Document object."""
        return asdict(self)


class Documents:
    """The documents one bot got or sent, by file_id."""

    def __init__(self, contents: FileBytes) -> None:
        self._contents = contents
        self._digests: set[str] = set()
        self._by_file_id: dict[str, Document] = {}

    def upload(self, upload: Upload) -> Document:
        """Accept a file of at most 50 MB; raises Refusal as sendDocument answers it."""
        if not upload.content:
            raise bad_request("file must be non-empty")
        if len(upload.content) > MAX_DOCUMENT_BYTES:
            raise bad_request("file is too big")
        unique_id = self._contents.put(upload.content)
        name = upload.name or "file"
        mime_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
        document = Document(f"BQAC{secrets.token_urlsafe(42)}", unique_id, name, mime_type, len(upload.content))
        self._by_file_id[document.file_id] = document
        self._digests.add(unique_id)
        return document

    def has(self, digest: str) -> bool:
        """Whether one with this `file_unique_id` was uploaded."""
        return digest in self._digests

    def find(self, file_id: str) -> Document | None:
        """A document of an earlier upload."""
        return self._by_file_id.get(file_id)

    def by_file_id(self, file_id: str) -> Document:
        """A document of an earlier upload; raises Refusal when this bot has none such."""
        document = self.find(file_id)
        if document is None:
            raise bad_request("wrong file identifier/HTTP URL specified")
        return document
