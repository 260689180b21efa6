"""The whole flow at 50 changes a second, beside the same hops without Pulse on the same servers."""

import asyncio
import time
from dataclasses import dataclass
from typing import Any

import aio_pika
import asyncpg
import httpx
import psutil
from demo.accounting import account
from demo.installation import TELEGRAM_ID, Installation, installation, wait_until
from demo.live import settle

from bench.command import PREFIX, run_with_its_own, say
from bench.figures import Figures, entry, percentiles

IDLE_SECONDS = 5.0
PAGE = 25
"""Two looks a second at 50 changes a second."""


@dataclass(frozen=True)
class Sizes:
    """Changes a second, and for how long."""

    rate: float = 50.0
    seconds: float = 30.0


def measure(sizes: Sizes) -> Figures:
    """Latency from WB's answer to Telegram's receipt, start-up, and the resident memory of idle services."""
    began = time.time()
    with installation(PREFIX, history_orders=500, progress=say) as pulse:
        cabinet_id = pulse.connect_cabinet(lambda _: None)
        pulse.wildberries.order()
        wait_until("the first message", lambda: bool(pulse.telegram.messages()))
        first_message = pulse.telegram.messages()[0].received_at - began
        time.sleep(IDLE_SECONDS)
        memory = _memory(pulse)
        latencies = _latencies(pulse, cabinet_id, sizes)
        say("the same hops by hand")
        bare = asyncio.run(_bare_latencies(pulse, sizes))
    figures = percentiles(f"WB's answer to Telegram, {sizes.rate:g} changes/s", latencies, bare)
    figures["start to first message"] = entry(first_message, None, "s")
    return figures | {
        f"{service}, resident when idle": entry(megabytes, None, "MB") for service, megabytes in memory.items()
    }


def _memory(pulse: Installation) -> dict[str, float]:
    pids = {service: pulse.platform.pid(service) for service in pulse.platform.environments}
    return {service: psutil.Process(pid).memory_info().rss / 1e6 for service, pid in pids.items() if pid}


def _latencies(pulse: Installation, cabinet_id: str, sizes: Sizes) -> list[float]:
    pulse.wildberries.life(sizes.rate, buyout_share=0)
    say(f"{sizes.rate:g} changes a second for {sizes.seconds:g} s")
    time.sleep(sizes.seconds)
    pulse.wildberries.life(0)
    settle(pulse, cabinet_id, say)
    result = account(pulse.wildberries.changes(), pulse.telegram.messages())
    if result.lost or result.duplicates:
        raise RuntimeError(f"{len(result.lost)} lost, {len(result.duplicates)} doubled: the figures mean nothing")
    return result.latencies_ms


async def _bare_latencies(pulse: Installation, sizes: Sizes) -> list[float]:
    """The same hops by hand: a row, a message, a row, a message, a call of Telegram; no outbox, inbox or figures."""
    pool = await asyncpg.create_pool(pulse.admin_database_url, min_size=4, max_size=4)
    connection = await aio_pika.connect(pulse.rabbitmq_url)
    client = httpx.AsyncClient(base_url=f"{pulse.telegram.url}/bot{pulse.telegram.token}")
    latencies: list[float] = []
    pages, done = int(sizes.seconds * sizes.rate / PAGE), asyncio.Event()
    async with pool, connection, client:
        await pool.execute("CREATE TABLE IF NOT EXISTS public.bare (body text)")
        channel = await connection.channel(publisher_confirms=True)
        await channel.set_qos(64)
        queues = [await channel.declare_queue(f"bare.{hop}", durable=True, arguments={"x-queue-type": "quorum"})
                  for hop in (1, 2)]  # fmt: skip

        async def pass_on(message: aio_pika.abc.AbstractIncomingMessage) -> None:
            await pool.execute("INSERT INTO public.bare VALUES ($1)", message.body.decode())
            await _publish(channel, queues[1].name, message.body)
            await message.ack()

        async def tell(message: aio_pika.abc.AbstractIncomingMessage) -> None:
            body = {"chat_id": TELEGRAM_ID, "text": "bare " + "x" * 400}
            (await client.post("/sendMessage", json=body)).raise_for_status()
            latencies.append((time.time() - float(message.body.split(b" ", 1)[0])) * 1000)
            await message.ack()
            if len(latencies) == pages * PAGE:
                done.set()

        tags = [await queues[0].consume(pass_on), await queues[1].consume(tell)]
        for _ in range(pages):
            await asyncio.gather(*(_answer(pool, channel, queues[0].name) for _ in range(PAGE)))
            await asyncio.sleep(PAGE / sizes.rate)
        await asyncio.wait_for(done.wait(), 60)
        for queue, tag in zip(queues, tags, strict=True):
            await queue.cancel(tag)
            await queue.delete(if_unused=False, if_empty=False)
        await pool.execute("DROP TABLE public.bare")
    return latencies


async def _answer(pool: Any, channel: aio_pika.abc.AbstractChannel, queue: str) -> None:
    body = f"{time.time()} {'x' * 900}"
    await pool.execute("INSERT INTO public.bare VALUES ($1)", body)
    await _publish(channel, queue, body.encode())


async def _publish(channel: aio_pika.abc.AbstractChannel, queue: str, body: bytes) -> None:
    message = aio_pika.Message(body, delivery_mode=aio_pika.DeliveryMode.PERSISTENT)
    await channel.default_exchange.publish(message, routing_key=queue)


if __name__ == "__main__":
    run_with_its_own(measure, Sizes())
