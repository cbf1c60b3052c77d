"""A fleet's own rollout, tried before it is made: its sites, groups and rings on simulated devices. Pure."""

from collections.abc import Mapping

from platform_lib.components.edge.args import EdgeFleetArgs
from platform_lib.components.edge.plan import FleetPlan, plan_fleet
from platform_lib.components.edge.rings import Device, Health, Ring, Rollout, Wave, plan_waves, ring_of, run_rollout


def rehearse(
    args: EdgeFleetArgs, health: Mapping[str, Health] | None = None, *, going_back: Mapping[str, Health] | None = None
) -> Rollout:
    """Runs an update over the fleet that the arguments describe.

    Args:
        args: of the fleet.
        health: what devices do after the update, by name: ``<group>-<number>``, from 0; the others are good.
        going_back: what devices do after a rollback.

    Raises:
        PlanError: the arguments do not fit.
    """
    return run_rollout(*_simulated(args), health=health, going_back=going_back)


def rehearse_waves(args: EdgeFleetArgs) -> tuple[Wave, ...]:
    """The waves of an update of the fleet on which nothing fails; devices are called ``<group>-<number>``, from 0.

    Raises:
        PlanError: the arguments do not fit.
    """
    return plan_waves(*_simulated(args))


def _simulated(args: EdgeFleetArgs) -> tuple[list[Ring], list[Device], dict[str, int]]:
    plan = plan_fleet("rehearsal", args, subject="EdgeFleet 'rehearsal'")
    rings = [Ring(ring.name, ring.maximum_failed_percent, ring.soak_hours) for ring in plan.rings]
    return rings, _devices(plan), {site.name: site.quorum for site in plan.sites}


def _devices(plan: FleetPlan) -> list[Device]:
    positions = {ring.name: position for position, ring in enumerate(plan.rings)}
    devices = []
    for group in plan.groups:
        for name in (f"{group.name}-{number}" for number in range(group.devices)):
            ring = ring_of(name, plan.shares) if group.ring is None else positions[group.ring]
            devices.append(Device(name, group.site, ring))
    return devices
