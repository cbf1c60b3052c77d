"""A stand-in for the part of the Kubernetes API that reviews tokens of service accounts, by HTTPS on loopback."""

import base64
import contextlib
import json
import ssl
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any


def _part(value: dict[str, Any]) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


@dataclass
class TokenReviews:
    """The accounts that the stand-in knows by their tokens.

    Attributes:
        address: URL of the API.
    """

    address: str = ""
    _known: dict[str, dict[str, Any]] = field(default_factory=dict)

    def token(self, namespace: str, account: str, audience: str = "vault") -> str:
        """A token of a service account, as the API of the cluster would hand it out; its signature is none."""
        uid = f"uid-{namespace}-{account}"
        claims = {
            "iss": "https://kubernetes.default.svc",
            "sub": f"system:serviceaccount:{namespace}:{account}",
            "aud": [audience],
            "kubernetes.io": {"namespace": namespace, "serviceaccount": {"name": account, "uid": uid}},
        }
        text = f"{_part({'alg': 'RS256', 'typ': 'JWT'})}.{_part(claims)}.c2lnbmF0dXJl"
        self._known[text] = {"claims": claims, "uid": uid}
        return text

    def review(self, asked: dict[str, Any]) -> dict[str, Any]:
        """The answer to a review (https://kubernetes.io/docs/reference/kubernetes-api/authentication-resources)."""
        known = self._known.get(asked["spec"]["token"])
        audiences = asked["spec"].get("audiences") or []
        status: dict[str, Any] = {"authenticated": False, "error": "unknown token"}
        if known is not None and (not audiences or set(audiences) & set(known["claims"]["aud"])):
            status = {
                "authenticated": True,
                "audiences": audiences,
                "user": {
                    "username": known["claims"]["sub"],
                    "uid": known["uid"],
                    "groups": ["system:serviceaccounts", "system:authenticated"],
                },
            }
        return {**asked, "status": status}


@contextlib.contextmanager
def token_reviews(certificate: Path, key: Path) -> Iterator[TokenReviews]:
    """The stand-in while the block runs.

    Args:
        certificate: for 127.0.0.1, PEM.
        key: its private key, PEM.
    """
    reviews = TokenReviews()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            body = json.dumps(reviews.review(asked)).encode()
            self.send_response(201)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Says nothing."""

    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    reviews.address = f"https://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield reviews
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
