"""Whether the ids of an existing network fit what is planned. Pure."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from platform_lib.components.vpc.addressing.limits import Cloud
from platform_lib.components.vpc.adopting.names import NETWORK, importable, referable, route_table_names
from platform_lib.components.vpc.args import VpcArgs
from platform_lib.components.vpc.arguments.adopt import AdoptArgs, AdoptMode
from platform_lib.components.vpc.planning.model import VpcPlan
from platform_lib.core.errors import Finding, near

COMMAND: Final = "platform network adopt"


def _aws(pattern: str) -> re.Pattern[str]:
    """Ids of AWS may name the region, where it is another than the provider's."""
    return re.compile(pattern + "(@[a-z0-9-]+)?")


_FORMS: Final[Mapping[Cloud, Mapping[str, tuple[re.Pattern[str], str]]]] = {
    Cloud.AWS: {
        "vpc": (_aws("vpc-[0-9a-f]{8,}"), "vpc-0a1b2c3d"),
        "subnet-": (_aws("subnet-[0-9a-f]{8,}"), "subnet-0a1b2c3d"),
        "route-table-association-": (_aws("subnet-[0-9a-f]{8,}/rtb-[0-9a-f]{8,}"), "subnet-0a1b2c3d/rtb-0a1b2c3d"),
        "route-table-": (_aws("rtb-[0-9a-f]{8,}"), "rtb-0a1b2c3d"),
        "default-route-": (_aws("rtb-[0-9a-f]{8,}_.+"), "rtb-0a1b2c3d_0.0.0.0/0"),
        "nat-address-": (_aws("eipalloc-[0-9a-f]{8,}"), "eipalloc-0a1b2c3d"),
        "nat-": (_aws("nat-[0-9a-f]{8,}"), "nat-0a1b2c3d"),
    },
    Cloud.AZURE: {
        "": (
            re.compile("/subscriptions/[^/]+/resourceGroups/.+", re.IGNORECASE),
            "/subscriptions/<id>/resourceGroups/<name>/...",
        )
    },
    Cloud.GCP: {
        "nat-address-": (re.compile("projects/[^/]+/.+"), "projects/<project>/regions/<region>/addresses/<name>"),
        "nat": (re.compile("(projects/[^/]+/.+)|([^/]+/){3}[^/]+"), "<project>/<region>/<router>/<name>"),
        "": (re.compile("projects/[^/]+/.+"), "projects/<project>/..."),
    },
}
"""How ids look, by cloud and the beginning of the child's name; the first that fits counts. They are what the
providers import by, as their pages say (https://www.pulumi.com/registry/packages/aws/api-docs/ec2/subnet/#import,
https://www.pulumi.com/registry/packages/azure-native/api-docs/network/subnet/#import,
https://www.pulumi.com/registry/packages/gcp/api-docs/compute/subnetwork/#import)."""


def check_adopt(plan: VpcPlan, args: VpcArgs) -> list[Finding]:
    """What is wrong with the ids: names of no child, ids that are none, those that are missing.

    Args:
        plan: of the network.
        args: settled on its cloud.
    """
    adopt = args.adopt
    if adopt is None:
        return []
    refers = adopt.mode is AdoptMode.REFERENCE
    required = referable(plan) if refers else (NETWORK[plan.cloud],)
    known = (*required, *route_table_names(plan)) if refers else importable(plan, args)
    findings = list(_unknown(adopt, known))
    for name in required:
        if name not in adopt.ids:
            problem = "is required in reference mode" if refers else "is required: nothing is taken over without it"
            findings.append(Finding(f"adopt.ids.{name}", problem, f"give its id, or run '{COMMAND}'"))
    findings += _misformed(plan.cloud, adopt, known)
    return [*findings, *_twice(adopt)]


def _unknown(adopt: AdoptArgs, known: Iterable[str]) -> Iterator[Finding]:
    names = tuple(dict.fromkeys(known))
    for name in adopt.ids:
        if name not in names:
            mode = "referred to" if adopt.mode is AdoptMode.REFERENCE else "imported"
            remedy = near(name, names) or f"name some of {', '.join(names)}"
            yield Finding(f"adopt.ids.{name}", f"names no child of the network that can be {mode}", remedy)


def _misformed(cloud: Cloud, adopt: AdoptArgs, known: Iterable[str]) -> Iterator[Finding]:
    for name, text in adopt.ids.items():
        if name not in known:
            continue
        for beginning, (form, example) in _FORMS[cloud].items():
            if name.startswith(beginning):
                if form.fullmatch(text) is None:
                    yield Finding(f"adopt.ids.{name}", f"is no id of {cloud}, got {text!r}", f"write {example!r}")
                break


def _twice(adopt: AdoptArgs) -> Iterator[Finding]:
    owners: dict[str, str] = {}
    for name, text in adopt.ids.items():
        if text in owners and name != "dhcp-options-association":  # which is imported by the id of the VPC
            yield Finding(f"adopt.ids.{name}", f"has the id of {owners[text]} too, got {text!r}", "give each its own")
        owners.setdefault(text, name)
