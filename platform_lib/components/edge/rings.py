"""Plans rollouts over rings, and runs them on devices that fail. Pure: no clock, no network, no chance.

A rollout takes ring after ring. Within a ring it takes waves: of each site at most so many devices at a time that the
site keeps its quorum even if every one of them fails. After a wave the gate looks at what the devices answer, not at
whether they installed: one failure more than the ring may have and everything goes back. Devices that failed within
what is allowed are set aside on the old version, and named. So a rollout ends in one of two ways, converged or rolled
back, and never in both: every device that is not set aside runs one version.
"""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

REPAIR_ROUNDS = 3
"""Rounds until somebody has brought back a device that went dark, on the old version. A number of the model."""

_POINTS = 10_000


class Health(StrEnum):
    """What a device does after it took a version."""

    GOOD = "good"
    DEGRADED = "degraded"
    DARK = "dark"


class Ending(StrEnum):
    """How a rollout ends."""

    CONVERGED = "converged"
    ROLLED_BACK = "rolled-back"


class Act(StrEnum):
    """What happens to a device: it stops serving, or serves again on the new or on the old version."""

    STOPS = "stops"
    SERVES_NEW = "serves-new"
    SERVES_OLD = "serves-old"


@dataclass(frozen=True)
class Device:
    """A device: its name, its site and its ring (a position in the order of rings)."""

    name: str
    site: str
    ring: int


@dataclass(frozen=True)
class Ring:
    """A ring: name, how many of its devices may fail in percent, and how long it soaks."""

    name: str
    maximum_failed_percent: float
    soak_hours: int


@dataclass(frozen=True)
class Event:
    """What happened to a device in a round."""

    round: int
    device: str
    act: Act


@dataclass(frozen=True)
class Wave:
    """Devices that are updated together: the name of their ring, and their names."""

    ring: str
    devices: tuple[str, ...]


@dataclass(frozen=True)
class Rollout:
    """How a rollout ended.

    Attributes:
        ending: converged or rolled back.
        stopped_at: the ring whose gate did not pass; empty where all did.
        soaked_hours: how long rings have soaked in all.
        rounds: how many rounds it took.
        on_new: devices that run the new version in the end.
        set_aside: devices that failed: they run the old version whatever the ending.
        lowest: the fewest devices that served at once, by site.
        events: everything that happened, in order.
    """

    ending: Ending
    stopped_at: str
    soaked_hours: int
    rounds: int
    on_new: frozenset[str]
    set_aside: frozenset[str]
    lowest: Mapping[str, int]
    events: tuple[Event, ...]


