"""The ``platform`` command: thin, what it does lives in ``platform_lib.operations``; here it is asked for and shown."""


def main() -> None:
    """Runs the command line; the process ends with the exit codes that ``platform --help`` lists."""
    from platform_lib.cli.app import app

    app(prog_name="platform")
