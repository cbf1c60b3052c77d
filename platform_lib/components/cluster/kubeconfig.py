"""The configuration by which ``kubectl`` and providers reach a cluster."""

import pulumi


def kubeconfig(
    name: str, region: str, endpoint: pulumi.Input[str], certificate_authority: pulumi.Input[str]
) -> pulumi.Output[str]:
    """A kubeconfig that asks the ``aws`` command for a token, as ``aws eks update-kubeconfig`` writes it; a secret.

    It holds no credential: whoever uses it needs credentials of AWS whose principal has an access entry. It is secret
    all the same, for it says where the control plane answers.

    Source: https://docs.aws.amazon.com/eks/latest/userguide/create-kubeconfig.html.
    """
    token = ["--region", region, "eks", "get-token", "--cluster-name", name, "--output", "json"]
    text = pulumi.Output.json_dumps(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [
                {"name": name, "cluster": {"server": endpoint, "certificate-authority-data": certificate_authority}}
            ],
            "users": [
                {
                    "name": name,
                    "user": {
                        "exec": {
                            "apiVersion": "client.authentication.k8s.io/v1beta1",
                            "command": "aws",
                            "args": token,
                        }
                    },
                }
            ],
            "contexts": [{"name": name, "context": {"cluster": name, "user": name}}],
            "current-context": name,
        }
    )
    return pulumi.Output.secret(text)
