"""Whatever is done to the records by hand is found, and where; what is as it was added is not."""

from uuid import UUID, uuid4

import pytest
from audit.chain import genesis, link
from audit.jobs.make_head import make_head
from audit.signing import new_key, signing_key
from audit.verifying.findings import Kind
from audit.verifying.plan import Chain, Span, portions
from audit.verifying.verify import Verified, verify
from contracts.audit import cabinets_chain
from servicekit.db import Database
from support.auditing import KEY, fill, tamper
from support.rows import execute, rows

MINE, OTHER = sorted((cabinets_chain(uuid4()), cabinets_chain(uuid4())))
RECORDS = 20


@pytest.fixture
async def chains(audit_db: Database) -> Database:
    """Two chains."""
    await fill(audit_db, [MINE, OTHER], RECORDS)
    return audit_db


async def found(database: Database) -> list[tuple[Kind, UUID | None, int | None]]:
    """What is wrong, looked for in portions that end within a chain."""
    verified = await verify(database, key=None, span=7, spans=2)
    return [(each.kind, each.tenant, each.seq) for each in verified.findings]


async def test_nothing_is_wrong_with_what_is_as_it_was_added(chains: Database) -> None:
    seen: list[tuple[int, int]] = []
    verified = await verify(chains, key=None, span=7, spans=1, progress=lambda *so_far: seen.append(so_far))
    assert verified == Verified(chains=2, records=2 * RECORDS, heads=0, findings=())
    assert sorted(seen)[-1] == (2 * RECORDS, 2 * RECORDS)
    assert len(seen) == 6
    assert await verify(chains, key=None, only=MINE) == Verified(1, RECORDS, 0, ())


# On both sides of where a portion ends, and within.
@pytest.mark.parametrize("seq", [1, 7, 8, 12, RECORDS])
class TestOneRecord:
    @pytest.mark.parametrize(
        "change",
        [
            "body = convert_to(replace(convert_from(body, 'UTF8'), 'owner', 'viewer'), 'UTF8')",
            "at = at + interval '1 microsecond'",
            "personal_commitment = sha256('')",
        ],
    )
    async def test_an_edit(self, chains: Database, seq: int, change: str) -> None:
        statement = f"UPDATE records SET {change} WHERE tenant = :tenant AND seq = :seq"
        assert await tamper(chains, statement, tenant=MINE, seq=seq) == 1
        assert (Kind.EDITED, MINE, seq) in await found(chains)
        assert {tenant for _, tenant, _ in await found(chains)} == {MINE}

    async def test_an_edit_with_its_hash_made_anew(self, chains: Database, seq: int) -> None:
        [row] = await rows(chains, "SELECT * FROM records WHERE tenant = :tenant AND seq = :seq", tenant=MINE, seq=seq)
        forged = link(row["previous"], seq, row["at"], row["personal_commitment"], b"{}")
        statement = "UPDATE records SET body = '{}', hash = :hash WHERE tenant = :tenant AND seq = :seq"
        await tamper(chains, statement, tenant=MINE, seq=seq, hash=forged)
        # The one behind it does not hang on it any more; of the last one, what is kept beside the chain knows.
        last = seq == RECORDS
        expected = (Kind.REWRITTEN, MINE, seq) if last else (Kind.INSERTED, MINE, seq + 1)
        assert await found(chains) == [expected]

    async def test_personal_data(self, chains: Database, seq: int) -> None:
        await execute(
            chains, "UPDATE personal SET data = '{}' WHERE tenant = :tenant AND seq = :seq", tenant=MINE, seq=seq
        )
        assert await found(chains) == [(Kind.PERSONAL_EDITED, MINE, seq)]


