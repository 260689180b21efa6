"""The AsyncAPI 3 document: every event, who sends it and which queues receive it."""

from typing import Any

from contracts.envelope import CONTENT_TYPE, Origin, schema_path
from contracts.registry import EVENTS
from contracts.topics import EVENTS_EXCHANGE, NOT_LIVE, QUEUES, Queue

VERSION = "1.0.0"

OF_USERS = {"webhooks", "preferences", "notification_settings", "notification_target"}
"""Families of what users enter for themselves: always live."""


def asyncapi_document() -> dict[str, Any]:
    """The document, made from the registry and the topics alone: no address and no secret is in it."""
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Pulse events",
            "version": VERSION,
            "description": "CloudEvents 1.0 as JSON on one topic exchange; the routing key is the event type, followed "
            "by `.backfill` or `.replay` where the origin is not `live`. Delivered at least once, in no particular "
            "order: consumers keep an inbox and compare revisions.",
        },
        "defaultContentType": CONTENT_TYPE,
        "channels": {event_type: _channel(event_type) for event_type in sorted(EVENTS)}
        | {_not_live(event_type): _channel_not_live(event_type) for event_type in sorted(filter(_is_of_rows, EVENTS))},
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


def _is_of_rows(event_type: str) -> bool:
    """Whether the event tells of rows, which may be of old, or told again: the others are live."""
    family, change = event_type.split(".")[:2]
    return change in {"updated", "entered"} and family not in OF_USERS


def _not_live(event_type: str) -> str:
    return f"{event_type}.not-live"


def _channel_not_live(event_type: str) -> dict[str, Any]:
    origins = {"enum": [str(origin) for origin in NOT_LIVE], "description": "why the event exists"}
    return _channel(event_type) | {"address": f"{event_type}.{{origin}}", "parameters": {"origin": origins}}


def _message(event_type: str) -> dict[str, Any]:
    return {
        "name": event_type,
        "summary": (EVENTS[event_type].__doc__ or "").strip(),
        "contentType": CONTENT_TYPE,
        "payload": {"$ref": f"../{schema_path(event_type)}"},
    }


def _sends() -> dict[str, Any]:
    return {
        f"{EVENTS[event_type].PUBLISHER}.send.{event_type}": {
            "action": "send",
            "channel": {"$ref": f"#/channels/{event_type}"},
            "summary": f"{EVENTS[event_type].PUBLISHER} publishes it through its outbox",
        }
        for event_type in sorted(EVENTS)
    } | {
        f"{EVENTS[event_type].PUBLISHER}.send.{_not_live(event_type)}": {
            "action": "send",
            "channel": {"$ref": f"#/channels/{_not_live(event_type)}"},
            "summary": f"{EVENTS[event_type].PUBLISHER} publishes what is older than the cabinet's connection, "
            "and what a replay gives again",
        }
        for event_type in sorted(filter(_is_of_rows, EVENTS))
    }


def _receives() -> dict[str, Any]:
    return {
        f"{queue.name}.receive.{event.TYPE}": _receive(queue, event.TYPE) for queue in QUEUES for event in queue.events
    }


def _receive(queue: Queue, event_type: str) -> dict[str, Any]:
    channel = event_type if Origin.LIVE in queue.origins else _not_live(event_type)
    return {
        "action": "receive",
        "channel": {"$ref": f"#/channels/{channel}"},
        "summary": f"{queue.service} consumes it from {queue.name}, {queue.prefetch} at a time",
    }
