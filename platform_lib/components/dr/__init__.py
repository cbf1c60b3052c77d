"""Copies in a second region by which a platform survives the loss of the first one, and the way there and back."""

from typing import TYPE_CHECKING

from platform_lib.core.lazy import public_names

if TYPE_CHECKING:
    from platform_lib.components.dr.args import (
        BackupsArgs,
        DrillsArgs,
        DrKeysArgs,
        DrReplicaArgs,
        DrSourceArgs,
        FailoverRecordArgs,
        MeasurementArgs,
        ObjectivesArgs,
        PrimarySiteArgs,
        RestoreTestsArgs,
        SecondarySiteArgs,
        StandbyArgs,
        StopRulesArgs,
    )
    from platform_lib.components.dr.component import DrReplica
    from platform_lib.components.dr.kind import FailoverBy, Mechanism, Site, SourceKind, Strategy, VaultLockMode
    from platform_lib.components.dr.plan import plan_replica
    from platform_lib.components.dr.planning.model import DrPlan
    from platform_lib.components.dr.refs import DrReplicaOutputs, DrReplicaReference

__all__ = [
    "BackupsArgs",
    "DrKeysArgs",
    "DrPlan",
    "DrReplica",
    "DrReplicaArgs",
    "DrReplicaOutputs",
    "DrReplicaReference",
    "DrSourceArgs",
    "DrillsArgs",
    "FailoverBy",
    "FailoverRecordArgs",
    "MeasurementArgs",
    "Mechanism",
    "ObjectivesArgs",
    "PrimarySiteArgs",
    "RestoreTestsArgs",
    "SecondarySiteArgs",
    "Site",
    "SourceKind",
    "StandbyArgs",
    "StopRulesArgs",
    "Strategy",
    "VaultLockMode",
    "plan_replica",
]

_ARGS = "platform_lib.components.dr.args"
_KIND = "platform_lib.components.dr.kind"
_REFS = "platform_lib.components.dr.refs"

__getattr__ = public_names(
    __name__,
    {
        "BackupsArgs": _ARGS,
        "DrKeysArgs": _ARGS,
        "DrPlan": "platform_lib.components.dr.planning.model",
        "DrReplica": "platform_lib.components.dr.component",
        "DrReplicaArgs": _ARGS,
        "DrReplicaOutputs": _REFS,
        "DrReplicaReference": _REFS,
        "DrSourceArgs": _ARGS,
        "DrillsArgs": _ARGS,
        "FailoverBy": _KIND,
        "FailoverRecordArgs": _ARGS,
        "MeasurementArgs": _ARGS,
        "Mechanism": _KIND,
        "ObjectivesArgs": _ARGS,
        "PrimarySiteArgs": _ARGS,
        "RestoreTestsArgs": _ARGS,
        "SecondarySiteArgs": _ARGS,
        "Site": _KIND,
        "SourceKind": _KIND,
        "StandbyArgs": _ARGS,
        "StopRulesArgs": _ARGS,
        "Strategy": _KIND,
        "VaultLockMode": _KIND,
        "plan_replica": "platform_lib.components.dr.plan",
    },
)
