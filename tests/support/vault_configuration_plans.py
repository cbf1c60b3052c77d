"""Plans of configurations of Vault servers, and arguments that differ from the usual ones in one place."""

import pytest

from platform_lib.components.vault_configuration.args import VaultConfigurationArgs
from platform_lib.components.vault_configuration.plan import plan_configuration
from platform_lib.core.errors import PlanError
from support.vault_configurations import (
    AUTH,
    ENGINES,
    POLICIES,
    configuration_args,
)

SUBJECT = "VaultConfiguration 'main'"


def planned(make=configuration_args, environment="prod", **more):
    return plan_configuration("main", VaultConfigurationArgs.parse(SUBJECT, make(environment, **more)), subject=SUBJECT)


def wrong(error=PlanError, make=configuration_args, environment="prod", **more):
    with pytest.raises(error) as caught:
        planned(make, environment, **more)
    return [str(finding) for finding in caught.value.findings]


def policy(*rules, name="shop"):
    """The policies with other rules for one of them."""
    return [{"name": name, "rules": list(rules)}, *(one for one in POLICIES if one["name"] != name)]


def rule(path, *capabilities, **more):
    return {"path": path, "capabilities": list(capabilities or ["read"]), **more}


def role(kind, **more):
    """The methods with other fields of the first role of one of them."""
    (method,) = AUTH[kind]
    return {**AUTH, kind: [{**method, "roles": [{**method["roles"][0], **more}]}]}


def method(kind, **more):
    (found,) = AUTH[kind]
    return {**AUTH, kind: [{**found, **more}]}


def engine(kind, **more):
    (found,) = ENGINES[kind]
    return {**ENGINES, kind: [{**found, **more}]}


def connection(**more):
    (database,) = ENGINES["database"]
    return engine("database", connections=[{**database["connections"][0], **more}])


def database(**more):
    (found,) = ENGINES["database"]
    return {**ENGINES, "database": [{**found, **more}]}
