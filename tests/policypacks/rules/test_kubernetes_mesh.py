"""The cases of the rules for a service mesh."""

import pytest

from platform_lib.components.mesh.checks.mutual_tls import UNTIL as WRITTEN
from platform_lib.core.values import UNKNOWN
from policypacks.rules.kubernetes.mesh import UNTIL as READ
from support.policies import Case, Trial, resource, trials

UNTIL = 'metadata.annotations["platform-lib/mtls-until"]'
PEER = "kubernetes:security.istio.io/v1:PeerAuthentication"
EXCEPTION = resource(
    PEER,
    {
        "metadata": {"namespace": "back", "annotations": {"platform-lib/mtls-until": "2026-01-15"}},
        "spec": {"selector": {"matchLabels": {"app": "legacy"}}, "portLevelMtls": {"3306": {"mode": "PERMISSIVE"}}},
    },
)
STRICT = {"spec.portLevelMtls": None, "spec.mtls.mode": "STRICT"}

CASES = [
    Case(
        "k8s-mesh-mtls-exception-not-expired",
        EXCEPTION,
        bad=[{UNTIL: "2026-01-14"}, {UNTIL: "soon"}, {"spec.mtls.mode": "DISABLE", UNTIL: "2025-12-31"}],
        also_good=[{UNTIL: "2027-01-01"}, {"spec.mtls.mode": "PERMISSIVE"}],
        unrelated=[STRICT, {"spec.portLevelMtls": {"3306": {"mode": "STRICT"}}}],
        guards=[UNTIL],
        undetermined=[{"spec.portLevelMtls": UNKNOWN}, {"spec.mtls.mode": UNKNOWN}],
    ),
]


@pytest.mark.parametrize("trial", trials(CASES), ids=str)
def test_rule(trial: Trial) -> None:
    trial.run()


def test_the_mesh_writes_what_the_rule_reads() -> None:
    assert WRITTEN == READ
