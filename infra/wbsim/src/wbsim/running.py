"""A simulator inside the running event loop, with a small client of its control API: for tests and tools."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from wbsim.app import create_app
from wbsim.config import Config
from wbsim.scenario import read_scenario
from wbsim.serving import GuestServer, bind, quiet
from wbsim.world import World


class ControlError(Exception):
    """The control API refused: status and its `error` text."""


@dataclass(frozen=True, slots=True)
class Wbsim:
    """A running simulator at `url`; `world` is its state when it runs in this process."""

    url: str
    world: World

    async def control(self, verb: str, path: str, body: Any = None) -> Any:
        """One control request (`/_sim` is added); the JSON answer, None for 204, ControlError for 4XX."""
        host, _, port = self.url.removeprefix("http://").rpartition(":")
        reader, writer = await asyncio.open_connection(host, int(port))
        try:
            content = b"" if body is None else json.dumps(body).encode()
            head = f"{verb} /_sim{path} HTTP/1.1\r\nHost: {host}:{port}\r\nConnection: close\r\n"
            writer.write(f"{head}Content-Length: {len(content)}\r\n\r\n".encode() + content)
            answer = await reader.read()
        finally:
            writer.close()
            await writer.wait_closed()
        lines, _, payload = answer.partition(b"\r\n\r\n")
        status = int(lines.split(b" ", 2)[1])
        if status >= 400:
            raise ControlError(f"{status} {payload.decode()}")
        return json.loads(payload) if payload else None

    async def lots(self, count: int, **what: Any) -> list[dict[str, str]]:
        """So many sellers at once: `sid` and `token` of each; see `POST /_sim/lots`."""
        sellers: list[dict[str, str]] = (await self.control("POST", "/lots", {"count": count, **what}))["sellers"]
        return sellers

    async def withdraw(self, token: str) -> None:
        """WB refuses the token from now on."""
        await self.control("POST", "/tokens/withdraw", {"token": token})

    async def token(self, **what: Any) -> str:
        """A token; see `POST /_sim/tokens`."""
        token: str = (await self.control("POST", "/tokens", what))["token"]
        return token

    async def seller(self, **what: Any) -> str:
        """A new seller; see `POST /_sim/sellers`. Returns the sid."""
        sid: str = (await self.control("POST", "/sellers", what))["sid"]
        return sid

    async def place_orders(self, **what: Any) -> list[dict[str, Any]]:
        """New orders; see `POST /_sim/orders`."""
        orders: list[dict[str, Any]] = (await self.control("POST", "/orders", what))["orders"]
        return orders

    async def change_order(self, srid: str, kind: str) -> dict[str, Any]:
        """Cancel, buy out, return or reprice an order."""
        order: dict[str, Any] = await self.control("POST", f"/orders/{srid}/change", {"kind": kind})
        return order

    async def fault(self, path: str, kind: str, **what: Any) -> int:
        """Switch a fault on; returns its id for `DELETE /_sim/faults/{id}`."""
        fault_id: int = (await self.control("POST", "/faults", {"path": path, "kind": kind, **what}))["id"]
        return fault_id

    async def clear_faults(self) -> None:
        """Switch all faults off."""
        await self.control("DELETE", "/faults")

    async def life(self, **what: Any) -> dict[str, Any]:
        """Start, change or stop the buyers; see `POST /_sim/life`."""
        life: dict[str, Any] = await self.control("POST", "/life", what)
        return life

    async def settings(self, **what: Any) -> dict[str, Any]:
        """Change how the simulator behaves; see `POST /_sim/settings`."""
        settings: dict[str, Any] = await self.control("POST", "/settings", what)
        return settings

    async def clock(self, speed: float) -> None:
        """Simulated time goes on at another speed; 0 stops it."""
        await self.control("POST", "/clock", {"speed": speed})

    async def step(self, **what: Any) -> dict[str, int]:
        """Changes made now; see `POST /_sim/step`. Returns how many in each section."""
        made: dict[str, int] = (await self.control("POST", "/step", what))["made"]
        return made

    async def rows(self, section: str, sid: str | None = None) -> list[dict[str, Any]]:
        """What a perfect client of the seller would hold now; see `GET /_sim/truth/{section}`."""
        path = f"/truth/{section}?sid={sid}" if sid else f"/truth/{section}"
        rows: list[dict[str, Any]] = (await self.control("GET", path))["rows"]
        return rows

    async def truth(self, sid: str | None = None) -> dict[str, Any]:
        """What happened in a seller's shop."""
        found: dict[str, Any] = await self.control("GET", f"/truth?sid={sid}" if sid else "/truth")
        return found

    async def changes(self, since_seq: int = 0) -> list[dict[str, Any]]:
        """Order-row versions made after the start."""
        listed: list[dict[str, Any]] = (await self.control("GET", f"/changes?since_seq={since_seq}"))["changes"]
        return listed

    async def counts(self) -> dict[tuple[str, int], int]:
        """How many requests WB methods received, by path and status."""
        rows = (await self.control("GET", "/requests/counts"))["counts"]
        return {(row["path"], row["status"]): row["count"] for row in rows}

    async def webhooks(self) -> list[dict[str, Any]]:
        """Webhooks, and what was sent to them; see `GET /_sim/webhooks`."""
        listed: list[dict[str, Any]] = (await self.control("GET", "/webhooks"))["webhooks"]
        return listed

    async def overdrawn(self) -> int:
        """How many requests came before WB's limits permit them."""
        count: int = (await self.control("GET", "/requests/counts"))["overdrawn"]
        return count

    async def requests(self, since: int = 0) -> list[dict[str, Any]]:
        """The requests that WB methods received."""
        kept: list[dict[str, Any]] = (await self.control("GET", f"/requests?since={since}"))["requests"]
        return kept


@asynccontextmanager
async def running_wbsim(
    config: Config | None = None,
    *,
    scenario: Path | None = None,
    host: str = "127.0.0.1",
    **options: Any,
) -> AsyncIterator[Wbsim]:
    """A simulator on a free port of the running loop, stopped at the end; `options` are Config's fields.

    With a scenario file, `options` replace what the file says; BadScenario for a file that is none.
    """
    played = read_scenario(scenario) if scenario else None
    app = create_app(config or replace(played.config if played else Config(), **options), played)
    listener = bind(host, 0)
    server = GuestServer(quiet(app))
    serving = asyncio.create_task(server.serve(sockets=[listener]), name="wbsim")
    try:
        await _started(server, serving)
        yield Wbsim(f"http://{host}:{listener.getsockname()[1]}", app.state.world)
    finally:
        server.should_exit = True
        await serving
        listener.close()


async def _started(server: GuestServer, serving: asyncio.Task[None]) -> None:
    while not server.started:
        if serving.done():
            await serving
        await asyncio.sleep(0.005)
