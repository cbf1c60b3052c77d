"""A way that is being put together: each step waits for those that stand before it. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass

from platform_lib.components.dr.args import MeasurementArgs
from platform_lib.components.dr.kind import Action, Phase, Strategy
from platform_lib.components.dr.planning import figures
from platform_lib.components.dr.planning.model import FailoverPlan, Figure, SitePlan, SourcePlan, Step


@dataclass(frozen=True)
class Surroundings:
    """What all ways are made from; measurements by name of the source."""

    name: str
    strategy: Strategy
    primary: SitePlan
    secondary: SitePlan
    record: FailoverPlan | None
    decide_minutes: float
    measurements: Mapping[str, tuple[MeasurementArgs, ...]]


class Way:
    """Collects steps in the order in which they can be taken; those of different sources run beside each other."""

    def __init__(self, around: Surroundings, *, to: SitePlan, left: SitePlan) -> None:
        self.around = around
        self.to = to
        self.left = left
        self._steps: list[Step] = []

    @property
    def steps(self) -> tuple[Step, ...]:
        """The steps so far."""
        return tuple(self._steps)

    def shared(
        self,
        name: str,
        phase: Phase,
        action: Action,
        title: str,
        figure: Figure,
        command: str = "",
        site: SitePlan | None = None,
    ) -> None:
        """A step for all sources: after every step that stands there."""
        after = tuple(step.name for step in self._steps)
        self._steps.append(Step(name, phase, action, (site or self.to).site, "", title, command, figure, after))

    def beside(self, name: str, action: Action, title: str, figure: Figure) -> None:
        """A step for all sources that waits for no source: programs are started while data are promoted."""
        after = tuple(step.name for step in self._steps if not step.source)
        self._steps.append(Step(name, Phase.CAPACITY, action, self.to.site, "", title, "", figure, after))

    def of_source(
        self, verb: str, action: Action, source: SourcePlan, title: str, figure: Figure, command: str = ""
    ) -> None:
        """A step of one source: after what is shared, and after its own; a measurement takes the figure's place."""
        after = tuple(step.name for step in self._steps if step.source in ("", source.name))
        found = [one for one in self.around.measurements.get(source.name, ()) if one.part == verb]
        figure = figures.measured(found[-1]) if found else figure
        self._steps.append(
            Step(f"{verb}-{source.name}", Phase.DATA, action, self.to.site, source.name, title, command, figure, after)
        )
