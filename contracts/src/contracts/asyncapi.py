"""The AsyncAPI 3 document: every event, who sends it and which queues receive it."""

from typing import Any

from contracts.envelope import CONTENT_TYPE, schema_path
from contracts.registry import EVENTS, PUBLISHERS
from contracts.topics import EVENTS_EXCHANGE, QUEUES, Queue

VERSION = "1.0.0"


def asyncapi_document() -> dict[str, Any]:
    """The document, made from the registry and the topics alone: no address and no secret is in it."""
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Pulse events",
            "version": VERSION,
            "description": "CloudEvents 1.0 as JSON on one topic exchange; the routing key is the event type. "
            "Delivered at least once, in no particular order: consumers keep an inbox and compare revisions.",
        },
        "defaultContentType": CONTENT_TYPE,
        "channels": {event_type: _channel(event_type) for event_type in sorted(EVENTS)},
        "operations": {**_sends(), **_receives()},
        "components": {"messages": {event_type: _message(event_type) for event_type in sorted(EVENTS)}},
    }


def _channel(event_type: str) -> dict[str, Any]:
    return {
        "address": event_type,
        "messages": {event_type: {"$ref": f"#/components/messages/{event_type}"}},
        "bindings": {
            "amqp": {
                "is": "routingKey",
                "exchange": {"name": EVENTS_EXCHANGE, "type": "topic", "durable": True},
                "bindingVersion": "0.3.0",
            }
        },
    }


def _message(event_type: str) -> dict[str, Any]:
    return {
        "name": event_type,
        "summary": (EVENTS[event_type].__doc__ or "").strip(),
        "contentType": CONTENT_TYPE,
        "payload": {"$ref": f"../{schema_path(event_type)}"},
    }


def _sends() -> dict[str, Any]:
    return {
        f"{PUBLISHERS[event_type]}.send.{event_type}": {
            "action": "send",
            "channel": {"$ref": f"#/channels/{event_type}"},
            "summary": f"{PUBLISHERS[event_type]} publishes it through its outbox",
        }
        for event_type in sorted(EVENTS)
    }


def _receives() -> dict[str, Any]:
    return {
        f"{queue.name}.receive.{event.TYPE}": _receive(queue, event.TYPE) for queue in QUEUES for event in queue.events
    }


def _receive(queue: Queue, event_type: str) -> dict[str, Any]:
    return {
        "action": "receive",
        "channel": {"$ref": f"#/channels/{event_type}"},
        "summary": f"{queue.service} consumes it from {queue.name}, {queue.prefetch} at a time",
    }
