"""Cloud DNS: signed zones."""

from policypacks.engine.rule import NOT_APPLICABLE, Resource, Verdict, forbid_in, require_equal, rule


@rule("gcp-dns-zone-dnssec")
def dnssec(zone: Resource) -> Verdict:
    """Public zones are signed.

    Without DNSSEC an answer can be forged on the way. Private zones cannot be signed.
    """
    if zone.get("visibility", "public") != "public":
        return NOT_APPLICABLE
    return require_equal(zone, "dnssecConfig.state", "on")


@rule("gcp-dns-zone-no-rsasha1")
def no_rsasha1(zone: Resource) -> Verdict:
    """Zones are not signed with RSASHA1.

    SHA-1 can be collided; RFC 8624 says not to sign with it.
    """
    return forbid_in(zone, "dnssecConfig.defaultKeySpecs[].algorithm", ("rsasha1",), ignore_case=True)
