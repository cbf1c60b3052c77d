"""What a network has of its account: a block of public access with its exclusions, and subnets shared with others."""

from pulumi_aws import ec2, ram

from platform_lib.components.vpc.addresses import tiers_of
from platform_lib.components.vpc.addressing.intent import TierRole
from platform_lib.components.vpc.arguments.account import BlockedAccess
from platform_lib.components.vpc.aws.network import AwsNetwork
from platform_lib.components.vpc.room import Site


def make_public_access_block(site: Site, network: AwsNetwork) -> None:
    """The switch, which holds for every VPC of the account in the region, and the subnets that it leaves out.

    Source: https://docs.aws.amazon.com/vpc/latest/userguide/security-vpc-bpa.html
    """
    asked = site.args.block_public_access
    if asked is None:
        return
    both = asked.blocked is BlockedAccess.BOTH_WAYS
    name = site.name("public-access-block")
    block = ec2.VpcBlockPublicAccessOptions(
        name,
        region=site.region,
        internet_gateway_block_mode="block-bidirectional" if both else "block-ingress",
        opts=site.options(name, guarded=True),
    )
    for tier in asked.excluded_tiers or ():
        for subnet in site.plan.subnets_of(tier):
            name = site.name("public-access-exclusion", subnet.key)
            ec2.VpcBlockPublicAccessExclusion(
                name,
                region=site.region,
                subnet_id=network.subnets[subnet.key].id,
                internet_gateway_exclusion_mode="allow-bidirectional",
                tags=site.tags_of(name),
                opts=site.options(name, depends_on=[block]),
            )


def make_sharing(site: Site, network: AwsNetwork) -> None:
    """A resource share of the subnets of some tiers, with accounts, units or the whole organisation.

    Source: https://docs.aws.amazon.com/vpc/latest/userguide/vpc-sharing.html
    """
    asked = site.args.shared_network
    if asked is None:
        return
    name = site.name("share")
    share = ram.ResourceShare(
        name,
        region=site.region,
        allow_external_principals=False,  # subnets are shared within an organisation only
        tags=site.tags_of(name),
        opts=site.options(name, guarded=True),
    )
    roles = {tier.name: tier.role for tier in tiers_of(site.args)}
    tiers = asked.tiers or [tier for tier, role in roles.items() if role in (TierRole.PRIVATE, TierRole.ISOLATED)]
    for subnet in site.plan.subnets:
        if subnet.tier in tiers:
            name = site.name("share-subnet", subnet.key)
            ram.ResourceAssociation(
                name,
                region=site.region,
                resource_share_arn=share.arn,
                resource_arn=network.subnets[subnet.key].arn,
                opts=site.options(name, guarded=True),
            )
    for account in asked.accounts:
        name = site.name("share-principal", account.rpartition("/")[2])
        ram.PrincipalAssociation(
            name,
            region=site.region,
            resource_share_arn=share.arn,
            principal=account,
            opts=site.options(name, guarded=True),
        )
