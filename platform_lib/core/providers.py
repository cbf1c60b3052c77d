"""Whether a component is handed the provider of a package, before anything is registered."""

from collections.abc import Mapping

import pulumi

from platform_lib.core.errors import ArgsError, Finding


def require_provider(subject: str, package: str, opts: pulumi.ResourceOptions | None) -> None:
    """Refuses options that bring no provider of a package, neither themselves nor by their parent.

    Without one Pulumi would make a default provider of whatever is configured on the machine: for Kubernetes that is
    the cluster that ``kubectl`` happens to point at.

    Args:
        subject: whose options they are, for messages.
        package: such as ``kubernetes``.
        opts: of the component.

    Raises:
        ArgsError: there is none.
    """
    if opts is not None and (_given(opts, package) or _inherited(opts, package)):
        return
    problem = f"brings no provider of {package}, without which it is whatever is configured on the machine"
    raise ArgsError(subject, [Finding("opts", problem, "pass ResourceOptions(provider=cluster.provider)")])


def _given(opts: pulumi.ResourceOptions, package: str) -> bool:
    listed = opts.providers or ()
    providers = [*(listed.values() if isinstance(listed, Mapping) else listed), opts.provider]
    return any(isinstance(one, pulumi.ProviderResource) and one.package == package for one in providers)


def _inherited(opts: pulumi.ResourceOptions, package: str) -> bool:
    return opts.parent is not None and opts.parent.get_provider(f"{package}:index:Any") is not None
