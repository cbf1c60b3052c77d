"""A feature store on AWS, read and written by Feast: one specification for resources and definitions."""

from typing import TYPE_CHECKING

from platform_lib.core.lazy import public_names

if TYPE_CHECKING:
    from platform_lib.components.features.args import FeatureStoreArgs
    from platform_lib.components.features.arguments.contract import PinnedContractArgs, PinnedViewArgs, RetiredViewArgs
    from platform_lib.components.features.arguments.running import (
        MaterialisationArgs,
        ServingArgs,
        StoreCopiesArgs,
        StreamArgs,
    )
    from platform_lib.components.features.arguments.view import (
        BatchViewArgs,
        EntityArgs,
        FeatureArgs,
        RequestFeatureArgs,
        RequestInputArgs,
        RequestViewArgs,
        StreamViewArgs,
    )
    from platform_lib.components.features.component import FeatureStore
    from platform_lib.components.features.kind import FeatureType, ViewKind
    from platform_lib.components.features.planning.contract import contract_digest
    from platform_lib.components.features.refs import FeatureStoreOutputs, FeatureStoreReference

__all__ = [
    "BatchViewArgs",
    "EntityArgs",
    "FeatureArgs",
    "FeatureStore",
    "FeatureStoreArgs",
    "FeatureStoreOutputs",
    "FeatureStoreReference",
    "FeatureType",
    "MaterialisationArgs",
    "PinnedContractArgs",
    "PinnedViewArgs",
    "RequestFeatureArgs",
    "RequestInputArgs",
    "RequestViewArgs",
    "RetiredViewArgs",
    "ServingArgs",
    "StoreCopiesArgs",
    "StreamArgs",
    "StreamViewArgs",
    "ViewKind",
    "contract_digest",
]

_ARGS = "platform_lib.components.features.args"
_CONTRACT = "platform_lib.components.features.arguments.contract"
_RUNNING = "platform_lib.components.features.arguments.running"
_VIEW = "platform_lib.components.features.arguments.view"
_KIND = "platform_lib.components.features.kind"
_REFS = "platform_lib.components.features.refs"

__getattr__ = public_names(
    __name__,
    {
        "BatchViewArgs": _VIEW,
        "EntityArgs": _VIEW,
        "FeatureArgs": _VIEW,
        "FeatureStore": "platform_lib.components.features.component",
        "FeatureStoreArgs": _ARGS,
        "FeatureStoreOutputs": _REFS,
        "FeatureStoreReference": _REFS,
        "FeatureType": _KIND,
        "MaterialisationArgs": _RUNNING,
        "PinnedContractArgs": _CONTRACT,
        "PinnedViewArgs": _CONTRACT,
        "RequestFeatureArgs": _VIEW,
        "RequestInputArgs": _VIEW,
        "RequestViewArgs": _VIEW,
        "RetiredViewArgs": _CONTRACT,
        "ServingArgs": _RUNNING,
        "StoreCopiesArgs": _RUNNING,
        "StreamArgs": _RUNNING,
        "StreamViewArgs": _VIEW,
        "ViewKind": _KIND,
        "contract_digest": "platform_lib.components.features.planning.contract",
    },
)
