"""The cases of the rules for RDS parameter groups."""

import pytest

from support.aws_databases import INSTANCE, parameters
from support.policies import FAIL, Case, R, Ref, Trial, drop, on, resource, trials

RDS = "aws:rds/"
GROUP = f"{RDS}parameterGroup:ParameterGroup"
STRICT = {
    **parameters(
        "postgres16",
        rds__force_ssl="1",
        log_statement="ddl",
        log_connections="1",
        log_disconnections="1",
        shared_preload_libraries="pg_stat_statements, pgaudit",
        pgaudit__log="all",
    )
}
POSTGRES = resource(GROUP, STRICT)
MYSQL = resource(
    f"{RDS}clusterParameterGroup:ClusterParameterGroup", parameters("aurora-mysql8.0", require_secure_transport="ON")
)
USED = [
    R("database", f"{RDS}instance:Instance", {**INSTANCE, "parameterGroupName": Ref("strict")}),
    R("strict", GROUP, STRICT),
]


def change(index: int, value: str) -> dict[str, str]:
    return {f"parameters[{index}].value": value}


CASES = [
    Case(
        "aws-rds-parameter-group-requires-tls",
        POSTGRES,
        bad=[change(0, "0"), {"parameters[0].name": "log_statement"}],
        guards=["parameters", "parameters[0].value"],
        absent={"parameters[0].value": FAIL},
        unrelated={"family": "oracle-ee-19"},
        breaks=["aws-rds-postgres-pgaudit", "aws-rds-postgres-query-logging"],
    ),
    Case(
        "aws-rds-instance-uses-tls-parameter-group",
        USED,
        bad=[
            drop("strict"),
            on("strict", change(0, "0")),
            on("database", {"parameterGroupName": "default.postgres16"}),
        ],
        unrelated={"engine": "oracle-ee"},
    ),
    Case(
        "aws-rds-postgres-query-logging",
        POSTGRES,
        bad=[change(1, "none"), change(2, "0"), change(3, "off")],
        guards=["parameters"],
        unrelated={"family": "mysql8.0"},
    ),
    Case(
        "aws-rds-postgres-pgaudit",
        POSTGRES,
        bad=[change(4, "pg_stat_statements"), change(5, "none")],
        guards=["parameters", "parameters[4].value"],
        unrelated={"family": "mariadb10.11"},
    ),
]
OTHERS = [
    Case(
        "aws-rds-parameter-group-requires-tls",
        MYSQL,
        bad=change(0, "OFF"),
        also_good={"family": "aurora-postgresql16", "parameters": [{"name": "rds.force_ssl", "value": 1}]},
        unrelated={"family": "docdb5.0"},
    ),
    Case(
        "aws-rds-parameter-group-requires-tls",
        resource(GROUP, parameters("mysql8.0", require_secure_transport="1")),
        bad=change(0, "0"),
        unrelated={"family": "aurora-mysql8.0"},
    ),
]


@pytest.mark.parametrize("trial", trials([*CASES, *OTHERS]), ids=str)
def test_rule(trial: Trial) -> None:
    trial.run()
