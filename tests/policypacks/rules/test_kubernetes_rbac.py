"""The cases of the rules for roles and bindings of Kubernetes."""

from typing import Any

import pytest

from platform_lib.core.values import UNKNOWN
from support.policies import Case, Trial, resource, trials

RBAC = "kubernetes:rbac.authorization.k8s.io/v1"
ROLE = resource(
    f"{RBAC}:Role",
    {
        "metadata": {"name": "reader", "namespace": "shop"},
        "rules": [{"apiGroups": [""], "resources": ["configmaps"], "verbs": ["get"]}],
    },
)
CLUSTER_ROLE = resource(f"{RBAC}:ClusterRole", ROLE.properties)
BINDING = resource(
    f"{RBAC}:RoleBinding",
    {
        "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "reader"},
        "subjects": [{"kind": "ServiceAccount", "name": "api", "namespace": "shop"}],
    },
)


def granted(group: str, what: str, verb: str, **more: Any) -> dict[str, Any]:
    return {"rules": [{"apiGroups": [group], "resources": [what], "verbs": [verb], **more}]}


WILDCARD = "k8s-rbac-no-wildcards"
CASES = [
    Case(
        WILDCARD,
        ROLE,
        bad=[
            {"rules[].verbs": ["*"]},
            {"rules[].resources": ["*"]},
            {"rules[].apiGroups": ["*"]},
            granted("", "*/scale", "get"),
        ],
        guards=["rules", "rules[].verbs", "rules[].resources"],
    ),
    Case(
        "k8s-rbac-no-cluster-admin-binding",
        BINDING,
        bad=[
            {"roleRef.name": "cluster-admin"},
            {"roleRef.name": "cluster-admin", "subjects": [{"name": "oncall"}, {"name": "api"}]},
        ],
        also_good={"roleRef.name": "cluster-admin", "subjects": [{"kind": "Group", "name": "oncall"}]},
        guards=["roleRef.name"],
        config={"exempt_subjects": ["oncall"]},
    ),
    Case(
        "k8s-rbac-no-anonymous-subjects",
        BINDING,
        bad=[{"subjects[].name": "system:masters"}, {"subjects": [{"kind": "Group", "name": "system:authenticated"}]}],
    ),
    Case(
        "k8s-rbac-secret-read-restricted",
        ROLE,
        bad=[granted("", "secrets", "list"), granted("*", "*", "*")],
        also_good=[granted("", "secrets", "get", resourceNames=["db"]), granted("", "secrets", "create")],
        undetermined={"rules[].resources": ["secrets"], "rules[].verbs": UNKNOWN},
    ),
    Case("k8s-rbac-no-escalation-verbs", ROLE, bad={"rules[].verbs": ["get", "impersonate"]}),
    Case(
        "k8s-rbac-no-node-proxy-or-exec",
        ROLE,
        bad=[granted("", "pods/exec", "create"), granted("", "nodes/proxy", "get"), granted("", "*/attach", "create")],
        also_good=granted("", "pods/log", "get"),
        unrelated={**granted("", "pods/exec", "create"), "metadata.name": "emergency"},
        guards=["rules"],
        config={"break_glass_roles": ["emergency"]},
    ),
    Case(
        "k8s-rbac-no-webhook-or-csr-control",
        ROLE,
        bad=[
            granted("admissionregistration.k8s.io", "mutatingwebhookconfigurations", "patch"),
            granted("certificates.k8s.io", "certificatesigningrequests/approval", "update"),
            granted("certificates.k8s.io", "signers", "approve"),
        ],
        also_good=granted("admissionregistration.k8s.io", "mutatingwebhookconfigurations", "get"),
    ),
    Case(
        "k8s-rbac-pod-creation-restricted",
        CLUSTER_ROLE,
        bad=[granted("", "pods", "create"), granted("", "serviceaccounts/token", "create")],
        also_good=granted("", "pods", "list"),
    ),
    Case(
        "k8s-rbac-default-service-account-unbound",
        BINDING,
        bad={"subjects[].name": "default"},
        also_good={"subjects[].name": "default", "subjects[].kind": "User"},
        undetermined={"subjects[].name": "default", "subjects[].kind": UNKNOWN},
    ),
]


@pytest.mark.parametrize("trial", trials(CASES), ids=str)
def test_rule(trial: Trial) -> None:
    trial.run()
