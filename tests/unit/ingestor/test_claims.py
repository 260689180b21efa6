"""How a claim is asked for and read."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from contracts.model import MOSCOW
from ingestor.resources import claims
from ingestor.resources.resource import BrokenRow, Start
from support.wb_contract import SAMPLES, sample

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
WB: dict[str, Any] = {
    "id": "c1",
    "claim_type": 1,
    "status": 2,
    "status_ex": 8,
    "nm_id": 5,
    "user_comment": "Шов разошёлся",
    "wb_comment": "Одобрено",
    "dt": "2026-11-17T17:06:12.245611",
    "imt_name": "Худи",
    "order_dt": "2026-11-08T05:18:56",
    "dt_update": "2026-11-20T13:50:06.999613",
    "photos": ["//photos/1.webp"],
    "video_paths": ["//video/1.mp4"],
    "actions": ["autorefund1"],
    "price": 1135.5,
    "currency_code": "643",
    "srid": "s1",
    "origin_id_info": "IMEI 000000000000001 не совпадает с IMEI 000000000000002",
    "delivery_dt": "2026-11-14T14:36:07",
}
MINIMAL = {"id": "c1", "dt": "2026-11-17T17:06:12"}


def parsed(row: dict[str, Any]) -> dict[str, Any]:
    values = claims.parse(msgspec.Raw(json.dumps(row).encode()), NOW)
    return dict(zip(claims.RESOURCE.storage.names, values, strict=True))


def test_a_claim_is_read_whole_and_its_times_are_moscow_time() -> None:
    assert parsed(WB) == {
        "id": "c1",
        "claim_type": 1,
        "status": 2,
        "status_ex": 8,
        "claimed_at": datetime(2026, 11, 17, 17, 6, 12, 245611, tzinfo=MOSCOW),
        "updated_at": datetime(2026, 11, 20, 13, 50, 6, 999613, tzinfo=MOSCOW),
        "srid": "s1",
        "nm_id": 5,
        "product_name": "Худи",
        "ordered_at": datetime(2026, 11, 8, 5, 18, 56, tzinfo=MOSCOW),
        "delivered_at": datetime(2026, 11, 14, 14, 36, 7, tzinfo=MOSCOW),
        "price": Decimal("1135.50"),
        "currency_code": "643",
        "user_comment": "Шов разошёлся",
        "wb_comment": "Одобрено",
        "photos": '["//photos/1.webp"]',
        "videos": '["//video/1.mp4"]',
        "actions": '["autorefund1"]',
    }


def test_the_number_of_a_buyers_phone_is_not_read() -> None:
    assert "000000000000001" not in str(parsed(WB))


def test_all_but_id_and_date_may_be_absent_or_null() -> None:
    row = parsed(MINIMAL)
    made = datetime(2026, 11, 17, 17, 6, 12, tzinfo=MOSCOW)
    assert {name: value for name, value in row.items() if value is not None} == {
        "id": "c1",
        "claimed_at": made,
        "updated_at": made,
        "photos": "[]",
        "videos": "[]",
        "actions": "[]",
    }
    assert parsed({**dict.fromkeys(WB), **MINIMAL}) == row


def test_states_and_fields_that_nobody_knows_yet_are_no_obstacle() -> None:
    row = parsed(WB | {"status_ex": 99, "claim_type": -1, "actions": ["новое"], "ещё": []})
    assert (row["status_ex"], row["claim_type"], row["actions"]) == (99, -1, '["новое"]')


@pytest.mark.parametrize(
    "broken",
    [
        {"id": ""},
        {"id": 5},
        {"dt": ""},
        {"dt": "string"},
        {"dt_update": "string"},
        {"status": "2"},
        {"status": 2**31},
        {"nm_id": 0},
        {"price": "много"},
        {"price": 1e15},
        {"photos": [1]},
    ],
)
def test_what_cannot_be_a_claim_is_refused(broken: dict[str, Any]) -> None:
    with pytest.raises((msgspec.MsgspecError, ValueError)):
        parsed(WB | broken)


def test_an_empty_id_is_no_key() -> None:
    with pytest.raises(BrokenRow):
        parsed(WB | {"id": ""})


def test_what_is_asked_of_each_list() -> None:
    position = claims.begin(None, Start(NOW, False, 100_000))
    assert claims.ask(position) == {"params": {"is_archive": "false", "limit": "200", "offset": "0"}}
    archive = {**position, "todo": [{"list": "archive", "since": None, "skip": 200}]}
    assert claims.ask(archive) == {"params": {"is_archive": "true", "limit": "200", "offset": "200"}}


def test_an_interrupted_pass_goes_on_and_a_finished_one_begins_anew() -> None:
    begun = claims.begin(None, Start(NOW, True, 100))
    assert claims.begin(begun, Start(NOW, True, 5)) == begun
    assert claims.begin({}, Start(NOW, True, 100)) == begun


class TestRead:
    def test_rows_lie_under_claims(self) -> None:
        assert len(claims.read(json.dumps({"claims": [WB], "total": 1}).encode()).rows) == 1
        assert claims.read(b'{"claims": null, "total": 0}').rows == []

    @pytest.mark.parametrize("body", [b'{"answers": [{}]}', b"[{}]", b"5"])
    def test_another_answer_is_not_taken_for_an_empty_list(self, body: bytes) -> None:
        with pytest.raises(msgspec.MsgspecError):
            claims.read(body)


@pytest.mark.skipif(not SAMPLES.is_dir(), reason="WB's examples are not here")
def test_wbs_own_example_is_read_but_for_its_times() -> None:
    # Its times are the word "string".
    [raw] = claims.read(json.dumps(sample("claims")).encode()).rows
    row = json.loads(bytes(raw))
    times = {name: WB[name] for name in ("dt", "dt_update", "order_dt", "delivery_dt")}
    assert parsed(row | times)["price"] == Decimal("1.50")
    with pytest.raises(ValueError, match="string"):
        parsed(row)
