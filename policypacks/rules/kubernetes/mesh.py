"""Rules for a service mesh (Istio): exceptions from mutual TLS have an end, and it has not passed."""

from collections.abc import Iterator
from datetime import date

from policypacks.engine.rule import NOT_APPLICABLE, PASS, Pattern, Resource, Verdict, fail, rule

PEER_AUTHENTICATION = Pattern(r"kubernetes:security\.istio\.io/[^:]+:PeerAuthentication\Z")
UNTIL = "platform-lib/mtls-until"
"""Annotation with the last day on which plain text is taken, written by ``MeshComponent``."""

PLAIN = ("PERMISSIVE", "DISABLE")


@rule("k8s-mesh-mtls-exception-not-expired")
def exception_not_expired(peer: Resource) -> Verdict:
    """What takes plain text in a mesh says until when, and that day has not passed.

    An exception without an end is the rule: nobody comes back to it. A program has no clock, so that it can only write
    the day down. Source of the modes: https://istio.io/latest/docs/reference/config/security/peer_authentication/.
    """
    if not PEER_AUTHENTICATION.fits(peer.type):
        return NOT_APPLICABLE
    plain = next(_plain(peer), None)
    if plain is None:
        return NOT_APPLICABLE
    place = f'metadata.annotations["{UNTIL}"]'
    until = peer.get(place)
    if until is None:
        problem = f"does not say until when {plain} takes plain text"
        return fail(place, problem, "declare the exception, with its end, in the arguments of the mesh")
    got = "" if peer.is_secret(place) else f", got '{until}'"
    try:
        last = date.fromisoformat(str(until))
    except ValueError:
        return fail(place, f"is no date{got}", "write it as '2026-12-31'")
    if last < peer.setting.today:
        problem = f"has passed, and {plain} still takes plain text{got}"
        return fail(place, problem, "take the exception away, or have a new end reviewed")
    return PASS


def _plain(peer: Resource) -> Iterator[str]:
    """Where plain text is taken."""
    if peer.get("spec.mtls.mode") in PLAIN:
        yield "spec.mtls.mode"
    for port, entry in peer.entries("spec.portLevelMtls"):
        if entry.get("mode") in PLAIN:
            yield f"spec.portLevelMtls.{port}"
