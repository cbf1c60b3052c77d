"""Athena, Glue, EMR and what else works on data."""

from policypacks.engine.rule import (
    NOT_APPLICABLE,
    PASS,
    Node,
    Resource,
    Verdict,
    all_in,
    all_of,
    any_of,
    fail,
    judge,
    require_equal,
    require_false,
    require_in,
    require_set,
    require_true,
    rule,
    undetermined,
)
from policypacks.rules.common.aws_data import document, inside, require_customer_key
from policypacks.rules.common.credentials import credential_in_variable

EMR_SECURITY = "aws:emr/securityConfiguration:SecurityConfiguration"
SUBNET = "aws:ec2/subnet:Subnet"


@rule("aws-athena-workgroup-encrypted")
def athena_results_encrypted(group: Resource) -> Verdict:
    """Results of Athena queries are encrypted with a KMS key.

    A result is a copy of what was asked for, and stays in its bucket long after the question. Results that Athena keeps
    itself are encrypted with the key that is named there.
    """
    managed = "configuration.managedQueryResultsConfiguration"
    if str(group.get(f"{managed}.enabled", False)).lower() == "true":
        return require_set(group, f"{managed}.encryptionConfiguration.kmsKey")
    path = "configuration.resultConfiguration.encryptionConfiguration.encryptionOption"
    return require_in(group, path, ("SSE_KMS", "CSE_KMS"))


@rule("aws-athena-workgroup-enforced")
def athena_enforced(group: Resource) -> Verdict:
    """The settings of an Athena workgroup hold for every query in it.

    Otherwise a client chooses where its results go, and whether they are encrypted.
    """
    return require_true(group, "configuration.enforceWorkgroupConfiguration")


@rule("aws-athena-workgroup-metrics")
def athena_metrics(group: Resource) -> Verdict:
    """Athena workgroups publish metrics.

    How much is read, and how often queries fail, shows misuse as well as cost.
    """
    return require_true(group, "configuration.publishCloudwatchMetricsEnabled")


@rule("aws-athena-database-encrypted")
def athena_database_encrypted(database: Resource) -> Verdict:
    """Results of the statements that manage an Athena database are encrypted.

    They are written to S3 like those of any query.
    """
    return require_set(database, "encryptionConfiguration.encryptionOption")


@rule("aws-glue-security-configuration-complete")
def glue_security_configuration(configuration: Resource) -> Verdict:
    """Security configurations of Glue encrypt data, logs and bookmarks with KMS keys.

    What a job reads shows up in its output, in its log and in its bookmarks.
    """
    base = "encryptionConfiguration"
    return all_of(
        require_equal(configuration, f"{base}.cloudwatchEncryption.cloudwatchEncryptionMode", "SSE-KMS"),
        require_equal(configuration, f"{base}.jobBookmarksEncryption.jobBookmarksEncryptionMode", "CSE-KMS"),
        require_equal(configuration, f"{base}.s3Encryption.s3EncryptionMode", "SSE-KMS"),
    )


@rule("aws-glue-uses-security-configuration")
def glue_uses_security_configuration(job: Resource) -> Verdict:
    """Glue jobs, crawlers and endpoints have a security configuration.

    Without one they write data and logs with the encryption that happens to be there.
    """
    return require_set(job, "securityConfiguration")


@rule("aws-glue-catalog-encrypted")
def glue_catalog_encrypted(settings: Resource) -> Verdict:
    """The Glue catalogue and the passwords in it are encrypted.

    Connections keep the passwords of databases, and everyone who may read the catalogue would read them.
    """
    base = "dataCatalogEncryptionSettings"
    return all_of(
        require_in(
            settings, f"{base}.encryptionAtRest.catalogEncryptionMode", ("SSE-KMS", "SSE-KMS-WITH-SERVICE-ROLE")
        ),
        require_true(settings, f"{base}.connectionPasswordEncryption.returnConnectionPasswordEncrypted"),
    )


SWITCHES = {"": "JDBC_ENFORCE_SSL", "JDBC": "JDBC_ENFORCE_SSL", "KAFKA": "KAFKA_SSL_ENABLED"}
"""The property of a connection that asks for TLS, by connection type; JDBC where none is named.

Source: https://docs.aws.amazon.com/glue/latest/dg/aws-glue-api-catalog-connections.html
"""


@rule("aws-glue-connection-tls")
def glue_connection(connection: Resource) -> Verdict:
    """Glue connects to databases over TLS, with a password that is kept elsewhere.

    Whatever a job loads passes through the connection; a password in its properties is shown with it.
    """
    switch = SWITCHES.get(str(connection.get("connectionType", "")).upper())
    if switch is None:
        return NOT_APPLICABLE
    path = "connectionProperties.PASSWORD"
    plain = connection.present(path) and not connection.is_secret(path)
    return all_of(
        fail(path, "is not a secret", "name a secret of Secrets Manager by SECRET_ID") if plain else PASS,
        require_true(connection, f"connectionProperties.{switch}"),
    )


