"""Deliberately bad: a privileged pod from anywhere, rights for everyone, a service on the internet without TLS."""

import pulumi_kubernetes as k8s

LABELS = {"app": "shop"}

k8s.core.v1.Namespace("shop", metadata={"name": "shop"})
k8s.apps.v1.Deployment(
    "shop",
    metadata={"namespace": "shop"},
    spec={
        "selector": {"match_labels": LABELS},
        "template": {
            "metadata": {"labels": LABELS},
            "spec": {
                "host_network": True,
                "host_pid": True,
                "containers": [
                    {
                        "name": "shop",
                        "image": "docker.io/example/shop:latest",
                        "env": [{"name": "DB_PASSWORD", "value": "hunter2-hunter2"}],
                        "security_context": {"privileged": True, "run_as_user": 0},
                    }
                ],
                "volumes": [{"name": "host", "host_path": {"path": "/"}}],
            },
        },
    },
)
k8s.core.v1.Service(
    "shop", metadata={"namespace": "shop"}, spec={"type": "LoadBalancer", "selector": LABELS, "ports": [{"port": 80}]}
)
k8s.networking.v1.Ingress(
    "shop",
    metadata={"namespace": "shop"},
    spec={"default_backend": {"service": {"name": "shop", "port": {"number": 80}}}},
)
k8s.rbac.v1.ClusterRole("all", rules=[{"api_groups": ["*"], "resources": ["*"], "verbs": ["*"]}])
k8s.rbac.v1.ClusterRoleBinding(
    "everyone",
    role_ref={"api_group": "rbac.authorization.k8s.io", "kind": "ClusterRole", "name": "cluster-admin"},
    subjects=[{"api_group": "rbac.authorization.k8s.io", "kind": "Group", "name": "system:unauthenticated"}],
)
