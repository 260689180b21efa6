"""What an Alertmanager tells: a receiver of its webhook on a port of this machine, which takes nothing but that."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

Status = Literal["firing", "resolved"]
PATH = "/alerts"


class Alert(BaseModel):
    """One of a notification; where it fires still, `ends_at` is of the year 1."""

    model_config = ConfigDict(strict=True)

    status: Status
    labels: dict[str, str]
    annotations: dict[str, str]
    starts_at: AwareDatetime = Field(alias="startsAt")
    ends_at: AwareDatetime = Field(alias="endsAt")
    generator_url: str = Field(alias="generatorURL", pattern="^http")


class Notification(BaseModel):
    """A group of alerts as they are at a moment.

    Its form: https://prometheus.io/docs/alerting/latest/configuration, webhook_config.
    """

    model_config = ConfigDict(strict=True)

    version: Literal["4"]
    group_key: str = Field(alias="groupKey")
    status: Status
    receiver: str
    truncated_alerts: Literal[0] = Field(alias="truncatedAlerts")
    group_labels: dict[str, str] = Field(alias="groupLabels")
    alerts: list[Alert] = Field(min_length=1)

    def of(self, status: Status, label: str) -> set[str]:
        """The values of a label of its alerts with that status."""
        return {alert.labels[label] for alert in self.alerts if alert.status == status}


@dataclass
class AlertReceiver:
    """A running receiver."""

    url: str
    told: list[Notification] = field(default_factory=list)
    """What was taken, in the order in which it came."""
    wrong: list[str] = field(default_factory=list)
    """What was no notification, and refused with 400."""
    unwell: int = 0
    """So many of the next ones are answered with 503."""

    def take(self, body: bytes) -> int:
        """Keep a notification; the status of the answer."""
        try:
            notification = Notification.model_validate_json(body)
        except ValidationError as error:
            return self.refuse(str(error))
        if self.unwell:
            self.unwell -= 1
            return 503
        self.told.append(notification)
        return 200

    def refuse(self, why: str) -> int:
        """Keep what is wrong; the status of the answer."""
        self.wrong.append(why)
        return 400


@contextmanager
def alert_receiver() -> Iterator[AlertReceiver]:
    """Receive until the end of the context."""
    server = _Server(("127.0.0.1", 0), _Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield server.receiver
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Server(ThreadingHTTPServer):
    @cached_property
    def receiver(self) -> AlertReceiver:
        return AlertReceiver(f"http://127.0.0.1:{self.server_port}{PATH}")


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_POST(self) -> None:
        receiver = self.server.receiver
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        said = (self.path, self.headers.get("Content-Type"))
        self.send_response(receiver.take(body) if said == (PATH, "application/json") else receiver.refuse(str(said)))
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Nothing: what was received is kept."""
