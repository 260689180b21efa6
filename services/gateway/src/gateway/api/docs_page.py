"""The page that shows the interface: everything it loads comes from here, and its policy allows nothing else."""

import base64
import hashlib
import importlib.resources
import re
from functools import cache

from fastapi.openapi.docs import get_swagger_ui_html
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route

PATH = "/docs"
TYPES = {
    "swagger-ui-bundle.js": "text/javascript; charset=utf-8",
    "swagger-ui.css": "text/css; charset=utf-8",
    "favicon.png": "image/png",
}
KEPT_SECONDS = 86_400


def docs_routes(*, title: str, openapi_url: str) -> list[Route]:
    """The page, and the files that it loads, which the package `fastapi_offline` ships."""
    script, styles, icon = (f"{PATH}/{name}" for name in TYPES)
    page = get_swagger_ui_html(
        openapi_url=openapi_url,
        title=title,
        swagger_js_url=script,
        swagger_css_url=styles,
        swagger_favicon_url=icon,
        # The outer world's validator would be sent the document's address.
        swagger_ui_parameters={"validatorUrl": None},
    )
    html = bytes(page.body).decode()
    policy = _policy(html)

    async def show(_: Request) -> HTMLResponse:
        return HTMLResponse(html, headers={"Content-Security-Policy": policy})

    async def file(request: Request) -> Response:
        name = request.path_params["name"]
        if name not in TYPES:
            return Response(status_code=404)
        headers = {"Content-Type": TYPES[name], "Cache-Control": f"public, max-age={KEPT_SECONDS}"}
        return Response(_read(name), headers=headers)

    return [Route(PATH, show), Route(f"{PATH}/{{name}}", file)]


def _policy(html: str) -> str:
    """What the page may load: its own files, the one script in it, and styles that Swagger UI sets itself."""
    hashes = [
        base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        for script in re.findall(r"<script>(.*?)</script>", html, re.DOTALL)
    ]
    scripts = " ".join(f"'sha256-{each}'" for each in hashes)
    return (
        f"default-src 'none'; script-src 'self' {scripts}; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'"
    )


@cache
def _read(name: str) -> bytes:
    return (importlib.resources.files("fastapi_offline") / "static" / name).read_bytes()
