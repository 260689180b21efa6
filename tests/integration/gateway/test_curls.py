"""Every curl of the READMEs, run by bash as it is written against a running gateway: host and key alone are others."""

import asyncio
import os
import re
from pathlib import Path

import pytest
from local.workspace import find_root
from support.gateway import Gateway, User, wb_token
from support.running_shop import RunningShop
from support.signing_in import init_data, sign_in

ROOT = find_root(Path(__file__).parent)
PAGES = ("README.md", "services/gateway/README.md")
PLACEHOLDERS = {
    **{"<the WB token>": wb_token(), "eyJ…": wb_token()},
    "https://example.com/": "https://93.184.216.34/",  # needs no resolving
}
"""What a reader puts his own in place of."""

# What is refused is answered with its reason, and curl would be content with that.
STRICT = 'set -euo pipefail\ncurl() { command curl --fail-with-body -sS "$@"; }\n'


def blocks(page: str) -> list[str]:
    """Those of a page that call the interface, without the commands that set up an installation."""
    fenced = re.findall(r"^```\w*\n(.*?)^```$", (ROOT / page).read_text(), re.MULTILINE | re.DOTALL)
    return [block for block in fenced if re.search(r"^.*\bcurl .*/api/v1/", block, re.MULTILINE)]


def as_a_script(block: str, url: str) -> str:
    """The block for this gateway, without what makes keys."""
    lines = [line for line in block.splitlines() if not re.match(r"export|make|(ADMIN_)?KEY=", line)]
    script = re.sub(r"(http://)?(localhost|127\.0\.0\.1):8080", url, "\n".join(lines))
    for written, meant in PLACEHOLDERS.items():
        script = script.replace(written, meant)
    return f"{STRICT}{script}\n"


@pytest.mark.parametrize("page", PAGES)
def test_a_page_has_some(page: str) -> None:
    assert blocks(page)


async def test_each_does_what_is_said(gateway: Gateway, bob: User, running_shop: RunningShop, tmp_path: Path) -> None:
    shop = running_shop.shop
    session = await sign_in(gateway, shop.owner.telegram_id)
    invited = await shop.owner.call("POST", f"/cabinets/{shop.cabinet_id}/invitations", json={"role": "viewer"})
    own = {
        "KEY": shop.owner.key,
        "THEIR_KEY": bob.key,
        "ADMIN_KEY": await gateway.key(None, scopes=("admin",)),
        "ACCESS_TOKEN": session.user.key,
        "REFRESH_TOKEN": session.refresh_token,
        "INIT_DATA": init_data(shop.owner.telegram_id),
        "INVITATION": invited.json()["token"],
        "CABINET": str(shop.cabinet_id),
        "HOOK": str(shop.ids["webhook_id"]),
    }
    for page, block in [(name, found) for name in PAGES for found in blocks(name)]:
        process = await asyncio.create_subprocess_exec(
            *("bash", "-c", as_a_script(block, running_shop.url)),
            env=os.environ | own,
            cwd=tmp_path,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        output, _ = await process.communicate()
        assert process.returncode == 0, f"{page}:\n{block}\n{output.decode()}"
