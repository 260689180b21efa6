"""A broker connection with safe defaults."""

from contracts.envelope import CONTENT_TYPE
from contracts.topics import EVENTS_EXCHANGE, has_consumers
from faststream.rabbit import Channel, ExchangeType, RabbitBroker, RabbitExchange
from faststream.rabbit.opentelemetry import RabbitTelemetryMiddleware
from opentelemetry.trace import TracerProvider

from servicekit.outbox.relay import OutboxRow, Publish

CONFIRM_TIMEOUT_SECONDS = 10.0
"""A confirm takes 1-2 ms; past this the relay gives its rows back."""

GRACEFUL_TIMEOUT_SECONDS = 20.0
"""For handlers to end after SIGTERM; below the 30 s that Compose and Kubernetes wait."""

EVENTS = RabbitExchange(EVENTS_EXCHANGE, type=ExchangeType.TOPIC, durable=True, declare=False)


def make_broker(url: str, service: str, tracer_provider: TracerProvider | None = None) -> RabbitBroker:
    """A broker that raises when a message reaches no queue, and lets handlers finish when it stops.

    FastStream's defaults would return silently for an unroutable message.
    """
    return RabbitBroker(
        url,
        default_channel=Channel(on_return_raises=True),
        graceful_timeout=GRACEFUL_TIMEOUT_SECONDS,
        reconnect_interval=1.0,
        app_id=service,
        middlewares=[RabbitTelemetryMiddleware(tracer_provider=tracer_provider)],
        logger=None,
        apply_types=True,
        specification_url="amqp://broker",
    )


def event_publisher(broker: RabbitBroker) -> Publish:
    """What the relay publishes with: persistent, confirmed, and routed wherever a queue is bound to the type."""

    async def publish(row: OutboxRow) -> None:
        await broker.publish(
            row.body.encode(),
            exchange=EVENTS,
            routing_key=row.type,
            mandatory=has_consumers(row.type),
            persist=True,
            timeout=CONFIRM_TIMEOUT_SECONDS,
            message_id=str(row.id),
            message_type=row.type,
            content_type=CONTENT_TYPE,
        )

    return publish
