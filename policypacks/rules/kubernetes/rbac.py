"""Roles and bindings of Kubernetes: who may do what, and which grants are the whole cluster in disguise."""

from collections.abc import Iterable

from policypacks.engine.rule import (
    NOT_APPLICABLE,
    PASS,
    Node,
    Resource,
    Verdict,
    all_of,
    any_of,
    each,
    fail,
    forbid_in,
    require,
    rule,
)

ANYONE = ("system:anonymous", "system:unauthenticated", "system:authenticated", "system:masters")
"""Built-in users and groups that nobody controls: https://kubernetes.io/docs/reference/access-authn-authz/rbac/"""

EXEMPT = {
    "type": "array",
    "items": {"type": "string"},
    "default": [],
}


def _forbid_grant(
    entry: Node, groups: Iterable[str], resources: Iterable[str], verbs: Iterable[str], what: str, remedy: str
) -> Verdict:
    """A rule of a role must not grant a verb on a resource; one list that surely lacks it decides."""
    wanted = {*resources, "*", *(f"*/{name.partition('/')[2]}" for name in resources if "/" in name)}
    verdict = any_of(
        forbid_in(entry, "apiGroups", (*groups, "*"), absent=PASS),
        forbid_in(entry, "resources", sorted(wanted), absent=PASS),
        forbid_in(entry, "verbs", (*verbs, "*"), absent=PASS),
    )
    return fail(entry.path, what, remedy) if verdict.faults else verdict


@rule("k8s-rbac-no-wildcards")
def no_wildcards(role: Resource) -> Verdict:
    """No role grants by wildcard.

    A wildcard grants also what is installed later: secrets of operators, new verbs, new API groups.
    """

    def test(value: object) -> bool:
        items = value if isinstance(value, list) else [value]
        return not any(str(item) == "*" or str(item).startswith("*/") for item in items)

    return each(
        role,
        "rules",
        lambda entry: require(
            entry,
            "verbs",
            "resources",
            "apiGroups",
            test=test,
            problem="grants by wildcard",
            remedy="name what is needed in {path}",
        ),
    )


@rule(
    "k8s-rbac-no-cluster-admin-binding",
    config={
        "exempt_subjects": {**EXEMPT, "description": "names of subjects that may be cluster-admin, for emergencies"},
    },
)
def no_cluster_admin(binding: Resource) -> Verdict:
    """Nobody is bound to cluster-admin.

    cluster-admin may do everything, and nothing can be taken from it; it is for emergencies.
    """
    exempt = binding.config["exempt_subjects"]
    verdict = forbid_in(binding, "roleRef.name", ("cluster-admin",))
    if verdict is PASS or not exempt:
        return verdict
    subjects = binding.items("subjects")
    return PASS if subjects and all(entry.get("name") in exempt for entry in subjects) else verdict


@rule("k8s-rbac-no-anonymous-subjects")
def no_anonymous(binding: Resource) -> Verdict:
    """No role is granted to everybody, nor to the group that stands above RBAC.

    What system:authenticated may do, every account of the cluster may do; system:masters cannot be revoked.
    """
    return each(binding, "subjects", lambda entry: forbid_in(entry, "name", ANYONE))


@rule("k8s-rbac-secret-read-restricted")
def secret_read(role: Resource) -> Verdict:
    """Roles that read secrets name which.

    Reading all secrets of a namespace is holding every credential in it, tokens of stronger accounts included.
    """

    def check(entry: Node) -> Verdict:
        if entry.present("resourceNames"):
            return PASS
        return _forbid_grant(
            entry,
            ("",),
            ("secrets",),
            ("get", "list", "watch"),
            "reads all secrets",
            f"name the secrets in {entry.path}.resourceNames",
        )

    return each(role, "rules", check)


@rule("k8s-rbac-no-escalation-verbs")
def no_escalation(role: Resource) -> Verdict:
    """No role grants escalate, bind or impersonate.

    With one of these verbs an account gives itself whatever rights it likes.
    """
    return each(role, "rules", lambda entry: forbid_in(entry, "verbs", ("escalate", "bind", "impersonate")))


@rule(
    "k8s-rbac-no-node-proxy-or-exec",
    config={
        "break_glass_roles": {**EXEMPT, "description": "names (metadata.name) of roles for emergencies, which may"},
    },
)
def no_exec(role: Resource) -> Verdict:
    """No role lets anybody into running containers.

    exec, attach and the kubelet's proxy run commands under the workload's identity, past admission control. get is
    enough where the connection is a WebSocket.
    """
    exempt = role.config["break_glass_roles"]
    if exempt and role.get("metadata.name") in exempt:
        return NOT_APPLICABLE
    return each(
        role,
        "rules",
        lambda entry: _forbid_grant(
            entry,
            ("",),
            ("pods/exec", "pods/attach", "nodes/proxy"),
            ("create", "get"),
            "lets its holders into running containers",
            "remove the subresource, or list the role in break_glass_roles",
        ),
    )


@rule("k8s-rbac-no-webhook-or-csr-control")
def no_webhooks(role: Resource) -> Verdict:
    """No role can change admission webhooks or approve certificates.

    A webhook sees and rewrites every object; a certificate of one's own choice is an identity of one's own choice.
    """
    hooks = ("mutatingwebhookconfigurations", "validatingwebhookconfigurations")
    advice = "leave it to the cluster's operators"

    def check(entry: Node) -> Verdict:
        return all_of(
            _forbid_grant(
                entry,
                ("admissionregistration.k8s.io",),
                hooks,
                ("create", "update", "patch"),
                "changes admission webhooks",
                advice,
            ),
            _forbid_grant(
                entry,
                ("certificates.k8s.io",),
                ("certificatesigningrequests/approval",),
                ("update", "patch", "approve"),
                "approves certificates",
                advice,
            ),
            _forbid_grant(entry, ("certificates.k8s.io",), ("signers",), ("approve",), "approves certificates", advice),
        )

    return each(role, "rules", check)


@rule("k8s-rbac-pod-creation-restricted")
def pod_creation(role: Resource) -> Verdict:
    """No cluster role creates pods, volumes or tokens in all namespaces.

    Who creates a pod in a namespace can use every service account, secret and volume there.
    """

    def check(entry: Node) -> Verdict:
        return _forbid_grant(
            entry,
            ("",),
            ("pods", "persistentvolumes", "serviceaccounts/token"),
            ("create",),
            "creates pods, volumes or tokens in the whole cluster",
            "grant it by a Role in the namespaces that need it",
        )

    return each(role, "rules", check)


@rule("k8s-rbac-default-service-account-unbound")
def default_unbound(binding: Resource) -> Verdict:
    """The default service account holds no role.

    Every pod that names no account is default; what default may do, each of them may do.
    """

    def check(entry: Node) -> Verdict:
        verdict = any_of(
            forbid_in(entry, "name", ("default",)),
            forbid_in(entry, "kind", ("ServiceAccount",)),
        )
        return (
            fail(f"{entry.path}.name", "is the default service account", "bind an account of the workload's own")
            if verdict.faults
            else verdict
        )

    return each(binding, "subjects", check)
