"""The gateway put together."""

from collections.abc import AsyncIterator, MutableMapping, Sequence
from contextlib import aclosing, asynccontextmanager
from typing import Any

from contracts.cabinets import CabinetSuspendedV1, CabinetVerifiedV1
from contracts.syncs import SyncCompletedV1, SyncFailedV1
from contracts.topics import GATEWAY_CABINETS, GATEWAY_SYNCS, GATEWAY_WB_COMMANDS
from contracts.wb_commands import WbCommandChangedV1
from fastapi import Depends, FastAPI
from fastapi.telemetry import TelemetryConfig
from pydantic import SecretStr
from servicekit.background import every
from servicekit.cache import Cache, connect_redis
from servicekit.checks import redis_check, standard_checks
from servicekit.consume import consume
from servicekit.counters import Counted
from servicekit.health import health_routes, is_probe
from servicekit.http import make_client
from servicekit.http_server import Ready
from servicekit.listening import serve_beside
from servicekit.metrics import metrics_route
from servicekit.purge import EVERY_SECONDS as PURGE_SECONDS
from servicekit.retention import EVERY_SECONDS as RETENTION_SECONDS
from servicekit.retention import forget_old
from servicekit.serving import Platform, started
from starlette.applications import Starlette
from starlette.types import Receive, Scope, Send

from gateway import invalidation
from gateway.access_tokens import AccessTokens
from gateway.admin import configuration
from gateway.admin.dead_letters import DeadLetters
from gateway.admission.limits import REFUSED, Allowed
from gateway.answers.pipeline import PREFIX, READS
from gateway.api import (
    alerts,
    analytics,
    cabinets,
    completeness,
    described,
    digests,
    entered,
    me,
    members,
    notification_settings,
    orders,
    problems,
    products,
    review_answers,
    reviews,
    sign_in,
    stocks,
    syncs,
    targets,
    told,
    unsubscribe,
    wb_commands,
    webhook_deliveries,
    webhooks,
)
from gateway.api.admin import resources as administration
from gateway.api.admin.operations import Operations
from gateway.api.docs_page import docs_routes
from gateway.api.document import mend
from gateway.api.parts import Parts
from gateway.api.protection import MAX_BODY_BYTES, SECURITY_HEADERS, LimitBody, SecureHeaders
from gateway.api.strict_query import refuse_unknown_parameters
from gateway.entrance import Entrance
from gateway.handlers.cabinet_suspended import cabinet_suspended
from gateway.handlers.cabinet_verified import cabinet_verified
from gateway.handlers.sync_completed import sync_completed
from gateway.handlers.sync_failed import sync_failed
from gateway.handlers.wb_command_changed import wb_command_changed
from gateway.idempotency.once import REPEATS
from gateway.jobs.purge import purge
from gateway.jobs.retention import rules
from gateway.order_reports import TIMEOUT_SECONDS, OrderReports
from gateway.reading import ReadPool
from gateway.replica import REPLICA_READS, Reads
from gateway.request_durations import REQUEST_SECONDS, Operation, RequestDurations, operations_of
from gateway.settings import READS_AT_A_TIME, REQUESTS_AT_A_TIME, Settings
from gateway.status.route import status_route

DESCRIPTION = """
Reads and commands of Pulse, the backend of a Wildberries seller.

**Calling.** Send an API key as `Authorization: Bearer pulse_…` (or `X-API-Key`). A key acts for one Telegram
user, or for the one named in `X-Telegram-User-Id`. It has the scopes `read` and `write`, or one of them.
People sign in with Telegram instead (`/auth/…`) and send the access token in the key's place. What a member may
change in a cabinet is said by his role there: viewer, analyst, manager or owner; 403 `role_insufficient` says which
it takes.

**Errors** are problem details (RFC 9457) with a stable `code` and a `trace_id`. What is another user's answers
exactly like what does not exist: 404.

**Limits.** Requests are limited by key, user and address. `RateLimit` says how many more may come now; after a 429
`Retry-After` says when.

**Repeats.** A request that writes is done once, however often it is sent with the same `Idempotency-Key`.

**Values.** Money is a decimal string, unknown is null and never 0, times carry their offset, days are Moscow days.
"""


