"""The part of the address ledger that a program hands to its network: plain data, read by the program."""

from pathlib import Path

from pydantic import field_validator

from platform_lib.components.vpc.addressing.intent import NetworkId
from platform_lib.components.vpc.addressing.ledger import NetworkLedger, entry_for
from platform_lib.components.vpc.addressing.ledger_file import DEFAULT_PATH, read_ledger
from platform_lib.components.vpc.addressing.limits import Cloud
from platform_lib.core.args import ComponentArgs
from platform_lib.core.context import Context
from platform_lib.core.run_errors import run_errors
from platform_lib.core.stack_file import PROJECT_FILE
from platform_lib.core.validation import FieldError


class LedgerArgs(ComponentArgs):
    """The entry of one network in the address ledger: which block every subnet has, for good."""

    network: str
    """Which network the entry belongs to, as ``environment/cloud/region/name``; another network's entry is refused."""

    ranges: list[str]
    """The IPv4 ranges of the network, such as ``10.20.0.0/16``."""

    blocks: dict[str, str]
    """Blocks in use: ``tier/zone-id`` to IPv4 range, such as ``private/euw1-az1`` to ``10.20.128.0/20``."""

    freed: dict[str, str] | None = None
    """Blocks that are no longer in use and not yet released, which nothing else may have; left out means none."""

    ipv6: dict[str, int] | None = None
    """Number of the /64 of every subnet in the IPv6 range: ``tier/zone-id`` to number; left out means none."""

    ipv6_freed: dict[str, int] | None = None
    """The same, no longer in use and not yet released; left out means none."""

    pool: str | None = None
    """Pool that the ranges were cut from; left out means none."""

    @field_validator("network")
    @classmethod
    def _check_network(cls, value: str) -> str:
        try:
            NetworkId.parse(value)
        except ValueError as error:
            raise FieldError(str(error)) from None
        return value

    @classmethod
    def of(cls, entry: NetworkLedger) -> "LedgerArgs":
        """The entry of a ledger as arguments."""
        return cls(
            network=str(entry.id),
            ranges=list(entry.ranges),
            blocks=dict(entry.blocks),
            freed=dict(entry.freed),
            ipv6=dict(entry.ipv6_numbers) or None,
            ipv6_freed=dict(entry.ipv6_freed) or None,
            pool=entry.pool,
        )

    @property
    def entry(self) -> NetworkLedger:
        """The same as the planner takes it."""
        return NetworkLedger(
            NetworkId.parse(self.network),
            tuple(self.ranges),
            self.blocks,
            self.freed or {},
            self.ipv6 or {},
            self.ipv6_freed or {},
            self.pool,
        )


def network_id(name: str, context: Context, region: str, cloud: Cloud = Cloud.AWS) -> NetworkId:
    """Which network of the repository a component is: its key in the address ledger."""
    return NetworkId(context.environment, cloud, region, name)


def project_ledger(
    name: str, context: Context, region: str, *, cloud: Cloud = Cloud.AWS, start: Path | None = None
) -> LedgerArgs:
    """The entry of a network in ``governance/address-ledger.yaml`` of the project; for programs, which may read files.

    Args:
        name: of the component.
        context: of the component; its environment is part of the network's key.
        region: the cloud's name of the region.
        cloud: where the network runs.
        start: a folder of the project, the one with ``Pulumi.yaml`` or below; left out means the working folder.

    Returns:
        The entry, to be handed to ``VpcArgs``.

    Raises:
        SettingsError: the ledger is not usable.
        PlanError: it has no such network; the message names the command that adds it. Both are ``pulumi.RunError`` too.
    """
    folder = (start or Path.cwd()).resolve()
    root = next((one for one in (folder, *folder.parents) if (one / PROJECT_FILE).is_file()), folder)
    with run_errors():
        ledger = read_ledger(root / DEFAULT_PATH).ledger
        return LedgerArgs.of(
            entry_for(ledger, network_id(name, context, region, cloud), subject=f"VpcComponent {name!r}")
        )
