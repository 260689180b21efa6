"""Everything that the fakes know."""

import json
import secrets
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat

from pushsim.faults import Faults
from pushsim.inbox import Inbox

PROJECT = "pulse-test"
ACCOUNT = f"sender@{PROJECT}.iam.gserviceaccount.com"


@cache
def _account_key() -> rsa.RSAPrivateKey:
    # Of one process the same: making it takes longer than most tests.
    return rsa.generate_private_key(65537, 2048)


@dataclass
class Browser:
    """A subscription with the keys that only the browser has."""

    id: str
    private_key: ec.EllipticCurvePrivateKey
    auth: bytes
    vapid_key: str | None
    """What it was made with; None: any key is taken."""
    is_gone: bool = False


@dataclass
class Sim:
    """The state of all of them."""

    url: str = ""
    inbox: Inbox = field(default_factory=Inbox)
    faults: Faults = field(default_factory=Faults)
    browsers: dict[str, Browser] = field(default_factory=dict)
    devices: dict[str, bool] = field(default_factory=dict)
    """Token → whether the app is there still."""
    access_tokens: dict[str, float] = field(default_factory=dict)
    """Token → when it ends."""
    token_seconds: int = 3600
    tokens_given: int = 0
    refused: list[str] = field(default_factory=list)
    """Why what was refused was refused, where nobody had ordered it."""
    key: rsa.RSAPrivateKey = field(default_factory=_account_key)
    user: str | None = None
    password: str | None = None

    def new_subscription(self, vapid_key: str | None = None) -> dict[str, str]:
        """A browser's subscription: `endpoint`, `p256dh`, `auth`."""
        private_key = ec.generate_private_key(ec.SECP256R1())
        browser = Browser(secrets.token_urlsafe(24), private_key, secrets.token_bytes(16), vapid_key)
        self.browsers[browser.id] = browser
        point = private_key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return {"endpoint": f"{self.url}/push/{browser.id}", "p256dh": encoded(point), "auth": encoded(browser.auth)}

    def new_device(self) -> str:
        """A registration token."""
        token = f"{secrets.token_urlsafe(16)}:{secrets.token_urlsafe(100)}"
        self.devices[token] = True
        return token

    def end(self, name: str) -> bool:
        """A browser (by its endpoint) or a device is no more; whether there was one."""
        browser = self.browsers.get(name.rpartition("/")[2])
        if browser is not None:
            browser.is_gone = True
        if name in self.devices:
            self.devices[name] = False
        return browser is not None or name in self.devices

    def credentials(self) -> str:
        """The JSON of the service account."""
        pem = self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
        account: dict[str, Any] = {"type": "service_account", "project_id": PROJECT, "client_email": ACCOUNT}
        return json.dumps({**account, "private_key": pem, "token_uri": f"{self.url}/token"})

    def new_access_token(self) -> str:
        """One that is good for `token_seconds`."""
        token = f"ya29.{secrets.token_urlsafe(40)}"
        self.access_tokens[token] = time.time() + self.token_seconds
        self.tokens_given += 1
        return token


def encoded(data: bytes) -> str:
    """base64url without padding."""
    return urlsafe_b64encode(data).rstrip(b"=").decode()


def decoded(text: str) -> bytes:
    """The bytes of base64url without padding; raises ValueError."""
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
