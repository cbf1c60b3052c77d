"""Builds and their distribution: CodeBuild, Elastic Beanstalk, Service Catalog."""

from policypacks.engine.rule import (
    NOT_APPLICABLE,
    PASS,
    Node,
    Pattern,
    Resource,
    Verdict,
    all_in,
    all_of,
    each,
    fail,
    judge,
    require,
    require_false,
    require_set,
    rule,
)
from policypacks.rules.common.aws_policy import TRUSTED_ACCOUNTS, trusted_accounts
from policypacks.rules.common.credentials import credential_in_variable
from policypacks.rules.common.tags import PURPOSE, tag

SECRET_NAME = Pattern(
    r"(?:password|passwd|secret|token|api_?key|access_?key|private_?key|credential)", ignore_case=True
)
LOGIN = Pattern(r"https?://[^/@\s]{1,500}@.{0,2000}", ignore_case=True)


@rule("aws-codebuild-project-not-privileged")
def not_privileged(project: Resource) -> Verdict:
    """Builds do not run privileged, save those that build images.

    A privileged build owns its host. A project tagged ``purpose: image-build`` needs the Docker daemon.
    """
    if tag(project, PURPOSE) == "image-build":
        return NOT_APPLICABLE
    return require_false(project, "environment.privilegedMode")


@rule("aws-codebuild-project-no-plaintext-credentials")
def no_plaintext_credentials(project: Resource) -> Verdict:
    """Credentials of builds come from Secrets Manager or Parameter Store.

    A plain variable is shown by the console and the API to everyone who may see the project.
    """

    def check(variable: Node) -> Verdict:
        if variable.get("type", "PLAINTEXT") != "PLAINTEXT":
            return PASS
        named = SECRET_NAME.find(str(variable.get("name"))) is not None
        if named or credential_in_variable(variable.get("name"), variable.get("value")) is not None:
            advice = f"set {variable.path}.type to SECRETS_MANAGER or PARAMETER_STORE"
            return fail(f"{variable.path}.value", "holds a credential in the clear", advice)
        return PASS

    return each(project, "environment.environmentVariables", check)


@rule("aws-codebuild-project-encrypted")
def build_encrypted(project: Resource) -> Verdict:
    """Artifacts of builds are encrypted, under a key of one's own.

    Whoever can change what a build made changes what runs in production.
    """
    return all_of(
        require_set(project, "encryptionKey"),
        require_false(project, "artifacts.encryptionDisabled", absent=PASS),
    )


@rule("aws-codebuild-project-logs")
def build_logs(project: Resource) -> Verdict:
    """Builds are logged, and logs in S3 are encrypted.

    The log says what went into what runs in production. CloudWatch is on, and S3 off, unless they are set.
    """
    cloudwatch = project.get("logsConfig.cloudwatchLogs.status", "ENABLED")
    bucket = project.get("logsConfig.s3Logs.status", "DISABLED")
    off = cloudwatch == "DISABLED" and bucket == "DISABLED"
    return all_of(
        fail("logsConfig", "turns both logs off", "enable cloudwatchLogs or s3Logs") if off else PASS,
        require_false(project, "logsConfig.s3Logs.encryptionDisabled"),
    )


@rule("aws-codebuild-source-url-no-credentials")
def source_no_credentials(project: Resource) -> Verdict:
    """Addresses of sources hold no user or token.

    The address is in every log of the build.
    """

    def check(leaf: Node) -> Verdict:
        # The address itself is not shown: it holds the login.
        if not LOGIN.fits(str(leaf.read() or "")):
            return PASS
        return fail(leaf.path, "holds a login", f"connect the source by CodeConnections and take it out of {leaf.path}")

    leaves = (*project.leaves("source.location"), *project.leaves("secondarySources[].location"))
    return all_in(judge(check, leaf) for leaf in leaves)


@rule("aws-elasticbeanstalk-managed-updates-and-health")
def beanstalk_updates(environment: Resource) -> Verdict:
    """Environments update their platform, report health in detail and send their logs away.

    An old platform keeps its holes; logs on an instance go with it.
    """
    wanted = {
        ("aws:elasticbeanstalk:managedactions", "ManagedActionsEnabled"): "true",
        ("aws:elasticbeanstalk:healthreporting:system", "SystemType"): "enhanced",
        ("aws:elasticbeanstalk:cloudwatch:logs", "StreamLogs"): "true",
    }
    given = {(item.get("namespace"), item.get("name")): item for item in environment.items("settings")}

    def check(key: tuple[str, str]) -> Verdict:
        if key in given and str(given[key].get("value")).lower() == wanted[key]:
            return PASS
        path = given[key].path if key in given else "settings"
        return fail(path, f"{key[1]} is not {wanted[key]}", f"set {key[1]} of {key[0]} to {wanted[key]}")

    return all_in(check(key) for key in wanted)


@rule("aws-servicecatalog-portfolio-share-in-organization", config=TRUSTED_ACCOUNTS)
def portfolio_share(share: Resource) -> Verdict:
    """Portfolios are shared within the organisation, or with accounts that are known.

    A shared portfolio hands out what it launches, and how.
    """
    if share.get("type") != "ACCOUNT":
        return require(
            share,
            "type",
            test=lambda kind: str(kind).startswith("ORGANIZATION"),
            problem="is not within the organisation",
            remedy="set {path} to ORGANIZATION, ORGANIZATIONAL_UNIT or ORGANIZATION_MEMBER_ACCOUNT",
        )
    trusted = trusted_accounts(share)
    if str(share.get("principalId")) in trusted:
        return PASS
    return fail("type", "shares with an account that is not trusted", "share with the organisation instead")
