"""The analyzer protocol's generated modules, without the rest of the SDK.

``import pulumi`` takes several times as long as everything else a pack needs to start, and the messages need nothing of
it. Where it is not loaded already (it is, where the language host starts the pack), the generated modules are loaded
from its folder on their own.
"""

import importlib
import sys
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any, Final

from platform_lib.core.errors import PolicyError

_ALONE: Final = "policypacks_protocol"
"""The name of the package that holds the generated modules when they are loaded on their own."""


def _package() -> str:
    if "pulumi" in sys.modules:
        return "pulumi.runtime.proto"
    if _ALONE not in sys.modules:
        spec = find_spec("pulumi")
        if spec is None or not spec.submodule_search_locations:
            raise PolicyError("policy server: the package pulumi is not installed; install it in this environment")
        package = ModuleType(_ALONE)
        package.__path__ = [str(Path(place) / "runtime" / "proto") for place in spec.submodule_search_locations]
        sys.modules[_ALONE] = package
    return _ALONE


_HOME: Final = _package()
analyzer_pb2: Any = importlib.import_module(f"{_HOME}.analyzer_pb2")
analyzer_pb2_grpc: Any = importlib.import_module(f"{_HOME}.analyzer_pb2_grpc")
plugin_pb2: Any = importlib.import_module(f"{_HOME}.plugin_pb2")
