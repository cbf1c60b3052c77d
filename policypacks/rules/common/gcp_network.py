"""Firewall rules and HTTP proxies of Google Cloud: what they let in, and whether they only redirect."""

from collections.abc import Collection, Iterable

from policypacks.engine.rule import (
    NOT_APPLICABLE,
    PASS,
    Node,
    Resource,
    Verdict,
    all_in,
    each,
    fail,
    is_open,
    judge,
    undetermined,
)

HTTP_PROXIES = (
    "gcp:compute/targetHttpProxy:TargetHttpProxy",
    "gcp:compute/regionTargetHttpProxy:RegionTargetHttpProxy",
)
URL_MAPS = ("gcp:compute/uRLMap:URLMap", "gcp:compute/regionUrlMap:RegionUrlMap")

_NUMBERS = {"6": "tcp", "17": "udp"}
"""Protocol numbers of IANA that firewall rules may use instead of names."""


def is_public_ingress(firewall: Resource) -> bool | None:
    """Whether an enabled firewall rule lets the internet in; None where it is off or about outgoing traffic.

    A rule without any source lets in everyone: https://cloud.google.com/firewall/docs/firewalls#sources.

    Raises:
        Undetermined: direction or sources are not known yet.
    """
    if firewall.get("direction", "INGRESS") == "EGRESS" or firewall.get("disabled") is True:
        return None
    if firewall.present("sourceRanges"):
        return any(is_open(item) for item in firewall.get("sourceRanges"))
    return not (firewall.present("sourceTags") or firewall.present("sourceServiceAccounts"))


def forbid_public_ports(firewall: Resource, ports: Iterable[int], what: str, protocols: Collection[str]) -> Verdict:
    """The firewall rule opens none of the ports to the internet; ``what`` names the service for the message."""
    public = is_public_ingress(firewall)
    if public is None:
        return NOT_APPLICABLE
    if not public:
        return PASS
    wanted = sorted(ports)

    def check(entry: Node) -> Verdict:
        protocol = str(entry.get("protocol")).lower()
        protocol = _NUMBERS.get(protocol, protocol)
        if protocol != "all" and protocol not in protocols:
            return PASS
        opened = [_range(str(item)) for item in entry.get("ports", [])] or [range(65_536)]
        hit = [str(port) for port in wanted if any(port in span for span in opened)]
        if not hit:
            return PASS
        problem = f"opens {what} (port {', '.join(hit)}) to the internet"
        return fail(entry.path, problem, "narrow sourceRanges to who needs it")

    return each(firewall, "allows", check)


def _range(text: str) -> range:
    low, _, high = text.partition("-")
    return range(int(low), int(high or low) + 1)


def only_redirects(proxy: Resource) -> Verdict:
    """The HTTP proxy's URL map sends everything to HTTPS, and the map is in the stack to be looked at."""
    maps = proxy.stack.target(proxy, "urlMap", *URL_MAPS)
    if not maps.sure and not maps.maybe:
        return fail("urlMap", "is a URL map that this stack does not define", "add a URL map that redirects to HTTPS")
    return all_in([*(judge(_redirects, it) for it in maps.sure), *(undetermined("urlMap") for _ in maps.maybe)])


def _redirects(url_map: Resource) -> Verdict:
    path = f"{url_map.name}.defaultUrlRedirect.httpsRedirect"
    if url_map.get("defaultUrlRedirect.httpsRedirect") not in (True, "true"):
        return fail(path, "does not redirect to HTTPS", f"set {path} to true")
    if url_map.items("pathMatchers"):
        name = f"{url_map.name}.pathMatchers"
        return fail(name, "answers some paths without TLS", f"move {name} to the map of the HTTPS proxy")
    return PASS
