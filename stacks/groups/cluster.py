"""Settings of the cluster."""

from pydantic import Field

from platform_lib.components.cluster import NodeCapacity
from platform_lib.core.settings import SettingsGroup


class NodesSettings(SettingsGroup):
    """Nodes for one purpose."""

    instance_types: list[str] = Field(default_factory=lambda: ["m7i.large"], min_length=1)
    """Types that they may have, of one architecture (x86)."""

    capacity: NodeCapacity = NodeCapacity.ON_DEMAND
    """Paid by the hour, or spot, which may be taken back at two minutes' notice."""

    minimum_nodes: int = Field(default=2, ge=0)
    """How many there are at least, and at first."""

    maximum_nodes: int = Field(default=4, ge=1)
    """How many there are at most."""

    disk_gib: int = Field(default=50, ge=20)
    """Size of each one's disk."""


class ClusterSettings(SettingsGroup):
    """The cluster of the runtime."""

    administrators: dict[str, str] = Field(default_factory=dict)
    """Who may do everything with the cluster: roles of IAM by a name of their own; at least one."""

    version: str | None = None
    """Minor version of Kubernetes, one step up at a time; left out means the component's default."""

    zones: list[str] | None = None
    """Zone ids of control plane and nodes; left out means the first two of the network. They cannot change later."""

    private_cidrs: list[str] | None = None
    """IPv4 ranges that reach the API, beside the nodes; left out means the network."""

    system: NodesSettings = Field(default_factory=NodesSettings)
    """Nodes for what the platform itself runs."""

    apps: NodesSettings | None = None
    """Nodes for applications; left out means that they run beside the platform's own."""
