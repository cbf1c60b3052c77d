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

    def check(holder: Node) -> Verdict:
        if not holder.exists() or holder.is_secret():
            return PASS
        return all_in([PASS, *(judge(value, entry) for _, entry in holder.entries())])

    def value(entry: Node) -> Verdict:
        if entry.secret:
            return PASS
        entry.read()
        return fail(entry.path, "is not a Pulumi secret", "wrap it in Output.secret, or take it from secret config")

    return all_in(judge(check, secret.at(path)) for path in ("data", "stringData"))


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

    def check(entry: Node) -> Verdict:
        key = entry.path.rstrip('"]').rpartition(".")[2]
        text = str(entry.read())
        kind = credential_in(f"{key}={_decoded(text) if entry.path.startswith('binaryData') else text}")
        return PASS if kind is None else fail(entry.path, f"holds {kind}", "keep it in a Secret or Vault")

    return all_in(
        [PASS, *(judge(check, entry) for path in ("data", "binaryData") for _, entry in config.entries(path))]
    )


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


def _texts(node: Node) -> Iterator[Node]:
    if isinstance(node.value, dict):
        for _, entry in node.entries():
            yield from _texts(entry)
    elif isinstance(node.value, list):
        for entry in node.spread():
            yield from _texts(entry)
    else:
        yield node


@rule("k8s-helm-release-values-no-secrets")
def chart_values(release: Resource) -> Verdict:
    """Values of charts hold no credentials but Pulumi secrets.

    Values stand in the program, and Helm keeps them in the cluster beside the release.
    """

    def check(leaf: Node) -> Verdict:
        key = leaf.path.rstrip('"]').rpartition(".")[2]
        kind = credential_in(f"{key}={leaf.read()}")
        if kind is None or leaf.secret:
            return PASS
        if not release.facts.secrets:
            return undetermined(leaf.path)
        return fail(leaf.path, f"holds {kind}", "pass it as a Pulumi secret, or name an existing Secret")

    return all_in([PASS, *(judge(check, leaf) for leaf in _texts(release.at("values")))])
