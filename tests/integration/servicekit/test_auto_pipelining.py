"""Commands of one turn of the loop share a round trip; what fails fails alone."""

import asyncio

import pytest
from redis.asyncio import Redis
from redis.exceptions import ConnectionError, ResponseError
from servicekit.auto_pipelining import MOST_TOGETHER, AutoPipelining
from servicekit.cache import connect_redis
from support.redis_log import round_trips


async def test_what_is_asked_together_goes_together(redis_client: Redis) -> None:
    commands = AutoPipelining(redis_client)

    async def echoed() -> list[list[bytes]]:
        return list(await asyncio.gather(*(commands.execute(("ECHO", f"word-{n}")) for n in range(MOST_TOGETHER + 1))))

    await echoed()  # opens connections
    with round_trips() as trips:
        answers = await echoed()
    assert answers == [[f"word-{n}".encode()] for n in range(MOST_TOGETHER + 1)]
    assert len(trips) == 2


async def test_one_that_is_refused_fails_alone(redis_client: Redis) -> None:
    commands = AutoPipelining(redis_client)
    before, refused, after = await asyncio.gather(
        *(commands.execute(command) for command in (("ECHO", "a"), ("NO-SUCH-COMMAND",), ("ECHO", "b"))),
        return_exceptions=True,
    )
    assert (before, after) == ([b"a"], [b"b"])
    assert isinstance(refused, ResponseError)


async def test_what_one_asks_for_is_answered_in_its_order_or_fails_as_one(redis_client: Redis) -> None:
    commands = AutoPipelining(redis_client)
    refused = asyncio.create_task(commands.execute(("ECHO", "c"), ("NO-SUCH-COMMAND",)))
    assert await commands.execute(("ECHO", "a"), ("ECHO", "b")) == [b"a", b"b"]
    with pytest.raises(ResponseError):
        await refused


async def test_one_that_gave_up_leaves_the_others_their_answers(redis_client: Redis) -> None:
    commands = AutoPipelining(redis_client)
    first, second = (asyncio.create_task(commands.execute(("ECHO", word))) for word in "ab")
    await asyncio.sleep(0)
    first.cancel()
    assert await second == [b"b"]
    assert first.cancelled()


@pytest.mark.parametrize("together", [1, 2])
async def test_all_are_told_that_redis_is_away(together: int) -> None:
    async with connect_redis("redis://127.0.0.1:1/0") as away:
        commands = AutoPipelining(away)
        answers = await asyncio.gather(
            *(commands.execute(("ECHO", "a")) for _ in range(together)), return_exceptions=True
        )
    assert [type(answer) for answer in answers] == [ConnectionError] * together
