"""Secrets of a Kubernetes cluster, and the charts that bring software into it."""

import base64
import binascii
from collections.abc import Iterator

from policypacks.engine.rule import (
    NOT_APPLICABLE,
    PASS,
    Node,
    Pattern,
    Resource,
    Undetermined,
    Verdict,
    all_in,
    fail,
    forbid_in,
    judge,
    require,
    require_false,
    rule,
    undetermined,
)
from policypacks.rules.common.credentials import credential_in

VERSION = Pattern(r"v?[0-9]{1,10}\.[0-9]{1,10}\.[0-9]{1,10}[-+0-9A-Za-z.]{0,80}")
"""One version by semver.org, no range."""


@rule("k8s-service-account-no-automount")
def no_automount(account: Resource) -> Verdict:
    """Service accounts hand out no token by themselves.

    The token is mounted into every pod of the account unless account or pod says otherwise.
    """
    return require_false(account, "automountServiceAccountToken")


@rule("k8s-secret-not-legacy-token")
def legacy_token(secret: Resource) -> Verdict:
    """No secret is a token of a service account.

    Such a token never expires; tokens of the TokenRequest API do.
    """
    return forbid_in(secret, "type", ("kubernetes.io/service-account-token",))


@rule("k8s-secret-from-pulumi-secret-or-external")
def from_secret(secret: Resource) -> Verdict:
    """Values of secrets are Pulumi secrets.

    A plain value stands readable in the program, in the state and in every preview. Only the Python SDK marks these
    values by itself.
    """

    def check(path: str) -> Verdict:
        holder = secret.at(path)
        if not holder.exists() or secret.is_secret(path):
            return PASS
        verdicts = []
        for key, entry in holder.entries():
            if entry.secret:
                continue
            if not isinstance(entry.value, str):
                raise Undetermined(entry.path)
            verdicts.append(
                fail(entry.path, "is not a Pulumi secret", f"wrap {key} in Output.secret or config secrets")
            )
        return all_in([PASS, *verdicts])

    return all_in(judge(lambda _, p=path: check(p), secret) for path in ("data", "stringData"))


def _decoded(text: str) -> str:
    try:
        return base64.b64decode(text, validate=True).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError):
        return ""


@rule("k8s-configmap-no-credentials")
def configmap(config: Resource) -> Verdict:
    """Config maps hold no credentials.

    They are plain text for everyone who may read the namespace, and are not encrypted at rest.
    """

    def check(entry: Node, key: str, text: str) -> Verdict:
        kind = credential_in(f"{key}={text}")
        return PASS if kind is None else fail(entry.path, f"holds {kind}", "keep it in a Secret or Vault")

    def of(path: str) -> Iterator[Verdict]:
        for key, entry in config.entries(path):
            yield judge(
                lambda it, key=key: check(
                    it, key, _decoded(str(it.read())) if path == "binaryData" else str(it.read())
                ),
                entry,
            )

    return all_in([PASS, *of("data"), *of("binaryData")])


def _is_local(release: Resource) -> bool:
    return str(release.get("chart", "")).startswith(("./", "../", "/"))


@rule("k8s-helm-release-version-pinned")
def chart_pinned(release: Resource) -> Verdict:
    """Charts are installed in one version.

    Without a version, or with a range, the next update installs what was published meanwhile.
    """
    if _is_local(release):
        return NOT_APPLICABLE
    return require(
        release,
        "version",
        test=lambda value: VERSION.fits(str(value)),
        problem="is not one version",
        remedy="set {path} to the chart version, such as 1.2.3",
    )


@rule(
    "k8s-helm-release-trusted-repository",
    config={
        "repositories": {
            "type": "array",
            "items": {"type": "string"},
            "default": [],
            "description": "starts of chart repository addresses that are trusted; all https and oci ones where empty",
        }
    },
)
def chart_repository(release: Resource) -> Verdict:
    """Charts come from trusted repositories, over TLS.

    A chart may create anything in the cluster, with the rights of whoever installs it.
    """
    if _is_local(release):
        return NOT_APPLICABLE
    trusted = release.config["repositories"]

    def test(address: object) -> bool:
        text = str(address)
        return text.startswith(("https://", "oci://")) and (
            not trusted or any(f"{text}/".startswith(f"{start.rstrip('/')}/") for start in trusted)
        )

    path = "chart" if str(release.get("chart", "")).startswith("oci://") else "repositoryOpts.repo"
    return require(
        release,
        path,
        test=test,
        problem="is not a trusted repository",
        remedy="set {path} to an https or oci address that is trusted",
    )


def _texts(node: Node, key: str) -> Iterator[tuple[str, Node]]:
    if isinstance(node.value, dict):
        for name, entry in node.entries():
            yield from _texts(entry, name)
    elif isinstance(node.value, list):
        for entry in node.spread():
            yield from _texts(entry, key)
    else:
        yield key, node


@rule("k8s-helm-release-values-no-secrets")
def chart_values(release: Resource) -> Verdict:
    """Values of charts hold no credentials but Pulumi secrets.

    Values stand in the program, and Helm keeps them in the cluster beside the release.
    """

    def check(key: str, leaf: Node) -> Verdict:
        kind = credential_in(f"{key}={leaf.read()}")
        if kind is None or leaf.secret:
            return PASS
        if not release.facts.secrets:
            return undetermined(leaf.path)
        return fail(leaf.path, f"holds {kind}", "pass it as a Pulumi secret, or name an existing Secret")

    return all_in(
        [PASS, *(judge(lambda it, key=key: check(key, it), leaf) for key, leaf in _texts(release.at("values"), ""))]
    )
