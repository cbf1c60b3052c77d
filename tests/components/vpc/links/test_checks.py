"""What is said about ASNs, ranges inside tunnels, ranges of sites, VLANs and segments that do not fit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platform_lib.components.vpc.addressing.limits import Cloud
from platform_lib.components.vpc.links.asn import (
    ASN_RULES,
    LARGEST_ASN,
    check_asn,
    check_gateway_asn,
    check_peer_asn,
    check_session,
)
from platform_lib.components.vpc.links.dedicated import check_vlan
from platform_lib.components.vpc.links.inside import check_link_range, check_link_ranges
from platform_lib.components.vpc.links.proof import check_ranges


def said(findings):
    return [str(finding) for finding in findings]


@pytest.mark.parametrize("cloud", Cloud)
def test_the_default_asns_are_legal_and_differ(cloud):
    rules = ASN_RULES[cloud]
    assert check_gateway_asn(rules.default, cloud) == []
    assert len({one.default for one in ASN_RULES.values()}) == len(Cloud)


@given(st.integers(0, LARGEST_ASN), st.sampled_from(Cloud))
def test_what_nobody_may_use_no_gateway_and_no_peer_may_use(asn, cloud):
    if check_asn(asn):
        assert check_gateway_asn(asn, cloud)
        assert check_peer_asn(asn, cloud, "")


@pytest.mark.parametrize(
    "asn, cloud, message",
    [
        (0, Cloud.AWS, "asn: is reserved (RFC 7607), got 0; use a private one: 64512-65534, 4200000000-4294967294"),
        (
            64500,
            Cloud.GCP,
            (
                "asn: is reserved (for documentation, RFC 5398), got 64500; use a private one: 64512-65534, "
                "4200000000-4294967294"
            ),
        ),
        (
            4294967296,
            Cloud.AWS,
            "asn: is not an ASN, got 4294967296; use a private one: 64512-65534, 4200000000-4294967294",
        ),
        (
            3352,
            Cloud.AWS,
            (
                "asn: is not an ASN that a gateway on aws can have, got 3352; use one of 64512-65534, "
                "4200000000-4294967294"
            ),
        ),
        (
            3352,
            Cloud.GCP,
            (
                "asn: is not an ASN that a gateway on gcp can have, got 3352; use one of 64512-65534, "
                "4200000000-4294967294, 16550"
            ),
        ),
        (
            12076,
            Cloud.AZURE,
            "asn: is kept by azure for itself, got 12076; use a private one: 64512-65534, 4200000000-4294967294",
        ),
    ],
)
def test_asns_that_a_gateway_cannot_have(asn, cloud, message):
    assert said(check_gateway_asn(asn, cloud, "asn")) == [message]


@pytest.mark.parametrize("asn", [8074, 8075, 12076, 65515, 65517, 65518, 65519, 65520])
def test_azure_keeps_some_asns_from_the_other_side(asn):
    assert said(check_peer_asn(asn, Cloud.AZURE, "westeurope", "peer_asn")) == [
        f"peer_asn: is kept by azure for itself, got {asn}; use a private one: 64512-65514, 65521-65534"
    ]
    assert check_peer_asn(asn, Cloud.GCP, "europe-west1") == []


def test_aws_keeps_an_asn_in_some_regions():
    assert check_peer_asn(9059, Cloud.AWS, "eu-west-1", "peer_asn")
    assert check_peer_asn(9059, Cloud.AWS, "eu-central-1", "peer_asn") == []


def test_both_sides_need_an_asn_of_their_own():
    assert said(check_session(65010, 65010, "peer_asn")) == [
        "peer_asn: is the ASN of both sides, got 65010; give each side one of its own"
    ]
    assert check_session(65010, 65011) == []


@pytest.mark.parametrize(
    "text, clouds, message",
    [
        ("169.254.21.0", [Cloud.AWS], "inside: has no prefix length, got '169.254.21.0'; use '169.254.21.0/32'"),
        (
            "169.254.21.0/30",
            [Cloud.AWS],
            "inside: must be a /28, which has room for four tunnels, got '169.254.21.0/30'; use '169.254.21.0/28'",
        ),
        (
            "10.0.0.0/28",
            [Cloud.GCP],
            (
                "inside: is outside the addresses that gcp takes inside tunnels, got '10.0.0.0/28'; choose from "
                "169.254.0.0 to 169.254.255.255 (https://cloud.google.com/network-connectivity/docs/vpn/how-to/creating-ha-vpn)"
            ),
        ),
        (
            "169.254.20.0/28",
            [Cloud.AWS, Cloud.AZURE],
            (
                "inside: is outside the addresses that azure takes inside tunnels, got '169.254.20.0/28'; choose from "
                "169.254.21.0 to 169.254.22.255 (https://learn.microsoft.com/azure/vpn-gateway/vpn-gateway-howto-aws-bgp)"
            ),
        ),
        (
            "169.254.3.0/28",
            [Cloud.AWS, Cloud.GCP],
            (
                "inside: holds 169.254.3.0/30, which aws keeps for itself, got '169.254.3.0/28'; choose another /28 "
                "(https://docs.aws.amazon.com/vpn/latest/s2svpn/VPNTunnels.html)"
            ),
        ),
    ],
)
def test_ranges_that_cannot_be_inside_tunnels(text, clouds, message):
    assert said(check_link_range(text, clouds, "inside")) == [message]


def test_links_of_one_gateway_have_ranges_of_their_own():
    ranges = {"sites.one.inside_range": "169.254.21.0/28", "sites.two.inside_range": "169.254.21.0/28"}
    assert said(check_link_ranges(ranges)) == [
        (
            "sites.two.inside_range: overlaps sites.one.inside_range, got '169.254.21.0/28'; choose another "
            "/28 for one of them"
        )
    ]


def test_ranges_of_two_sides_are_apart():
    sides = {
        "address.cidr": ["10.0.0.0/16"],
        "sites.office.ranges": ["10.0.4.0/24", "192.168.0.0/16", "192.168.1.0/24"],
    }
    assert said(check_ranges(sides)) == [
        (
            "sites.office.ranges[0]: overlaps 10.0.0.0/16 of address.cidr[0], got '10.0.4.0/24'; give one of the two "
            "another range: addresses that both sides have cannot be reached"
        )
    ]
    assert said(check_ranges({"a": ["10.0.0.0/8"], "b": ["10.0.0.1/8"]})) == [
        "b[0]: has host bits set beyond /8, got '10.0.0.1/8'; use '10.0.0.0/8'"
    ]


def test_vlans_have_limits():
    assert said(check_vlan(4095, Cloud.AWS, "vlan")) == ["vlan: must be from 1 to 4094 on aws, got 4095"]
    assert said(check_vlan(1, Cloud.GCP, "vlan")) == ["vlan: must be from 2 to 4094 on gcp, got 1"]
    assert check_vlan(1, Cloud.AZURE) == []
