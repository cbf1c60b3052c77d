"""Where a drill plays: the copied stack and its cloud, what it found out so far, and the runs of the program."""

import datetime
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from platform_lib.components.dr.kind import Site
from platform_lib.components.dr.planning.model import DrPlan, SourcePlan
from platform_lib.core.values import plain
from platform_lib.operations.drill.canary import Measured, copies_of, find_source
from platform_lib.operations.drill.model import Check
from platform_lib.operations.drill.replica import Replica
from platform_lib.operations.drill.switch import with_site
from platform_lib.operations.record import Record, reason_of, urn_name
from platform_lib.sandbox.cloud.aws.recovery.copies import Copy
from platform_lib.sandbox.cloud.cloud import Cloud
from platform_lib.sandbox.cloud.store import Row
from platform_lib.sandbox.engine.event import Operation
from platform_lib.sandbox.engine.target import ConfigValue, Options
from platform_lib.sandbox.handle import StackHandle

_SHOWN = 3
"""So many changes are named where there should be none."""


@dataclass
class Stage:
    """A drill under way.

    Attributes:
        stack: on the copied sandbox, or on the user's own.
        cloud: of that sandbox.
        replica: the recovery that is drilled.
        config: configuration of the stack.
        setting: where the configuration says which site is active.
        canary_seconds: how far canaries are apart.
        lost_at: when the primary site was lost; None while it stands.
        measured: what canaries showed, by source.
        promoted: id of what took the place of a source at the second site, by source.
        ended: URNs of what a failover took away in the cloud.
        began: when the way under way began.
        record_later: the program is told of the failover only once the primary region is back.
    """

    stack: StackHandle
    cloud: Cloud
    replica: Replica
    config: dict[str, ConfigValue]
    setting: str
    canary_seconds: float
    began: datetime.datetime
    record_later: bool = False
    lost_at: datetime.datetime | None = None
    measured: dict[str, Measured] = field(default_factory=dict)
    promoted: dict[str, str] = field(default_factory=dict)
    ended: list[str] = field(default_factory=list)

    @property
    def plan(self) -> DrPlan:
        """The planned recovery."""
        return self.replica.plan

    def region(self, site: Site) -> str:
        """The region of a site."""
        return self.plan.primary.region if site is Site.PRIMARY else self.plan.secondary.region

    def source(self, name: str) -> SourcePlan:
        """A source by its name."""
        return next(source for source in self.plan.sources if source.name == name)

    def row(self, source: str) -> Row | None:
        """The resource of a source; None where nobody says which one it is, or it is not in the cloud."""
        return find_source(self.cloud, self.replica, source)

    def copies(self, source: str, site: Site = Site.SECONDARY) -> list[Copy]:
        """The copies of a source at a site, by the mechanism that the plan names."""
        row, wanted = self.row(source), self.source(source).mechanism.kind.value
        found = copies_of(self.cloud, row, self.plan, site) if row is not None else []
        return [copy for copy in found if copy.mechanism.value == wanted]

    # Runs of the program

    def unchanged(self, site: Site, name: str) -> Check:
        """Whether an update of the program with an active site would change nothing."""
        record = self._run("preview", Options(), site)
        if record.failed:
            text = f"the preview with {self._said(site)} fails: {_errors(record)}{self._remedy(record)}"
            return Check(name=name, passed=False, text=text)
        moved = [f"{change.action} {change.name}" for change in record.moved]
        if moved:
            more = f" and {len(moved) - _SHOWN} more" if len(moved) > _SHOWN else ""
            text = f"an update with {self._said(site)} would change {len(moved)}: {', '.join(moved[:_SHOWN])}{more}"
            return Check(name=name, passed=False, text=text)
        return Check(name=name, passed=True, text=f"an update with {self._said(site)} changes nothing")

    def update(self, site: Site, name: str) -> Check:
        """Updates the stack with an active site."""
        record = self._run("up", Options(), site)
        if record.failed:
            return Check(name=name, passed=False, text=f"the update with {self._said(site)} fails: {_errors(record)}")
        count = len(record.moved)
        return Check(name=name, passed=True, text=f"updated with {self._said(site)}: {count or 'no'} changes")

    def refresh(self, site: Site, name: str) -> Check:
        """Reads into the state what can be read: all but what lies in a region that is down.

        What the failover ended there cannot be seen to be gone; it is taken out of the state, as by ``state delete``.
        """
        down = self.cloud.down()
        left_out = self._lying_in(down)
        gone = [urn for urn in self.ended if urn in left_out]
        for urn in gone:
            if problem := self._forget(urn):
                return Check(name=name, passed=False, text=problem)
        record = self._run("refresh", Options(excludes=[urn for urn in left_out if urn not in gone]), site)
        if record.failed:
            return Check(name=name, passed=False, text=f"the refresh fails: {_errors(record)}")
        without = f", without the {len(left_out)} in {', '.join(down)}" if down else ""
        forgotten = f"; taken out: {', '.join(map(urn_name, gone))}" if gone else ""
        return Check(name=name, passed=True, text=f"the state is read again{without}{forgotten}")

    def _forget(self, urn: str) -> str:
        """Takes a resource out of the state and leaves the cloud alone.

        Returns:
            Why it cannot be done; empty where it was.
        """
        document = self.stack.export()
        entries = document["deployment"]["resources"]
        held = [entry["urn"] for entry in entries if urn in (entry.get("dependencies") or ())]
        if held:
            return f"{urn_name(urn)} cannot be taken out of the state: {urn_name(held[0])} depends on it"
        document["deployment"]["resources"] = [entry for entry in entries if entry["urn"] != urn]
        self.stack.import_state(document)
        return ""

    def _lying_in(self, regions: Collection[str]) -> Sequence[str]:
        """URNs of what lies in the regions: as the cloud has it, and of what is gone there, as the state does."""
        held = {row.urn: row.region for row in self.cloud.ls(implied=True)} if regions else {}
        return [
            resource.urn
            for resource in (self.stack.state().live() if regions else ())
            if resource.custom and held.get(resource.urn, plain(resource.outputs.get("region"))) in regions
        ]

    def _remedy(self, record: Record) -> str:
        """What to do about a program that asks a region that is down."""
        if not any(f"request to region {region} failed" in _errors(record) for region in self.cloud.down()):
            return ""
        return (
            "; a program that looks something up there cannot run meanwhile: put the DrReplica into a stack of its "
            "own, with a provider in the second region, or drill with --record-later"
        )

    def _said(self, site: Site) -> str:
        return f"active_site: {site.value}"

    def _run(self, operation: Operation, options: Options, site: Site) -> Record:
        record = Record()
        self.stack.run(operation, options, sink=record, config=with_site(self.config, self.setting, site))
        return record


def _errors(record: Record) -> str:
    texts = [reason_of(item.message) for item in record.diagnostics if item.severity == "error"]
    return "; ".join(dict.fromkeys(texts[:_SHOWN])) or "no reason was told"