def build(platform: Platform, settings: Settings, *, made: "Interface | None" = None) -> "Interface":
    """The service: its interface (a new one, unless it is `made` already), its consumers, its outbox relay."""
    redis = connect_redis(settings.redis_url.get_secret_value())
    client = make_client(timeout_seconds=TIMEOUT_SECONDS, max_connections=REQUESTS_AT_A_TIME)
    broker, database = platform.broker, platform.database
    cache = Cache(redis, prefix=settings.redis_key_prefix)
    tokens = AccessTokens(settings.access_tokens_signed_with)
    consume(
        broker,
        database,
        GATEWAY_CABINETS,
        {CabinetVerifiedV1: cabinet_verified, CabinetSuspendedV1: cabinet_suspended},
        after_commit=invalidation.of_cabinets(cache),
    )
    consume(broker, database, GATEWAY_SYNCS, {SyncCompletedV1: sync_completed, SyncFailedV1: sync_failed})
    consume(
        broker,
        database,
        GATEWAY_WB_COMMANDS,
        {WbCommandChangedV1: wb_command_changed},
        after_commit=invalidation.of_reviews(cache),
    )

    reads = _reads(settings)
    counters: tuple[Counted, ...] = (
        *(READS, REFUSED, REPEATS, REPLICA_READS, REQUEST_SECONDS),
        *reads.primary.gauges(),
    )
    # On a port of its own: whoever may call the interface from outside sees nothing of how the service fares.
    checks = standard_checks(platform.database, platform.broker)
    all_checks = {**checks, "redis": redis_check(redis)}
    metrics = Starlette(
        routes=[
            metrics_route(database, broker, counters=counters, redis=redis),
            status_route(all_checks, database.dsn, broker, client, settings.prometheus_url),
        ]
    )
    works = {
        "purge": every(PURGE_SECONDS, lambda: purge(database)),
        "metrics": lambda: serve_beside(metrics, settings.host, settings.metrics_port),
        "retention": every(RETENTION_SECONDS, lambda: forget_old(database, rules(settings))),
    }

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        async with redis, client, aclosing(reads), started(platform, works):
            yield

    app = made or interface(telemetry={"tracer_provider": platform.tracer_provider})
    app.router.lifespan_context = lifespan
    app.state.redis = redis
    app.state.metrics = metrics
    app.state.parts = Parts(
        database=platform.database,
        reads=reads,
        cache=cache,
        seal_public_key=settings.seal_public_key,
        seal_webhooks_public_key=settings.seal_webhooks_public_key,
        allow_private_urls=settings.allow_private_urls,
        reports=OrderReports(client, settings.reporter_url),
        tokens=tokens,
        bot_token=settings.telegram_bot_token,
    )
    dead_letters = DeadLetters(settings.rabbitmq_url.get_secret_value())
    app.state.operations = Operations(dead_letters, configuration.describe(settings))
    app.entrance = Entrance(
        platform.database,
        cache,
        SECURITY_HEADERS,
        allowed=Allowed(
            key=settings.rate_limit_key,
            user=settings.rate_limit_user,
            address=settings.rate_limit_address,
            refused=settings.rate_limit_refused,
        ),
        max_body_bytes=MAX_BODY_BYTES,
        tokens=tokens,
        durations=RequestDurations(app.operations),
    )
    app.router.routes.extend(health_routes(checks, optional={"redis": redis_check(redis)}))
    return app


def _reads(settings: Settings) -> Reads:
    def pool(url: SecretStr) -> ReadPool:
        return ReadPool(url.get_secret_value(), size=READS_AT_A_TIME, timeout_seconds=settings.db_timeout)

    url = settings.database_replica_url
    return Reads(pool(settings.database_url), None if url is None else pool(url))


