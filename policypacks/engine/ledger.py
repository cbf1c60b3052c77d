"""The address ledger as rules get it: the blocks in use, by network.

Whether it is right in itself is not looked at: ``platform network check`` does that.
"""

from collections.abc import Mapping
from pathlib import Path

from platform_lib.core.errors import PolicyError

FOLDER = Path("governance")
"""Where reviewed decisions lie in a project."""

FILE = "address-ledger.yaml"
LEDGER = FOLDER / FILE
SOURCE = "address-ledger"
"""What a setting of a rule names as ``reviewed`` to be filled from the ledger."""

Blocks = Mapping[str, Mapping[str, str]]
"""``environment/cloud/region/name`` to ``tier/zone-id`` to range."""


def find_reviewed(name: str, *starts: Path) -> Path | None:
    """A file of ``governance`` in the nearest folder above one of the starts, or None."""
    for start in starts:
        for folder in (start, *start.parents):
            candidate = folder / FOLDER / name
            if candidate.is_file():
                return candidate
    return None


def read_blocks(path: str | Path | None) -> Blocks:
    """The blocks in use of every network.

    Args:
        path: the file; None for none.

    Raises:
        PolicyError: the file cannot be read, or is no address ledger.
    """
    if path is None:
        return {}
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        content = YAML(typ="safe", pure=True).load(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError, YAMLError) as error:
        reason = " ".join(str(error).split())
        raise PolicyError(f"address ledger {path}: cannot be read, {reason}; give the path of the file") from error
    networks = (content.get("networks") or {}) if isinstance(content, dict) else None
    if not isinstance(networks, dict) or not all(isinstance(one, dict) for one in networks.values()):
        raise PolicyError(f"address ledger {path}: has no networks; run 'platform network check'")
    return {
        str(network): {str(key): str(block) for key, block in (entry.get("blocks") or {}).items()}
        for network, entry in networks.items()
    }
