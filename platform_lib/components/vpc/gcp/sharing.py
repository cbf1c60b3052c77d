"""Shared VPC: the project as host, other projects as its guests, and which subnetworks they may use."""

import pulumi
from pulumi_gcp import compute, organizations

from platform_lib.components.vpc.addresses import tiers_of
from platform_lib.components.vpc.addressing.intent import TierRole
from platform_lib.components.vpc.gcp.network import GcpNetwork, project_of, settings
from platform_lib.components.vpc.room import Site

_USER = "roles/compute.networkUser"
"""What a service project needs on a subnetwork (https://cloud.google.com/vpc/docs/provisioning-shared-vpc)."""


def make_sharing(site: Site, network: GcpNetwork) -> None:
    """The host project, its guests, and their right to the subnetworks of some tiers."""
    asked = site.args.shared_network
    if asked is None:
        return
    name = site.name("host-project")
    host = compute.SharedVPCHostProject(name, project=project_of(network), opts=site.options(name, guarded=True))
    roles = {tier.name: tier.role for tier in tiers_of(site.args)}
    tiers = asked.tiers or [tier for tier, role in roles.items() if role in (TierRole.PRIVATE, TierRole.ISOLATED)]
    for account in asked.accounts:
        name = site.name("service-project", account)
        compute.SharedVPCServiceProject(
            name,
            host_project=host.project,
            service_project=account,
            opts=site.options(name, guarded=True),
        )
        project = organizations.get_project_output(
            project_id=account, opts=pulumi.InvokeOutputOptions(parent=site.component)
        )
        member = pulumi.Output.concat("serviceAccount:", project.number, "@cloudservices.gserviceaccount.com")
        for tier in tiers:
            name = site.name("subnet-user", f"{account}-{tier}")
            compute.SubnetworkIAMMember(
                name,
                project=settings(site).project,
                region=site.region,
                subnetwork=network.subnets[tier].name,
                role=_USER,
                member=member,
                opts=site.options(name),
            )
