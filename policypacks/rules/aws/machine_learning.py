"""SageMaker and Bedrock."""

from policypacks.engine.rule import (
    NOT_APPLICABLE,
    PASS,
    Node,
    Resource,
    Verdict,
    all_of,
    any_of,
    each,
    require_at_least,
    require_equal,
    require_set,
    require_true,
    rule,
)
from policypacks.rules.common.aws_data import require_customer_key


@rule("aws-sagemaker-notebook-no-direct-internet")
def notebook_offline(notebook: Resource) -> Verdict:
    """Notebooks stand in a subnet and have no way to the internet of their own.

    A notebook holds training data and runs what its user types; the way out has to be one that is watched.
    """
    return all_of(require_equal(notebook, "directInternetAccess", "Disabled"), require_set(notebook, "subnetId"))


@rule("aws-sagemaker-notebook-encrypted")
def notebook_encrypted(notebook: Resource) -> Verdict:
    """The disks of notebooks are encrypted with a key of one's own.

    Copies of training data stay on them.
    """
    return require_customer_key(notebook, "kmsKeyId")


@rule("aws-sagemaker-notebook-no-root")
def notebook_without_root(notebook: Resource) -> Verdict:
    """Users of notebooks are not root.

    Root can take the credentials of the notebook's role and switch off what watches it.
    """
    return require_equal(notebook, "rootAccess", "Disabled")


@rule("aws-sagemaker-notebook-imdsv2")
def notebook_metadata(notebook: Resource) -> Verdict:
    """Notebooks answer metadata requests of version 2 only.

    Version 1 gives the role's credentials to whoever makes the notebook send one request.
    """
    path = "instanceMetadataServiceConfiguration.minimumInstanceMetadataServiceVersion"
    return require_equal(notebook, path, "2")


@rule("aws-sagemaker-endpoint-configuration-encrypted")
def endpoint_encrypted(configuration: Resource) -> Verdict:
    """The disks of endpoints are encrypted with a key of one's own.

    The model, and with it what it was trained on, lies on them.
    """
    return require_customer_key(configuration, "kmsKeyArn")


@rule("aws-sagemaker-endpoint-configuration-redundant")
def endpoint_redundant(configuration: Resource) -> Verdict:
    """Endpoints on instances have two of them at least.

    SageMaker spreads instances over zones, if there are several. Serverless variants have none.
    """

    def variant(entry: Node) -> Verdict:
        if entry.present("serverlessConfig"):
            return NOT_APPLICABLE
        return require_at_least(entry, "initialInstanceCount", 2, unit="instances")

    return each(configuration, "productionVariants", variant)


@rule("aws-sagemaker-model-isolated")
def model_isolated(model: Resource) -> Verdict:
    """The containers of models have no network, or only that of the VPC.

    A container from elsewhere could send away whatever it is asked about.
    """
    return any_of(require_true(model, "enableNetworkIsolation"), require_set(model, "vpcConfig.subnets"))


@rule("aws-sagemaker-domain-vpc-only-and-encrypted")
def domain_private(domain: Resource) -> Verdict:
    """SageMaker domains use the VPC only, have a key of one's own, and sign in by single sign-on.

    The domain holds the home folders of everyone who works with the data.
    """
    return all_of(
        require_equal(domain, "appNetworkAccessType", "VpcOnly"),
        require_customer_key(domain, "kmsKeyId"),
        require_equal(domain, "authMode", "SSO"),
    )


@rule("aws-bedrock-model-invocation-logging")
def bedrock_logs(configuration: Resource) -> Verdict:
    """What models of Bedrock are asked and answer is logged.

    Nobody can tell otherwise which data was given to a model.
    """
    return all_of(
        require_true(configuration, "loggingConfig.textDataDeliveryEnabled", absent=PASS),
        any_of(
            require_set(configuration, "loggingConfig.cloudwatchConfig.logGroupName"),
            require_set(configuration, "loggingConfig.s3Config.bucketName"),
        ),
    )


@rule("aws-bedrock-agent-guardrail-and-key")
def bedrock_agent(agent: Resource) -> Verdict:
    """Agents of Bedrock have a guardrail and a key of one's own.

    The guardrail filters what goes in and out; the key encrypts sessions, in which personal data stands.
    """
    return all_of(
        require_customer_key(agent, "customerEncryptionKeyArn"),
        require_set(agent, "guardrailConfigurations[].guardrailIdentifier"),
    )
