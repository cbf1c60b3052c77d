"""The cases of the rules for Cloud DNS."""

import pytest

from support.policies import Case, Trial, resource, trials

ZONE = resource(
    "gcp:dns/managedZone:ManagedZone",
    {
        "dnsName": "example.org.",
        "dnssecConfig": {"state": "on", "defaultKeySpecs": [{"algorithm": "ecdsap256sha256", "keyType": "keySigning"}]},
    },
)

CASES = [
    Case(
        "gcp-dns-zone-dnssec",
        ZONE,
        bad=[{"dnssecConfig.state": "off"}, {"dnssecConfig.state": "transfer"}],
        unrelated={"visibility": "private"},
    ),
    Case("gcp-dns-zone-no-rsasha1", ZONE, bad={"dnssecConfig.defaultKeySpecs[].algorithm": "rsasha1"}),
]


@pytest.mark.parametrize("trial", trials(CASES), ids=str)
def test_rule(trial: Trial) -> None:
    trial.run()
