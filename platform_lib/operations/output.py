"""Files that commands write for people: whole or not at all."""

import contextlib
import tempfile
from pathlib import Path

from platform_lib.core.errors import PlatformError, reason_of


def write_text(path: Path, text: str) -> None:
    """Replaces a file as a whole.

    Args:
        path: the file; its folder must exist.
        text: the new content.

    Raises:
        PlatformError: it cannot be written; an old file is as it was.
    """
    fresh: Path | None = None
    try:
        with tempfile.NamedTemporaryFile(
            "w", encoding="utf-8", dir=path.parent, prefix=f".{path.name}.", delete=False
        ) as stream:
            fresh = Path(stream.name)
            stream.write(text)
        fresh.chmod(path.stat().st_mode & 0o777 if path.exists() else 0o644)
        fresh.replace(path)
    except OSError as error:
        if fresh is not None:
            with contextlib.suppress(OSError):
                fresh.unlink(missing_ok=True)
        reason = reason_of(error)
        raise PlatformError(f"output: {path}: cannot write, got {reason}; give another file") from error