class Interface(FastAPI):
    """Its routes, behind their entrance; it describes too what no route says of itself."""

    entrance: Entrance | None = None
    operations: Sequence[Operation] = ()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if self.entrance is None:
            await super().__call__(scope, receive, send)
        else:
            await self.entrance(scope, receive, send, super().__call__)

    def refuse(self, scope: Scope) -> Ready | None:
        """What a request is refused with by its head alone; None: it is to come in."""
        return None if self.entrance is None else self.entrance.flood(scope)

    def openapi(self) -> dict[str, Any]:
        if self.openapi_schema is None:
            # Made once: whoever asks for a method that is not there is told by it which are, with a key or without.
            document = super().openapi()
            document["paths"] = dict(sorted(document["paths"].items()))
            described.complete(document)
            administration.describe(document)
            mend(document)
            self.openapi_schema = document
        return self.openapi_schema


def interface(telemetry: TelemetryConfig | None = None) -> Interface:
    """The HTTP interface alone: enough to describe it."""
    app = Interface(
        title="Pulse",
        version="1.0.0",
        summary="Wildberries cabinets, orders and syncs",
        description=DESCRIPTION,
        openapi_tags=[
            {"name": "admin", "description": "for administrators, in the dialect of ra-data-simple-rest"},
            {"name": "alerts", "description": "what a seller should know, until its cause is gone"},
            {"name": "analytics", "description": "periods beside those before, and how items do"},
            {"name": "cabinets", "description": "WB shops connected by a token"},
            {"name": "commands", "description": "what is written at Wildberries, and how far it has come"},
            {"name": "digests", "description": "what days, weeks and months came to, and why"},
            {"name": "entered", "description": "what Wildberries does not know: costs, taxes, lead times, plans"},
            {"name": "me", "description": "the user who asks, and the sessions he signed in to"},
            {"name": "members", "description": "who sees a cabinet, what each may do there, and invitations"},
            {"name": "notifications", "description": "what you are told, and what not"},
            {"name": "orders", "description": "orders as WB last described them"},
            {"name": "products", "description": "items: cards, prices, stock, ratings, figures"},
            {"name": "reviews", "description": "what buyers wrote and asked, and what waits for an answer"},
            {"name": "sign-in", "description": "people sign in with Telegram and get tokens"},
            {"name": "stocks", "description": "what there is, how long it lasts, what to send"},
            {"name": "syncs", "description": "fresh data on request, and how fresh it is"},
            {"name": "webhooks", "description": "programs that are told what happens, and what they missed"},
        ],
        docs_url=None,
        redoc_url=None,
        generate_unique_id_function=lambda route: route.name,  # what clients call their functions
        telemetry={
            "metrics": False,
            "logs": False,
            "operation_spans": False,
            "exclude": _is_probe,
            **(telemetry or {}),
        },
    )
    app.router.routes.extend(docs_routes(title=app.title, openapi_url=str(app.openapi_url)))
    app.add_middleware(LimitBody)
    app.add_middleware(SecureHeaders)
    problems.install(app)
    routers = [
        part.router
        for part in (
            # They are looked through in turn: what is read most comes first.
            *(orders, products, stocks, analytics, reviews, alerts, cabinets, digests, syncs, completeness, entered),
            *(
                review_answers,
                wb_commands,
                me,
                members,
                notification_settings,
                sign_in,
                webhooks,
                webhook_deliveries,
                told,
            ),
            *(targets, unsubscribe),
        )
    ]
    routers += administration.ROUTERS
    app.operations = operations_of(routers, PREFIX)
    # Each by itself: FastAPI looks for a route twice in every router that it is included by.
    for router in routers:
        app.include_router(
            router,
            prefix=PREFIX.rstrip("/"),
            dependencies=[Depends(refuse_unknown_parameters)],
            responses=problems.documented(400, 401, 403, 422, 429, 500, 503),
        )
    return app


def _is_probe(scope: MutableMapping[str, Any]) -> bool:
    return is_probe(str(scope.get("path", "")))