def ring_of(device: str, shares: Sequence[int]) -> int:
    """Which ring a device is in whose group is in none: always the same while the shares stay.

    Args:
        device: its name.
        shares: of the rings, in percent; they sum to 100.

    Returns:
        The position of the ring.
    """
    point = int.from_bytes(hashlib.sha256(device.encode()).digest()[:8], "big") % _POINTS
    end = 0
    for position, share in enumerate(shares):
        end += share * (_POINTS // 100)
        if point < end:
            return position
    raise ValueError(f"shares sum to {sum(shares)}, not to 100")


def run_rollout(
    rings: Sequence[Ring],
    devices: Sequence[Device],
    quorums: Mapping[str, int],
    *,
    health: Mapping[str, Health] | None = None,
    going_back: Mapping[str, Health] | None = None,
    away: Mapping[str, int] | None = None,
) -> Rollout:
    """Runs a rollout.

    Args:
        rings: in their order.
        devices: of the whole fleet.
        quorums: how many devices of a site must serve; fewer than the site has.
        health: what devices do after the update; those that are not named are good.
        going_back: what devices do after a rollback; those that are not named are good.
        away: devices that are offline at first, with the round in which they are back.

    Raises:
        ValueError: a quorum that leaves no device to update.
    """
    return _Run(rings, devices, quorums, health or {}, going_back or {}, away or {}).finish()


def plan_waves(rings: Sequence[Ring], devices: Sequence[Device], quorums: Mapping[str, int]) -> tuple[Wave, ...]:
    """The waves of a rollout on which nothing fails: whom to update together, in their order.

    Whoever runs rollouts makes a job for each wave, waits until its devices answer, and takes less of a site where some
    do not. Arguments are those of ``run_rollout``.
    """
    ring = {device.name: rings[device.ring].name for device in devices}
    stopped: dict[int, list[str]] = defaultdict(list)
    for event in run_rollout(rings, devices, quorums).events:
        if event.act is Act.STOPS:
            stopped[event.round].append(event.device)
    return tuple(Wave(ring[names[0]], tuple(names)) for names in stopped.values())


@dataclass
class _Run:
    rings: Sequence[Ring]
    devices: Sequence[Device]
    quorums: Mapping[str, int]
    health: Mapping[str, Health]
    going_back: Mapping[str, Health]
    away: Mapping[str, int]
    round: int = 0
    on_new: set[str] = field(default_factory=set)
    set_aside: set[str] = field(default_factory=set)
    events: list[Event] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.site = {device.name: device.site for device in self.devices}
        sizes = Counter(self.site.values())
        for site, size in sizes.items():
            if self.quorums[site] >= size:
                raise ValueError(f"site {site!r}: quorum {self.quorums[site]} of {size} leaves no device to update")
        self.returns: dict[int, list[str]] = defaultdict(list)
        for name, back in self.away.items():
            self.returns[max(back, 1)].append(name)
        self.out = set(self.away)
        self.serving = Counter(sizes)
        self.serving.subtract(self.site[name] for name in self.away)
        self.lowest = dict(self.serving)

    def finish(self) -> Rollout:
        """Runs the rings to the end."""
        soaked = 0
        for position, ring in enumerate(self.rings):
            if not self._roll_out(ring, [device for device in self.devices if device.ring == position]):
                self._roll_back()
                return self._ended(Ending.ROLLED_BACK, ring.name, soaked)
            soaked += ring.soak_hours
        return self._ended(Ending.CONVERGED, "", soaked)

    def _ended(self, ending: Ending, stopped_at: str, soaked: int) -> Rollout:
        while self.returns:  # who is away or under repair comes back in the end
            self._next_round()
        return Rollout(
            ending,
            stopped_at,
            soaked,
            self.round,
            frozenset(self.on_new),
            frozenset(self.set_aside),
            self.lowest,
            tuple(self.events),
        )

    def _roll_out(self, ring: Ring, devices: Sequence[Device]) -> bool:
        """Updates a ring; whether its gate passed."""
        allowed = len(devices) * ring.maximum_failed_percent / 100
        failed = 0
        for wave in self._waves([device.name for device in devices]):
            for name in wave:
                if (health := self.health.get(name, Health.GOOD)) is Health.GOOD:
                    self.on_new.add(name)
                    self._serve(name, Act.SERVES_NEW)
                else:
                    failed += 1
                    self._fail(name, health)
            if failed > allowed:
                return False
        return True

    def _roll_back(self) -> None:
        for wave in self._waves(sorted(self.on_new)):
            for name in wave:
                self.on_new.discard(name)
                if (health := self.going_back.get(name, Health.GOOD)) is Health.GOOD:
                    self._serve(name, Act.SERVES_OLD)
                else:
                    self._fail(name, health)

    def _waves(self, names: Sequence[str]) -> Iterator[list[str]]:
        """Takes devices out of service, at each site as many as it can spare now, until each had its turn."""
        waiting: dict[str, list[str]] = defaultdict(list)
        for name in reversed(names):
            waiting[self.site[name]].append(name)
        while waiting:
            self._next_round()
            wave: list[str] = []
            for site in list(waiting):
                spare = self.serving[site] - self.quorums[site]
                held = [name for name in waiting[site] if name in self.out]  # offline: they have their turn later
                ready = [name for name in waiting[site] if name not in self.out] if held else waiting[site]
                taken = [ready.pop() for _ in range(min(spare, len(ready)))]
                if rest := held + ready:
                    waiting[site] = rest
                else:
                    del waiting[site]
                wave += taken
            for name in wave:
                self._stop(name)
            yield wave

    def _next_round(self) -> None:
        self.round += 1
        for name in self.returns.pop(self.round, ()):
            self.out.discard(name)
            self._serve(name, Act.SERVES_NEW if name in self.on_new else Act.SERVES_OLD)

    def _stop(self, name: str) -> None:
        site = self.site[name]
        self.serving[site] -= 1
        self.lowest[site] = min(self.lowest[site], self.serving[site])
        self.events.append(Event(self.round, name, Act.STOPS))

    def _serve(self, name: str, act: Act) -> None:
        self.serving[self.site[name]] += 1
        self.events.append(Event(self.round, name, act))

    def _fail(self, name: str, health: Health) -> None:
        """A device that failed goes back to the old version: by itself in the next round, or by repair."""
        self.set_aside.add(name)
        self.out.add(name)
        self.returns[self.round + (1 if health is Health.DEGRADED else REPAIR_ROUNDS)].append(name)