@pytest.mark.parametrize(("first", "last"), [(1, 1), (1, 7), (5, 5), (7, 8), (4, 17)])
async def test_a_deletion(chains: Database, first: int, last: int) -> None:
    statement = "DELETE FROM records WHERE tenant = :tenant AND seq BETWEEN :first AND :last"
    assert await tamper(chains, statement, tenant=OTHER, first=first, last=last) == last - first + 1
    [(kind, tenant, seq)] = await found(chains)
    assert (kind, tenant) == (Kind.MISSING, OTHER)
    assert seq is not None
    assert first <= seq <= last


async def test_a_whole_chain_that_is_gone(chains: Database) -> None:
    await tamper(chains, "DELETE FROM records WHERE tenant = :tenant", tenant=MINE)
    assert await found(chains) == [(Kind.CUT, MINE, 1)]


async def test_a_swap(chains: Database) -> None:
    await tamper(chains, "UPDATE records SET seq = 1005 WHERE tenant = :tenant AND seq = 5", tenant=MINE)
    await tamper(chains, "UPDATE records SET seq = 5 WHERE tenant = :tenant AND seq = 12", tenant=MINE)
    await tamper(chains, "UPDATE records SET seq = 12 WHERE tenant = :tenant AND seq = 1005", tenant=MINE)
    verified = await verify(chains, key=None, span=3, spans=1)
    swapped = [each.seq for each in verified.findings if each.kind == Kind.SWAPPED]
    assert swapped == [5, 12]


async def test_an_insertion_between_two(chains: Database) -> None:
    # Room is made for it: all that come after it move by one.
    for seq in range(RECORDS, 9, -1):
        await tamper(
            chains, "UPDATE records SET seq = seq + 1 WHERE tenant = :tenant AND seq = :seq", tenant=MINE, seq=seq
        )
    await tamper(
        chains,
        "INSERT INTO records SELECT tenant, 10, at, personal_commitment, previous, hash, body FROM records "
        "WHERE tenant = :tenant AND seq = 9",
        tenant=MINE,
    )
    seqs = [seq for _, tenant, seq in await found(chains) if tenant == MINE]
    assert seqs[0] == 10


async def test_an_insertion_at_the_end(chains: Database) -> None:
    [last] = await rows(chains, "SELECT * FROM records WHERE tenant = :tenant AND seq = :seq", tenant=MINE, seq=RECORDS)
    forged = link(last["hash"], RECORDS + 1, last["at"], last["personal_commitment"], last["body"])
    await tamper(
        chains,
        "INSERT INTO records SELECT tenant, seq + 1, at, personal_commitment, hash, :hash, body FROM records "
        "WHERE tenant = :tenant AND seq = :seq",
        tenant=MINE,
        seq=RECORDS,
        hash=forged,
    )
    assert await found(chains) == [(Kind.INSERTED, MINE, RECORDS + 1)]


async def test_a_record_of_another_chain(chains: Database) -> None:
    statement = """
        UPDATE records AS r SET at = o.at, personal_commitment = o.personal_commitment, previous = o.previous,
            hash = o.hash, body = o.body
        FROM records AS o WHERE r.tenant = :mine AND o.tenant = :other AND r.seq = :seq AND o.seq = :seq
    """
    for seq in (1, 9):
        await tamper(chains, statement, mine=MINE, other=OTHER, seq=seq)
    seqs = {seq for _, tenant, seq in await found(chains) if tenant == MINE}
    assert {1, 9} <= seqs