@rule("aws-glue-job-logging")
def glue_job(job: Resource) -> Verdict:
    """Glue jobs write their log to CloudWatch while they run, and have no credentials among their arguments.

    A job that is killed leaves no log otherwise; arguments are shown to all who may list jobs.
    """
    name = "--enable-continuous-cloudwatch-log"

    def clean(entry: Node) -> Verdict:
        key = entry.path.rpartition(".")[2]
        kind = credential_in_variable(key, entry.read())
        return fail(entry.path, f"looks like {kind}", "read it from Secrets Manager") if kind else PASS

    def logged(it: Resource) -> Verdict:
        value = it.at("defaultArguments").child(name)
        if str(value.read()).lower() == "true":
            return PASS
        return fail(value.path, "is not true", f"set the argument {name} to true")

    return all_of(judge(logged, job), *(judge(clean, entry) for _, entry in job.entries("defaultArguments")))


@rule("aws-emr-cluster-security-configuration")
def emr_uses_security_configuration(cluster: Resource) -> Verdict:
    """EMR clusters have a security configuration.

    It is where encryption and sign-in of a cluster are decided.
    """
    return require_set(cluster, "securityConfiguration")


def _flag(configuration: Resource, *keys: str) -> Verdict:
    remedy = f"set {'.'.join(keys)} to true"
    try:
        value = inside(document(configuration, "configuration"), *keys)
    except ValueError:
        return fail("configuration", "is not JSON", remedy)
    return PASS if value is True else fail("configuration", f"does not turn {keys[-1]} on", remedy)


@rule("aws-emr-security-configuration-encrypts")
def emr_encrypts(configuration: Resource) -> Verdict:
    """Security configurations of EMR encrypt data in transit, in S3, and on the disks of the nodes.

    Intermediate results hold the data that a job works on.
    https://docs.aws.amazon.com/emr/latest/ManagementGuide/emr-create-security-configuration.html
    """
    base = "EncryptionConfiguration"
    disks = (base, "AtRestEncryptionConfiguration", "LocalDiskEncryptionConfiguration", "EnableEbsEncryption")
    return all_of(
        _flag(configuration, base, "EnableInTransitEncryption"),
        _flag(configuration, base, "EnableAtRestEncryption"),
        _flag(configuration, *disks),
    )


@rule("aws-emr-block-public-access")
def emr_block(block: Resource) -> Verdict:
    """The account starts no EMR cluster whose security groups are open to the internet.

    It also holds for clusters that no program knows.
    """
    return require_true(block, "blockPublicSecurityGroupRules")


@rule("aws-emr-cluster-kerberos")
def emr_authenticates(cluster: Resource) -> Verdict:
    """EMR clusters know who runs a job: by Kerberos, or by roles that jobs run under.

    Otherwise every job has the rights of the cluster, and claims to be whom it likes.
    """
    if cluster.present("kerberosAttributes.realm"):
        return PASS
    missing = fail("kerberosAttributes.realm", "is not set", "set kerberosAttributes, or use runtime roles")
    used = cluster.stack.target(cluster, "securityConfiguration", EMR_SECURITY)
    keys = ("AuthorizationConfiguration", "IAMConfiguration", "EnableApplicationScopedIAMRole")
    verdicts = [judge(lambda it: _flag(it, *keys), configuration) for configuration in used.sure]
    pending = [undetermined("securityConfiguration")] if used.maybe and not used.sure else []
    return any_of(missing, *verdicts, *pending)


@rule("aws-emr-cluster-logs")
def emr_logs(cluster: Resource) -> Verdict:
    """EMR clusters keep their logs in S3, encrypted.

    Logs on the nodes are gone with the cluster.
    """
    return require_set(cluster, "logUri", "logEncryptionKmsKeyId")


@rule("aws-emr-cluster-in-private-subnet")
def emr_private(cluster: Resource) -> Verdict:
    """EMR clusters stand in subnets that give no public addresses.

    Nodes with public addresses offer a dozen web consoles to whoever passes the security group. Subnets of other stacks
    cannot be seen.
    """
    paths = ("ec2Attributes.subnetId", "ec2Attributes.subnetIds")
    if not any(cluster.present(path) for path in paths):
        return fail(paths[0], "is not set", "name a private subnet")
    named = [cluster.stack.target(cluster, path, SUBNET) for path in (paths[0], f"{paths[1]}[]")]
    subnets = {subnet.urn: subnet for related in named for subnet in related.sure}
    pending = [undetermined("ec2Attributes") for related in named if related.maybe]
    return all_in(
        [
            *(judge(lambda it: require_false(it, "mapPublicIpOnLaunch", absent=PASS), it) for it in subnets.values()),
            *pending,
        ]
    )


@rule("aws-mwaa-environment-private-logged")
def airflow(environment: Resource) -> Verdict:
    """Airflow environments are private, encrypted with a key of one's own, and logged.

    The web server shows connections and variables, in which credentials stand.
    """
    logs = ("taskLogs", "webserverLogs", "workerLogs", "schedulerLogs")
    return all_of(
        require_equal(environment, "webserverAccessMode", "PRIVATE_ONLY"),
        require_customer_key(environment, "kmsKey"),
        require_true(environment, *(f"loggingConfiguration.{log}.enabled" for log in logs)),
    )


@rule("aws-appflow-uses-customer-key")
def appflow_customer_key(flow: Resource) -> Verdict:
    """AppFlow keeps credentials and data under a key of one's own.

    The key of AWS cannot be limited or withdrawn.
    """
    return require_customer_key(flow, "kmsArn")


@rule("aws-kendra-index-customer-key")
def kendra_customer_key(index: Resource) -> Verdict:
    """Kendra indexes are encrypted with a key of one's own.

    An index holds the text of every document that it knows.
    """
    return require_customer_key(index, "serverSideEncryptionConfiguration.kmsKeyId")
