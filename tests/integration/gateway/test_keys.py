"""API keys, from their command to the request they come with."""

import asyncio
import hashlib
from datetime import UTC, datetime, timedelta

import pytest
from gateway import keys
from gateway.__main__ import cli
from sqlalchemy import text
from support.gateway import Gateway
from typer.testing import CliRunner, Result

LAST_USE = text("SELECT last_used_at, CAST(xmin AS text) FROM api_keys")


async def run(gateway: Gateway, *arguments: str) -> Result:
    """`python -m gateway …` on the test's database; it runs a loop of its own."""
    environment = {"DATABASE_URL": gateway.database.dsn, **gateway.redis_environment}
    return await asyncio.to_thread(CliRunner().invoke, cli, list(arguments), env=environment)


async def call(gateway: Gateway, key: str, **headers: str) -> int:
    answer = await gateway.client.get("/api/v1/cabinets", headers={"X-API-Key": key, **headers})
    return answer.status_code


class TestCommands:
    async def test_a_key_from_its_making_to_its_end(self, gateway: Gateway) -> None:
        made = await run(gateway, "keys", "create", "--telegram-id", "1001", "--name", "bench", "--expires-days", "30")
        assert made.exit_code == 0, made.stderr
        key = made.stdout.removesuffix("\n")
        assert key.startswith("pulse_")
        assert key.split() == [key]
        assert key not in made.stderr
        assert await call(gateway, key) == 200
        listed = (await run(gateway, "keys", "list")).stdout
        assert key[: keys.SHOWN_LENGTH] in listed
        assert key not in listed
        assert "bench" in listed
        assert "user 1001" in listed
        key_id = listed.split()[0]
        assert (await run(gateway, "keys", "revoke", key_id)).exit_code == 0
        assert await call(gateway, key) == 401
        assert "revoked" in (await run(gateway, "keys", "list")).stdout

    async def test_a_key_is_rotated_while_its_program_asks(self, gateway: Gateway) -> None:
        """Made, given to the program, and only then is the older one ended: no request is refused."""
        older = (await run(gateway, "keys", "create", "--telegram-id", "1001")).stdout.strip()
        older_id = (await run(gateway, "keys", "list")).stdout.split()[0]
        using, answers, is_over = older, list[int](), asyncio.Event()

        async def ask() -> None:
            while not is_over.is_set():
                answers.append(await call(gateway, using))

        asking = asyncio.create_task(ask())
        newer = (await run(gateway, "keys", "create", "--telegram-id", "1001")).stdout.strip()
        assert [await call(gateway, key) for key in (older, newer)] == [200, 200]
        using = newer
        assert (await run(gateway, "keys", "revoke", older_id)).exit_code == 0
        assert [await call(gateway, key) for key in (older, newer)] == [401, 200]
        is_over.set()
        await asking
        assert len(answers) > 10
        assert set(answers) == {200}

    async def test_the_bots_key_with_one_scope(self, gateway: Gateway) -> None:
        made = await run(gateway, "keys", "create", "--any-user", "--scopes", "read")
        key = made.stdout.strip()
        assert await call(gateway, key) == 400
        assert await call(gateway, key, **{"X-Telegram-User-Id": "5"}) == 200
        assert "any user" in (await run(gateway, "keys", "list")).stdout

    async def test_a_key_made_elsewhere_is_taken_once_and_only_if_nobody_guesses_it(self, gateway: Gateway) -> None:
        key = f"pulse_{'k' * 32}"
        for said in ("The key is stored.", "The key is stored already."):
            kept = await run(gateway, "keys", "keep", "--key", key)
            assert (kept.exit_code, kept.stderr.strip(), kept.stdout) == (0, said, "")
        assert await call(gateway, key, **{"X-Telegram-User-Id": "5"}) == 200
        [listed] = (await run(gateway, "keys", "list")).stdout.splitlines()
        assert "any user  read+write" in listed
        # A key that was revoked is not taken back.
        await run(gateway, "keys", "revoke", listed.split()[0])
        assert (await run(gateway, "keys", "keep", "--key", key)).exit_code == 0
        assert await call(gateway, key, **{"X-Telegram-User-Id": "5"}) == 401
        for bad in ("pulse_short", "k" * 64):
            refused = await run(gateway, "keys", "keep", "--key", bad)
            assert refused.exit_code == 2
            assert bad not in refused.stderr

    async def test_an_administrators_key_acts_for_nobody(self, gateway: Gateway) -> None:
        made = await run(gateway, "keys", "create", "--scopes", "admin")
        assert "acts for nobody" in made.stderr
        assert "nobody  admin" in (await run(gateway, "keys", "list")).stdout
        headers = {"X-API-Key": made.stdout.strip()}
        assert (await gateway.client.get("/api/v1/admin/users", headers=headers)).status_code == 200
        both = await run(gateway, "keys", "create", "--scopes", "admin", "--scopes", "read", "--telegram-id", "5")
        assert "acts for Telegram user 5, may admin and read" in both.stderr

    @pytest.mark.parametrize(
        "arguments",
        [
            ("create",),
            ("create", "--any-user", "--telegram-id", "5"),
            ("create", "--telegram-id", "0"),
            ("create", "--telegram-id", "9" * 19),
            ("create", "--telegram-id", "5", "--expires-days", "9" * 7),
            ("create", "--telegram-id", "5", "--scopes", "admin"),
            ("create", "--any-user", "--scopes", "admin"),
            ("create", "--scopes", "admin", "--scopes", "read"),
            ("revoke", "00000000-0000-0000-0000-000000000000"),
        ],
    )
    async def test_what_makes_no_sense_ends_with_2_and_prints_no_key(
        self, gateway: Gateway, arguments: tuple[str, ...]
    ) -> None:
        refused = await run(gateway, "keys", *arguments)
        assert refused.exit_code == 2
        assert refused.stdout == ""
        assert refused.stderr


class TestStore:
    async def test_only_the_hash_is_stored(self, gateway: Gateway) -> None:
        key = await gateway.key(1001)
        async with gateway.database.transaction() as connection:
            row = (await connection.execute(text("SELECT * FROM api_keys"))).one()
        assert row.key_hash == hashlib.sha256(key.encode()).digest()
        assert key not in str(row)

    async def test_a_key_works_until_the_moment_it_expires(self, gateway: Gateway) -> None:
        assert await call(gateway, await gateway.key(1, expires_at=datetime.now(UTC) + timedelta(minutes=1))) == 200
        assert await call(gateway, await gateway.key(1, expires_at=datetime.now(UTC))) == 401

    async def test_use_is_remembered_to_the_hour_with_one_write_an_hour(self, gateway: Gateway) -> None:
        key = await gateway.key(1)
        versions = set()
        for _ in range(3):
            await call(gateway, key)
            async with gateway.database.transaction() as connection:
                used, version = (
                    await connection.execute(text("SELECT last_used_at, CAST(xmin AS text) FROM api_keys"))
                ).one()
            versions.add((used, version))
        # Two, where the clock strikes between the calls.
        assert len(versions) <= 2
        assert all((used.minute, used.second, used.microsecond) == (0, 0, 0) for used, _ in versions)