class TestTails:
    """What is taken away, or written anew, to the end, with all that is kept beside it: only heads know."""

    async def cut(self, database: Database, after: int) -> None:
        await tamper(database, "DELETE FROM records WHERE tenant = :tenant AND seq > :after", tenant=MINE, after=after)
        await self.forget(database)

    async def rewrite(self, database: Database, after: int) -> None:
        found = await rows(database, "SELECT * FROM records WHERE tenant = :tenant ORDER BY seq", tenant=MINE)
        previous = found[after - 1]["hash"] if after else genesis(MINE)
        for row in found[after:]:
            digest = link(previous, row["seq"], row["at"], row["personal_commitment"], b'{"forged":true}')
            await tamper(
                database,
                "UPDATE records SET body = :body, previous = :previous, hash = :hash "
                "WHERE tenant = :tenant AND seq = :seq",
                body=b'{"forged":true}', previous=previous, hash=digest, tenant=MINE, seq=row["seq"],
            )  # fmt: skip
            previous = digest
        await self.forget(database)

    async def forget(self, database: Database) -> None:
        """What is kept beside the chain says what is there now."""
        await execute(
            database,
            "UPDATE chains SET seq = last.seq, hash = last.hash FROM (SELECT DISTINCT ON (tenant) * FROM records "
            "ORDER BY tenant, seq DESC) AS last WHERE chains.tenant = last.tenant",
        )

    async def lines(self, database: Database) -> list[bytes]:
        """Heads at two times, as they were anchored."""
        await fill(database, [MINE, OTHER], 10)
        assert await make_head(database, KEY, every_seconds=0)
        await fill(database, [MINE, OTHER], 10)
        assert await make_head(database, KEY, every_seconds=0)
        await fill(database, [MINE], 3)
        return [row["line"] for row in await rows(database, "SELECT line FROM heads ORDER BY number")]

    async def test_heads_agree_with_what_was_only_added_to(self, audit_db: Database) -> None:
        lines = await self.lines(audit_db)
        verified = await verify(audit_db, key=KEY.verify_key, lines=lines)
        assert verified == Verified(2, 43, 2, ())
        assert await verify(audit_db, key=KEY.verify_key) == verified

    @pytest.mark.parametrize(("after", "first"), [(15, 11), (4, 1)])
    async def test_a_cut_tail(self, audit_db: Database, after: int, first: int) -> None:
        lines = await self.lines(audit_db)
        await self.cut(audit_db, after)
        assert (await verify(audit_db, key=None)).findings == ()
        [finding] = (await verify(audit_db, key=KEY.verify_key, lines=lines)).findings
        assert (finding.kind, finding.tenant, finding.seq) == (Kind.CUT, MINE, first)

    @pytest.mark.parametrize(("after", "first"), [(15, 11), (10, 11), (4, 1), (0, 1)])
    async def test_a_rewritten_tail(self, audit_db: Database, after: int, first: int) -> None:
        lines = await self.lines(audit_db)
        await self.rewrite(audit_db, after)
        assert (await verify(audit_db, key=None)).findings == ()
        [finding] = (await verify(audit_db, key=KEY.verify_key, lines=lines)).findings
        assert (finding.kind, finding.tenant, finding.seq) == (Kind.REWRITTEN, MINE, first)
        assert (await verify(audit_db, key=KEY.verify_key, lines=lines, only=OTHER)).findings == ()

    async def test_heads_that_were_signed_by_another_or_are_gone_are_told(self, audit_db: Database) -> None:
        lines = await self.lines(audit_db)
        strange = signing_key(new_key()[0])
        findings = (await verify(audit_db, key=strange.verify_key, lines=lines)).findings
        assert [each.kind for each in findings] == [Kind.HEAD, Kind.HEAD]
        await make_head(audit_db, KEY, every_seconds=0)
        anchored = [row["line"] for row in await rows(audit_db, "SELECT line FROM heads ORDER BY number")]
        [finding] = (await verify(audit_db, key=KEY.verify_key, lines=[anchored[0], anchored[2]])).findings
        assert (finding.kind, finding.seq) == (Kind.HEAD, 2)


def test_portions_are_of_chains_side_by_side_from_their_beginnings_to_their_ends() -> None:
    a, b, c = sorted(uuid4() for _ in range(3))
    chains = [Chain(each, last, b"", last, b"") for each, last in ((a, 25), (b, 0), (c, 30))]
    assert list(portions(chains, span=10, spans=2)) == [
        [Span(c, 1, 10), Span(a, 1, 10)],
        [Span(c, 11, 20), Span(a, 11, 20)],
        [Span(c, 21, 30), Span(a, 21, 25)],
    ]
    assert list(portions([], span=10)) == []
