"""A command whose database is away says so in one line."""

import pytest
from servicekit.commands import run
from servicekit.crypto import check_private_keys, generate_keys
from servicekit.migrations import upgrade
from sqlalchemy import NullPool, text
from sqlalchemy.ext.asyncio import create_async_engine
from support.databases import migrations_of

NOBODY = "postgresql://role:hunter2@127.0.0.1:1/db"


async def one(url: str) -> int:
    engine = create_async_engine(url.replace("postgresql", "postgresql+asyncpg"), poolclass=NullPool)
    async with engine.begin() as connection:
        return int(await connection.scalar(text("SELECT 1")) or 0)


class TestRun:
    @pytest.mark.parametrize("url", [NOBODY, "nonsense"])
    def test_ends_with_a_line_and_no_secret(self, url: str, capsys: pytest.CaptureFixture[str]) -> None:
        with pytest.raises(SystemExit) as ended:
            run(one(url))
        said = capsys.readouterr().err
        assert ended.value.code == 2
        assert said.count("\n") == 1
        assert "database" in said
        assert "hunter2" not in said

    def test_migrations_end_so_too(self, capsys: pytest.CaptureFixture[str]) -> None:
        with pytest.raises(SystemExit) as ended:
            upgrade(migrations_of("gateway"), NOBODY)
        assert ended.value.code == 2
        assert capsys.readouterr().err.count("\n") == 1


class TestCheckPrivateKeys:
    def test_keys_are_kept_as_they_are(self) -> None:
        keys = f"{generate_keys()[1]}, {generate_keys()[1]}"
        assert check_private_keys(keys) == keys

    @pytest.mark.parametrize("keys", ["", "x", "AAAA", f"{'A' * 43}=,x"])
    def test_anything_else_is_refused(self, keys: str) -> None:
        with pytest.raises(ValueError, match="keygen"):
            check_private_keys(keys)
