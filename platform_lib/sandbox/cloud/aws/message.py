"""SNS topics and subscriptions, SQS queues (SNS and SQS API references)."""

from collections.abc import Iterable
from typing import Final

from platform_lib.core.values import Properties
from platform_lib.sandbox.cloud.aws.region import dns_suffix
from platform_lib.sandbox.cloud.aws.shared import TOPIC, error, json_texts, key_of
from platform_lib.sandbox.cloud.model import Check, Reference, Request, TypeRules
from platform_lib.sandbox.protocol import CheckFailure

QUEUE: Final = ("aws:sqs/queue:Queue",)


def _name(request: Request) -> str:
    return str(request.get("name") or f"{request.get('namePrefix', request.name)}{request.digits(26)}")


def _check_fifo(key: str) -> Check:
    def check(inputs: Properties) -> Iterable[CheckFailure]:
        name, fifo = inputs.get("name"), inputs.get(key)
        if isinstance(name, str) and isinstance(fifo, bool) and name.endswith(".fifo") != fifo:
            yield CheckFailure("name", f"a name ends in '.fifo' exactly when {key} is true, got '{name}'")
        for field in ("policy", "redrivePolicy", "deliveryPolicy"):
            yield from json_texts(field)(inputs)

    return check


def _topic_id(request: Request) -> str:
    return request.arn("sns", f"{_name(request)}")


def _topic_outputs(request: Request) -> Properties:
    return {
        "arn": request.id,
        "owner": request.account,
        "policy": request.get("policy") or request.outputs.get("policy") or "",
        "beginningArchiveTime": "",
        "signatureVersion": request.get("signatureVersion", 1),
        "tracingConfig": request.get("tracingConfig", "PassThrough"),
    }


def _queue_url(request: Request) -> str:
    host = f"https://sqs.{request.region}.{dns_suffix(request.session.partition)}"
    return f"{host}/{request.account}/{_name(request)}"


def _queue_outputs(request: Request) -> Properties:
    name = request.id.rpartition("/")[2]
    defaults = {
        "delaySeconds": 0,
        "maxMessageSize": 262144,
        "messageRetentionSeconds": 345600,
        "receiveWaitTimeSeconds": 0,
        "visibilityTimeoutSeconds": 30,
        "kmsDataKeyReusePeriodSeconds": 300,
        "sqsManagedSseEnabled": not request.get("kmsMasterKeyId"),
        "deduplicationScope": "",
        "fifoThroughputLimit": "",
        "policy": "",
        "redrivePolicy": "",
        "redriveAllowPolicy": "",
    }
    arn = request.arn("sqs", f"{name}")
    filled = {key: request.get(key, value) for key, value in defaults.items()}
    return {"arn": arn, "url": request.id, "name": name, **filled}


_TOPIC: Final = Reference("topic", TOPIC, error("SNS", "Subscribe", "NotFound", "Topic does not exist ({value})"))
_QUEUE: Final = Reference(
    "queueUrl",
    QUEUE,
    error("SQS", "SetQueueAttributes", "QueueDoesNotExist", "The specified queue does not exist ({value})."),
)

RULES: Final[dict[str, TypeRules]] = {
    "aws:sns/topic:Topic": TypeRules(
        source="SNS API reference, CreateTopic: the same name again answers the same topic",
        references=(key_of("SNS", "SetTopicAttributes", "kmsMasterKeyId"),),
        id=_topic_id,
        check=_check_fifo("fifoTopic"),
        compute=_topic_outputs,
        adopts=True,
    ),
    "aws:sns/topicPolicy:TopicPolicy": TypeRules(
        references=(
            Reference("arn", TOPIC, error("SNS", "SetTopicAttributes", "NotFound", "Topic does not exist ({value})")),
        ),
        id=lambda request: str(request.get("arn")),
        adopts=True,
        check=json_texts("policy"),
        compute=lambda request: {"arn": request.get("arn"), "owner": request.account},
    ),
    "aws:sns/topicSubscription:TopicSubscription": TypeRules(
        references=(_TOPIC,),
        id=lambda request: f"{request.get('topic')}:{request.uuid()}",
        compute=lambda request: {
            "arn": request.id,
            "ownerId": request.account,
            "pendingConfirmation": request.get("protocol") in ("email", "email-json", "http", "https"),
            "confirmationWasAuthenticated": request.get("protocol") in ("sqs", "lambda"),
            "filterPolicyScope": request.get(
                "filterPolicyScope", "MessageAttributes" if request.get("filterPolicy") else ""
            ),
        },
    ),
    "aws:sqs/queue:Queue": TypeRules(
        source="SQS API reference, CreateQueue",
        references=(key_of("SQS", "CreateQueue", "kmsMasterKeyId"),),
        id=_queue_url,
        check=_check_fifo("fifoQueue"),
        compute=_queue_outputs,
        exists=error("SQS", "CreateQueue", "QueueNameExists", "A queue already exists with the same name ({name})"),
    ),
    "aws:sqs/queuePolicy:QueuePolicy": TypeRules(
        references=(_QUEUE,), id="{queueUrl}", adopts=True, check=json_texts("policy")
    ),
    "aws:sqs/redrivePolicy:RedrivePolicy": TypeRules(references=(_QUEUE,), id="{queueUrl}", adopts=True),
}
