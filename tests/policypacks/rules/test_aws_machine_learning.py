"""The cases of the rules for SageMaker and Bedrock."""

import pytest

from support.aws_examples import KEY_ARN
from support.policies import FAIL, PASS, REMOVE, Case, Trial, resource, trials

METADATA = "instanceMetadataServiceConfiguration.minimumInstanceMetadataServiceVersion"
NOTEBOOK = resource(
    "aws:sagemaker/notebookInstance:NotebookInstance",
    {
        "directInternetAccess": "Disabled",
        "subnetId": "subnet-1",
        "kmsKeyId": KEY_ARN,
        "rootAccess": "Disabled",
        "instanceMetadataServiceConfiguration": {"minimumInstanceMetadataServiceVersion": "2"},
    },
)
ENDPOINT = resource(
    "aws:sagemaker/endpointConfiguration:EndpointConfiguration",
    {"kmsKeyArn": KEY_ARN, "productionVariants": [{"modelName": "m", "initialInstanceCount": 2}]},
)
MODEL = resource("aws:sagemaker/model:Model", {"executionRoleArn": "arn", "enableNetworkIsolation": True})
DOMAIN = resource(
    "aws:sagemaker/domain:Domain", {"appNetworkAccessType": "VpcOnly", "kmsKeyId": KEY_ARN, "authMode": "SSO"}
)
GROUP = "loggingConfig.cloudwatchConfig.logGroupName"
BUCKET = "loggingConfig.s3Config.bucketName"
LOGGED = resource(
    "aws:bedrockmodel/invocationLoggingConfiguration:InvocationLoggingConfiguration",
    {"loggingConfig": {"textDataDeliveryEnabled": True, "cloudwatchConfig": {"logGroupName": "bedrock"}}},
)
AGENT = resource(
    "aws:bedrock/agentAgent:AgentAgent",
    {"customerEncryptionKeyArn": KEY_ARN, "guardrailConfigurations": [{"guardrailIdentifier": "g"}]},
)
SAGEMAKER = "aws-sagemaker"

CASES = [
    Case(
        f"{SAGEMAKER}-notebook-no-direct-internet",
        NOTEBOOK,
        bad=[{"directInternetAccess": "Enabled"}, {"subnetId": ""}],
        unknown={"subnetId": PASS},
    ),
    Case(f"{SAGEMAKER}-notebook-encrypted", NOTEBOOK, bad={"kmsKeyId": ""}, unknown={"kmsKeyId": PASS}),
    Case(f"{SAGEMAKER}-notebook-no-root", NOTEBOOK, bad={"rootAccess": "Enabled"}),
    Case(f"{SAGEMAKER}-notebook-imdsv2", NOTEBOOK, bad={METADATA: "1"}),
    Case(
        f"{SAGEMAKER}-endpoint-configuration-encrypted",
        ENDPOINT,
        bad={"kmsKeyArn": ""},
        unknown={"kmsKeyArn": PASS},
    ),
    Case(
        f"{SAGEMAKER}-endpoint-configuration-redundant",
        ENDPOINT,
        bad={"productionVariants[].initialInstanceCount": 1},
        unrelated={"productionVariants": [{"serverlessConfig": {"maxConcurrency": 5, "memorySizeInMb": 2048}}]},
    ),
    Case(
        f"{SAGEMAKER}-model-isolated",
        MODEL,
        bad={"enableNetworkIsolation": False},
        also_good={"enableNetworkIsolation": REMOVE, "vpcConfig": {"subnets": ["s"], "securityGroupIds": ["g"]}},
    ),
    Case(
        f"{SAGEMAKER}-domain-vpc-only-and-encrypted",
        DOMAIN,
        bad=[{"appNetworkAccessType": "PublicInternetOnly"}, {"kmsKeyId": ""}, {"authMode": "IAM"}],
        unknown={"kmsKeyId": PASS},
    ),
    Case(
        "aws-bedrock-model-invocation-logging",
        LOGGED,
        bad=[{GROUP: ""}, {"loggingConfig.textDataDeliveryEnabled": False}],
        unknown={GROUP: PASS},
        absent={"loggingConfig.textDataDeliveryEnabled": PASS, GROUP: FAIL},
        also_good={"loggingConfig.cloudwatchConfig": REMOVE, BUCKET: "logs"},
    ),
    Case(
        "aws-bedrock-agent-guardrail-and-key",
        AGENT,
        bad=[{"customerEncryptionKeyArn": ""}, {"guardrailConfigurations": []}],
        unknown={"customerEncryptionKeyArn": PASS},
    ),
]


@pytest.mark.parametrize("trial", trials(CASES), ids=str)
def test_rule(trial: Trial) -> None:
    trial.run()
