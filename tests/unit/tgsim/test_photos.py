import struct
from collections.abc import Callable

import httpx
import pytest
from tgsim.photos import MAX_PHOTO_BYTES, picture_size

Png = Callable[..., bytes]

JPEG = b"\xff\xd8\xff\xe0\x00\x04ab\xff\xff\xc4\x00\x04ab\xff\xc0\x00\x11\x08" + struct.pack(">HH", 40, 30) + b"\0" * 9
VP8X = b"RIFF\0\0\0\0WEBPVP8X" + struct.pack("<I", 10) + b"\0" * 4 + b"\x1d\0\0" + b"\x27\0\0"
VP8L = b"RIFF\0\0\0\0WEBPVP8L" + struct.pack("<I", 9) + b"\x2f" + struct.pack("<I", 29 | 39 << 14) + b"\0" * 5
VP8 = b"RIFF\0\0\0\0WEBPVP8 " + struct.pack("<I", 10) + b"\0\0\0\x9d\x01\x2a" + struct.pack("<HH", 30, 40)


class TestPictureSize:
    @pytest.mark.parametrize("content", [JPEG, VP8X, VP8L, VP8], ids=["jpeg", "vp8x", "vp8l", "vp8"])
    def test_sides_are_read_from_the_files_own_header(self, content: bytes) -> None:
        assert picture_size(content) == (30, 40)

    def test_png_too(self, png: Png) -> None:
        assert picture_size(png(30, 40)) == (30, 40)

    @pytest.mark.parametrize(
        "content", [b"GIF89a", JPEG[:20], VP8X[:20], VP8X[:12] + b"ALPH" + VP8X[16:], b"\x89PNG\r\n\x1a\n"]
    )
    def test_what_is_no_picture_has_none(self, content: bytes) -> None:
        assert picture_size(content) is None


class TestSendPhoto:
    async def test_an_uploaded_picture_is_answered_with_its_size(self, api: httpx.AsyncClient, png: Png) -> None:
        content = png(3, 4)
        response = await api.post(
            "sendPhoto",
            data={"chat_id": "7", "caption": "<b>Новый</b> заказ", "parse_mode": "HTML"},
            files={"photo": ("card.png", content, "image/png")},
        )
        result = response.json()["result"]
        assert result["caption"] == "Новый заказ"
        assert result["caption_entities"] == [{"type": "bold", "offset": 0, "length": 5}]
        (photo,) = result["photo"]
        assert (photo["width"], photo["height"], photo["file_size"]) == (3, 4, len(content))
        (stored,) = (await api.get("http://tgsim/_sim/messages")).json()["messages"]
        assert stored["photo"] == photo["file_id"]

    async def test_a_file_id_of_an_earlier_upload_is_sent_again(self, api: httpx.AsyncClient, png: Png) -> None:
        first = (await api.post("sendPhoto", data={"chat_id": "7"}, files={"photo": png()})).json()["result"]
        again = await api.post("sendPhoto", json={"chat_id": 8, "photo": first["photo"][0]["file_id"]})
        assert again.json()["result"]["photo"] == first["photo"]

    async def test_a_file_id_of_another_bot_is_refused(self, start: Callable[..., httpx.AsyncClient], png: Png) -> None:
        one, other = "123456:" + "a" * 35, "654321:" + "b" * 35
        api = start(tokens=(one, other))
        sent = (await api.post("sendPhoto", data={"chat_id": "7"}, files={"photo": png()})).json()["result"]
        response = await api.post(
            f"http://tgsim/bot{other}/sendPhoto", json={"chat_id": 7, "photo": sent["photo"][0]["file_id"]}
        )
        assert response.json() == {
            "ok": False,
            "error_code": 400,
            "description": "Bad Request: wrong file identifier/HTTP URL specified",
        }

    async def test_a_picture_may_be_attached_under_another_name(self, api: httpx.AsyncClient, png: Png) -> None:
        data = {"chat_id": "7", "photo": "attach://card"}
        assert (await api.post("sendPhoto", data=data, files={"card": png()})).status_code == 200

    async def test_an_allowed_url_is_answered_from_its_picture(
        self, start: Callable[..., httpx.AsyncClient], png: Png
    ) -> None:
        url = "https://basket.example/1.png"
        response = await start(photo_urls={url: png(5, 6)}).post("sendPhoto", json={"chat_id": 7, "photo": url})
        assert response.json()["result"]["photo"][0]["height"] == 6

    @pytest.mark.parametrize(
        ("photo", "reason"),
        [
            ("", "there is no photo in the request"),
            ("attach://nothing", "there is no photo in the request"),
            ("AgACnope", "wrong file identifier/HTTP URL specified"),
            ("https://elsewhere.example/1.png", "failed to get HTTP URL content"),
        ],
    )
    async def test_a_photo_that_is_not_there_is_refused(self, api: httpx.AsyncClient, photo: str, reason: str) -> None:
        response = await api.post("sendPhoto", json={"chat_id": 7, "photo": photo})
        assert (response.status_code, response.json()["description"]) == (400, f"Bad Request: {reason}")

    @pytest.mark.parametrize(
        ("sides", "reason"), [((9000, 1001), "PHOTO_INVALID_DIMENSIONS"), ((21, 1), "PHOTO_INVALID_DIMENSIONS")]
    )
    async def test_odd_sides_are_refused(
        self, api: httpx.AsyncClient, png: Png, sides: tuple[int, int], reason: str
    ) -> None:
        response = await api.post("sendPhoto", data={"chat_id": "7"}, files={"photo": png(*sides)})
        assert response.json()["description"] == f"Bad Request: {reason}"

    async def test_files_that_are_no_photo_are_refused(self, api: httpx.AsyncClient, png: Png) -> None:
        too_big = png().ljust(MAX_PHOTO_BYTES + 1, b"\0")
        reasons = []
        for content in (b"", b"<html>", too_big):
            response = await api.post("sendPhoto", data={"chat_id": "7"}, files={"photo": content})
            reasons.append((response.status_code, response.json()["description"]))
        assert reasons == [
            (400, "Bad Request: file must be non-empty"),
            (400, "Bad Request: IMAGE_PROCESS_FAILED"),
            (
                400,
                "Bad Request: file of size 10485761 bytes is too big for a photo; the maximum size is 10485760 bytes",
            ),
        ]

    async def test_a_long_caption_is_refused_by_utf16_units_after_parsing(
        self, api: httpx.AsyncClient, png: Png
    ) -> None:
        def body(emoji: int) -> dict[str, str]:
            return {"chat_id": "7", "caption": f"<b>{'🧾' * emoji}</b>", "parse_mode": "HTML"}

        assert (await api.post("sendPhoto", data=body(512), files={"photo": png()})).status_code == 200
        refused = await api.post("sendPhoto", data=body(513), files={"photo": png()})
        assert refused.json()["description"] == "Bad Request: message caption is too long"
