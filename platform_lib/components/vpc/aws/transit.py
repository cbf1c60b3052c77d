"""Attachments of a transit gateway in its route tables, none of which is a default one."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import pulumi
from pulumi_aws import ec2transitgateway

from platform_lib.components.vpc.making import Maker


@dataclass(frozen=True, slots=True)
class TransitTables:
    """Route tables that an attachment is put into.

    Attributes:
        associated: decides where its traffic goes; None leaves that to the hub's owner.
        propagated: tables that learn its ranges, by name.
    """

    associated: pulumi.Input[str] | None = None
    propagated: Mapping[str, pulumi.Input[str]] = field(default_factory=dict)

    def attach(self, make: Maker, key: str, attachment_id: pulumi.Input[str]) -> None:
        """Put an attachment into the tables.

        Args:
            make: with what the children are made.
            key: of the attachment, for logical names.
            attachment_id: its id.
        """
        if self.associated is not None:
            name = make.name("transit-association", key)
            ec2transitgateway.RouteTableAssociation(
                name,
                region=make.region,
                transit_gateway_attachment_id=attachment_id,
                transit_gateway_route_table_id=self.associated,
                opts=make.options(name),
            )
        for table, table_id in self.propagated.items():
            name = make.name("transit-propagation", f"{key}-{table}")
            ec2transitgateway.RouteTablePropagation(
                name,
                region=make.region,
                transit_gateway_attachment_id=attachment_id,
                transit_gateway_route_table_id=table_id,
                opts=make.options(name),
            )
