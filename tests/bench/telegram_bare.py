"""What is bare of the notifier, as a process: messages that are rendered already, posted by httpx.

`python -m bench.telegram_bare paced URL RATE COUNT CHATS` sends so many a second to one chat after another and prints
the seconds that it took; `… consumed URL RABBITMQ QUEUE` sends what comes by a queue, `CHAT TEXT`, until it is ended.
"""

import asyncio
import json
import sys
import time

import aio_pika
import httpx

CONNECTIONS = 64
IDLE_SECONDS = 2.0
"""A connection that lay idle longer may be closed by the server in the moment of its next request."""
TEXT = "<b>Заказ</b> " + "x" * 500


async def paced(url: str, rate: float, count: int, chats: int) -> float:
    """Post `count` messages, `rate` a second; the seconds from the first to the last answer."""
    slots = asyncio.Semaphore(CONNECTIONS)
    limits = httpx.Limits(
        max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS, keepalive_expiry=IDLE_SECONDS
    )
    async with httpx.AsyncClient(base_url=url, limits=limits, timeout=30) as client:

        async def post(chat: int) -> None:
            async with slots:
                body = {"chat_id": chat, "text": TEXT, "parse_mode": "HTML"}
                (await client.post("/sendMessage", json=body)).raise_for_status()

        began = time.perf_counter()
        async with asyncio.TaskGroup() as group:
            for number in range(count):
                await asyncio.sleep(max(0.0, began + number / rate - time.perf_counter()))
                group.create_task(post(1 + number % chats))
        return time.perf_counter() - began


async def consumed(url: str, rabbitmq_url: str, queue_name: str) -> None:
    """Post what comes, until the process is ended."""
    async with (
        httpx.AsyncClient(base_url=url, timeout=30) as client,
        await aio_pika.connect(rabbitmq_url) as connection,
    ):
        channel = await connection.channel()
        await channel.set_qos(16)
        queue = await channel.get_queue(queue_name)

        async def post(message: aio_pika.abc.AbstractIncomingMessage) -> None:
            chat, _, text = message.body.decode().partition(" ")
            body = {"chat_id": int(chat), "text": text, "parse_mode": "HTML"}
            (await client.post("/sendMessage", json=body)).raise_for_status()
            await message.ack()

        await queue.consume(post)
        print("ready", flush=True)
        await asyncio.Event().wait()


if __name__ == "__main__":
    how, base_url, *rest = sys.argv[1:]
    if how == "paced":
        print(json.dumps(asyncio.run(paced(base_url, float(rest[0]), int(rest[1]), int(rest[2])))))
    else:
        asyncio.run(consumed(base_url, rest[0], rest[1]))
