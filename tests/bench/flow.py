"""The whole flow at 50 changes a second, beside the same hops without Pulse on the same servers."""

import asyncio
import time
from typing import Any

import aio_pika
import asyncpg
import httpx
import psutil
from demo.accounting import account, percentile
from demo.installation import TELEGRAM_ID, Installation, installation, wait_until
from demo.live import settle

Entry = dict[str, float | str | None]

RATE = 50.0
SECONDS = 30.0
IDLE_SECONDS = 5.0
PAGE = 25
"""Two looks a second at 50 changes a second."""


def measure() -> dict[str, Entry]:
    """Latency from WB's answer to Telegram's receipt, start-up, and the resident memory of idle services."""
    began = time.time()
    with installation("bench", history_orders=500, progress=lambda _: None) as pulse:
        cabinet_id = pulse.connect_cabinet(lambda _: None)
        pulse.wildberries.order()
        wait_until("the first message", lambda: bool(pulse.telegram.messages()))
        first_message = pulse.telegram.messages()[0].received_at - began
        time.sleep(IDLE_SECONDS)
        memory = _memory(pulse)
        latencies = _latencies(pulse, cabinet_id)
        bare = asyncio.run(_bare_latencies(pulse))
    entries: dict[str, Entry] = {
        f"WB's answer to Telegram, p{share:g}, {RATE:g} changes/s": _entry(
            percentile(latencies, share / 100), percentile(bare, share / 100), "ms"
        )
        for share in (50, 99)
    }
    entries["start to first message"] = _entry(round(first_message, 1), None, "s")
    for service, megabytes in memory.items():
        entries[f"{service}, resident when idle"] = _entry(megabytes, None, "MB")
    return entries


def _entry(ours: float | None, bare: float | None, unit: str) -> Entry:
    ratio = round(ours / bare, 2) if ours is not None and bare else None
    return {"ours": ours and round(ours, 1), "bare": bare and round(bare, 1), "ratio": ratio, "unit": unit}


def _memory(pulse: Installation) -> dict[str, float]:
    pids = {service: pulse.platform.pid(service) for service in pulse.platform.environments}
    return {service: psutil.Process(pid).memory_info().rss / 1e6 for service, pid in pids.items() if pid}


def _latencies(pulse: Installation, cabinet_id: str) -> list[float]:
    pulse.wildberries.life(RATE, buyout_share=0)
    time.sleep(SECONDS)
    pulse.wildberries.life(0)
    settle(pulse, cabinet_id, print)
    result = account(pulse.wildberries.changes(), pulse.telegram.messages())
    if result.lost or result.duplicates:
        raise RuntimeError(f"{len(result.lost)} lost, {len(result.duplicates)} doubled: the figures mean nothing")
    return result.latencies_ms


async def _bare_latencies(pulse: Installation) -> list[float]:
    """The same hops by hand: a row, a message, a row, a message, a call of Telegram; no outbox, inbox or figures."""
    pool = await asyncpg.create_pool(pulse.admin_database_url, min_size=4, max_size=4)
    connection = await aio_pika.connect(pulse.rabbitmq_url)
    client = httpx.AsyncClient(base_url=f"{pulse.telegram.url}/bot{pulse.telegram.token}")
    latencies: list[float] = []
    pages, done = int(SECONDS * RATE / PAGE), asyncio.Event()
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
            await asyncio.sleep(PAGE / RATE)
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
