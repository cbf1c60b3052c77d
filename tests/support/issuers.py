"""An identity provider and the API of Kubernetes that reviews tokens, on loopback, with keys of the test."""

import base64
import contextlib
import json
import threading
import time
import urllib.parse
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

KEY_ID = "one"


@dataclass
class Issuer:
    """Signs tokens; as an identity provider it hands them out for codes, as Kubernetes it reviews them.

    Attributes:
        url: where it listens.
        codes: claims of the token that a code is exchanged for.
        accounts: namespace and name of the service account that a token of Kubernetes belongs to.
    """

    url: str = ""
    codes: dict[str, dict[str, Any]] = field(default_factory=dict)
    accounts: dict[str, tuple[str, str]] = field(default_factory=dict)
    reviews: list[dict[str, Any]] = field(default_factory=list)
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def token(self, **claims: Any) -> str:
        """A signed token, good for five minutes."""
        now = int(time.time())
        usual = {"iss": self.url, "iat": now, "nbf": now - 5, "exp": now + 300}
        return jwt.encode({**usual, **claims}, self.key, algorithm="ES256", headers={"kid": KEY_ID})

    @property
    def public_key(self) -> str:
        """Its public key, PEM."""
        public = self.key.public_key()
        encoded = public.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
        return encoded.decode()

    def pod_token(self, namespace: str, account: str, audience: str = "vault") -> str:
        """A token of a service account."""
        about = {"namespace": namespace, "serviceaccount": {"name": account, "uid": f"uid-{namespace}-{account}"}}
        subject = f"system:serviceaccount:{namespace}:{account}"
        made = self.token(sub=subject, aud=[audience], **{"kubernetes.io": about})
        self.accounts[made] = (namespace, account)
        return made

    def answer(self, path: str, body: bytes) -> dict[str, Any] | None:
        """What is answered to a request; None for nothing."""
        if path == "/.well-known/openid-configuration":
            return {
                "issuer": self.url,
                "authorization_endpoint": f"{self.url}/authorize",
                "token_endpoint": f"{self.url}/token",
                "jwks_uri": f"{self.url}/keys",
                "id_token_signing_alg_values_supported": ["ES256"],
                "response_types_supported": ["code"],
                "subject_types_supported": ["public"],
            }
        if path == "/keys":
            return {"keys": [self._jwk()]}
        if path == "/token":
            code = urllib.parse.parse_qs(body.decode())["code"][0]
            return {"access_token": "a", "token_type": "Bearer", "id_token": self.token(**self.codes[code])}
        if path == "/apis/authentication.k8s.io/v1/tokenreviews":
            return self._review(json.loads(body))
        return None

    def _jwk(self) -> dict[str, str]:
        numbers = self.key.public_key().public_numbers()

        def text(number: int) -> str:
            return base64.urlsafe_b64encode(number.to_bytes(32, "big")).rstrip(b"=").decode()

        point = {"x": text(numbers.x), "y": text(numbers.y)}
        return {"kty": "EC", "crv": "P-256", "alg": "ES256", "use": "sig", "kid": KEY_ID, **point}

    def _review(self, asked: dict[str, Any]) -> dict[str, Any]:
        self.reviews.append(asked["spec"])
        account = self.accounts.get(asked["spec"]["token"])
        status: dict[str, Any] = {"authenticated": False, "error": "unknown token"}
        if account is not None:
            namespace, name = account
            user = {
                "username": f"system:serviceaccount:{namespace}:{name}",
                "uid": f"uid-{namespace}-{name}",
                "groups": ["system:serviceaccounts", f"system:serviceaccounts:{namespace}"],
            }
            status = {"authenticated": True, "user": user, "audiences": asked["spec"].get("audiences", [])}
        return {
            "apiVersion": "authentication.k8s.io/v1",
            "kind": "TokenReview",
            "spec": asked["spec"],
            "status": status,
        }


@contextlib.contextmanager
def issuer() -> Iterator[Issuer]:
    """An issuer that listens while the block runs."""
    made = Issuer()

    class Handler(BaseHTTPRequestHandler):
        def _do(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            found = made.answer(self.path.partition("?")[0], body)
            encoded = json.dumps(found or {}).encode()
            self.send_response(404 if found is None else 200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(encoded)))
            self.end_headers()
            self.wfile.write(encoded)

        do_GET = do_POST = _do

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield made
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
