"""RDS parameter groups: what engines are told about TLS and logs."""

from policypacks.engine.rule import (
    NOT_APPLICABLE,
    PASS,
    Resource,
    Verdict,
    all_of,
    fail,
    judge,
    rule,
    undetermined,
)
from policypacks.rules.aws.rds import engine
from policypacks.rules.common.aws_data import parameter, require_parameter, require_parameter_not

GROUP = "aws:rds/parameterGroup:ParameterGroup"


def _forces_tls(group: Resource) -> Verdict:
    family = str(group.get("family", "")).lower()
    if group.type == GROUP and family.startswith("aurora"):
        return NOT_APPLICABLE
    if family.startswith(("postgres", "aurora-postgresql", "sqlserver")):
        return require_parameter(group, "rds.force_ssl", ("1", "on", "true"))
    if family.startswith(("mysql", "mariadb", "aurora-mysql")):
        return require_parameter(group, "require_secure_transport", ("ON", "1", "true"))
    return NOT_APPLICABLE


def _is_postgres(group: Resource) -> bool:
    family = str(group.get("family", "")).lower()
    return family.startswith("postgres") or (family.startswith("aurora-postgresql") and group.type != GROUP)


@rule("aws-rds-parameter-group-requires-tls")
def group_requires_tls(group: Resource) -> Verdict:
    """Parameter groups make the engine refuse connections without TLS.

    A client that does not ask for TLS otherwise sends its password and its data in plain text. For Aurora the parameter
    is one of the cluster's group; Oracle and Db2 have none.
    """
    return _forces_tls(group)


@rule("aws-rds-instance-uses-tls-parameter-group")
def instance_uses_tls_group(instance: Resource) -> Verdict:
    """Database instances use a parameter group that refuses connections without TLS.

    A strict group that nothing uses protects nothing. A group from elsewhere cannot be seen, and does not count.
    """
    if engine(instance).startswith(("oracle", "db2", "custom")):
        return NOT_APPLICABLE
    groups = instance.stack.target(instance, "parameterGroupName", GROUP)
    if groups.sure:
        return all_of(*(judge(_forces_tls, group) for group in groups.sure))
    if groups.maybe:
        return undetermined("parameterGroupName")
    return fail("parameterGroupName", "names no ParameterGroup of the stack", "name a ParameterGroup that requires TLS")


@rule("aws-rds-postgres-query-logging")
def postgres_logs_statements(group: Resource) -> Verdict:
    """PostgreSQL logs who connects and which statements change the database.

    Without these parameters the exported log holds errors and little else.
    """
    if not _is_postgres(group):
        return NOT_APPLICABLE
    off = ("0", "off", "false", "")
    return all_of(
        judge(lambda it: require_parameter(it, "log_statement", ("ddl", "mod", "all")), group),
        judge(lambda it: require_parameter_not(it, "log_connections", off, "1"), group),
        judge(lambda it: require_parameter_not(it, "log_disconnections", off, "1"), group),
    )


@rule("aws-rds-postgres-pgaudit")
def postgres_audits(group: Resource) -> Verdict:
    """PostgreSQL keeps an audit log of sessions and objects.

    The pgaudit extension tells what a statement touched, which the text of the statement alone does not.
    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Appendix.PostgreSQL.CommonDBATasks.pgaudit.html
    """
    if not _is_postgres(group):
        return NOT_APPLICABLE

    def loaded(it: Resource) -> Verdict:
        entry = parameter(it, "shared_preload_libraries")
        libraries = [] if entry is None else str(entry.get("value", "")).lower().replace(" ", "").split(",")
        if "pgaudit" in libraries:
            return PASS
        path = "parameters" if entry is None else entry.path
        return fail(path, "do not load pgaudit", "add pgaudit to the parameter shared_preload_libraries")

    return all_of(
        judge(loaded, group),
        judge(lambda it: require_parameter_not(it, "pgaudit.log", ("none", ""), "ddl,role"), group),
    )
