"""A network that a program made earlier, and a stack beside it that knows nothing of it."""

from platform_lib.components.vpc import VpcArgs, VpcComponent
from platform_lib.components.vpc.adopting.names import importable
from platform_lib.components.vpc.plan import plan_vpc, settled
from platform_lib.sandbox.engine.engine import Engine
from platform_lib.sandbox.engine.target import Target
from support.component_stack import ComponentStack
from support.contexts import context

REGIONS = {"aws": "eu-west-1", "azure": "westeurope", "gcp": "europe-west1"}
RULES = {"rules": [{"direction": "in", "action": "allow", "protocol": "tcp", "ports": "443", "peers": ["10.0.0.0/8"]}]}
TIERS = [{"name": "web", "role": "public"}, {"name": "app", "role": "private"}, {"name": "db", "role": "isolated"}]
WHOLE = {
    "aws": {
        "egress": "per-zone",
        "endpoints": {"interface": ["ssm"]},
        "dns": {"domain_name": "example.internal"},
        "tiers": [*TIERS, {"name": "cache", "role": "isolated", "filter": RULES}],
    },
    "azure": {"egress": "single", "nat": {"address_count": 2}, "flow_logs": {"enabled": False}},
    "gcp": {"egress": "regional", "nat": {"address_count": 2}, "flow_logs": {"enabled": False}},
}
NETWORK = {"aws": "vpc", "azure": "network", "gcp": "network"}


def fields(cloud, **more):
    given = {"context": context(), "cloud": cloud, "region": REGIONS[cloud], "cidr": "10.20.0.0/16", "tiers": TIERS}
    return {**given, **more}


def names_of(cloud, **more):
    args = VpcArgs(**fields(cloud, **more))
    return importable(plan_vpc("main", args, subject="x"), settled(args, subject="x"))


def component(name, cloud, **more):
    return lambda account, opts: VpcComponent(name, VpcArgs(**fields(cloud, **more)), opts)


class Existing:
    """A network that another program made, and a stack beside it that knows nothing of it."""

    def __init__(self, cloud, **more):
        self.cloud, self.more = cloud, more
        self.stack = ComponentStack(REGIONS[cloud], cloud)
        self.stack.up(component("old", cloud, tags={"made-by": "hand"}, **more))
        self.before = {row.id for row in self.stack.cloud.ls()}
        self.ids = self._ids()
        self.stack.engine = Engine(Target("platform", "adopting"), self.stack.cloud)

    def _ids(self):
        found = {}
        for one in self.stack.engine.snapshot.resources:
            name = one.urn.rpartition("::old-")[2]
            if one.custom and name in names_of(self.cloud, **self.more):
                assert name not in found, f"{name} is the name of two children"
                found[name] = self._import_id(one)
        return found

    def _import_id(self, one):
        """What providers import by, where that is not the id."""
        if one.type.endswith(":RouteTableAssociation"):
            return f"{one.inputs['subnetId']}/{one.inputs['routeTableId']}"
        if one.type == "aws:ec2/route:Route":
            return f"{one.inputs['routeTableId']}_{one.inputs['destinationCidrBlock']}"
        return one.inputs["vpcId"] if one.type.endswith(":VpcDhcpOptionsAssociation") else one.id

    def adopted(self, **more):
        adopt = {"mode": "import", "ids": self.ids}
        return component("main", self.cloud, **{**self.more, "adopt": adopt, **more})
