"""Writing a pack folder for a project that installed the wheel: what ``platform policy init`` does."""

import json
import os
import stat
from pathlib import Path
from typing import Final

from platform_lib.core.errors import PolicyError, near
from policypacks.engine.pack import BUILT_IN, load_pack

_PROJECT = """\
description: {title}
runtime:
  name: python
  options:
    virtualenv: {virtualenv}
version: {version}
"""

_MAIN = """\
from policypacks.engine.server import serve

serve(__file__)
"""

_EXECUTABLE = """\
#!/bin/sh
# `--policy-pack PATH/TO/analyzer` starts the pack without a language host.
folder=$(CDPATH= cd -- "$(dirname -- "$0")" && pwd)
exec "$folder/{virtualenv}/bin/python" -m policypacks.engine.server "$folder"
"""

FILES: Final = ("PulumiPolicy.yaml", "__main__.py", "pack.json", "analyzer")
"""What a pack folder holds."""


def init_pack(folder: str | Path, pack: str, *, virtualenv: str | Path, name: str = "") -> tuple[Path, ...]:
    """Write a pack folder that serves a built-in pack from a project's own environment.

    The folder's ``pack.json`` extends the built-in pack: levels, settings, exclusions and rule modules of your own are
    added there.

    Args:
        folder: where; it is made. Files that are there already are not touched.
        pack: ``baseline``, ``hipaa``, ``pci`` or ``soc2``.
        virtualenv: the virtual environment in which this library is installed; written relative to the folder.
        name: name of the pack in messages; the built-in pack's when left out.

    Returns:
        The files, in the order of ``FILES``.

    Raises:
        PolicyError: there is no such pack, or a file of the pack is there already.
    """
    if pack not in BUILT_IN:
        raise PolicyError(f"policy pack '{pack}': is not built in; {near(pack, BUILT_IN) or ', '.join(BUILT_IN)}")
    target = Path(folder).absolute()
    for file in FILES:
        if (target / file).exists():
            raise PolicyError(f"policy pack {folder}: {file}: is there already; choose another folder, or remove it")
    built_in = load_pack(pack)
    environment = Path(os.path.relpath(Path(virtualenv).absolute(), target)).as_posix()
    target.mkdir(parents=True, exist_ok=True)
    content = {"name": name or pack, "extends": pack}
    texts = {
        "PulumiPolicy.yaml": _PROJECT.format(title=built_in.title, virtualenv=environment, version=built_in.version),
        "__main__.py": _MAIN,
        "pack.json": json.dumps(content, indent=1) + "\n",
        "analyzer": _EXECUTABLE.format(virtualenv=environment),
    }
    written = []
    for file in FILES:
        path = target / file
        path.write_text(texts[file], encoding="utf-8")
        if file == "analyzer":
            path.chmod(path.stat().st_mode | stat.S_IXUSR | stat.S_IXGRP | stat.S_IXOTH)
        written.append(path)
    return tuple(written)
