"""``platform schema``: what is known of a resource type or look-up."""

from typing import Annotated

import typer

from platform_lib.cli import options
from platform_lib.cli.command import command


def register(app: typer.Typer) -> None:
    """Adds the command."""

    @command(
        app,
        "schema",
        panel="Find out",
        examples=[
            "platform schema aws:s3/bucket:Bucket",
            "platform schema ec2.Subnet --depth 1",
            "platform schema aws:index/getAvailabilityZones:getAvailabilityZones",
            "platform schema azure-native:storage:StorageAccount --json",
        ],
    )
    def schema(
        kind: Annotated[str, typer.Argument(metavar="TYPE", help="Type token, look-up token, or class (ec2.Subnet).")],
        depth: Annotated[
            int,
            typer.Option(
                "--depth", min=0, max=8, help="Levels of nested objects to show.", rich_help_panel=options.OUTPUT
            ),
        ] = 0,
        as_json: options.Json = False,
    ) -> None:
        """Prints what is known of a type: inputs, outputs, what replaces it, its automatic name, and the sources.

        Read from the installed provider SDKs and from the facts about providers that come with this library.
        """
        from platform_lib.cli.console import print_json
        from platform_lib.operations.errors import UnknownNameError
        from platform_lib.operations.types import find_type
        from platform_lib.sandbox.schema import UnknownTypeError, describe, render

        try:
            token = find_type(kind)
            if as_json:
                print_json(describe(token, depth=depth))
            else:
                typer.echo("\n".join(render(token, depth=depth)))
        except UnknownTypeError as error:
            raise UnknownNameError(str(error)) from error
