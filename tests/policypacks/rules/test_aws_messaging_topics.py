"""The cases of the rules for SNS and SQS."""

import pytest

from support.aws_examples import KEY_ARN, allow, policy
from support.policies import PASS, REMOVE, Case, R, Ref, Trial, drop, on, resource, trials

OWN = allow({"AWS": "arn:aws:iam::111122223333:root"}, ["sns:Publish"])
OPEN = policy(allow("*", "sns:Publish"))


def refuse(action: str) -> dict[str, object]:
    return {
        "Effect": "Deny",
        "Principal": {"AWS": "*"},
        "Action": action,
        "Resource": "*",
        "Condition": {"Bool": {"aws:SecureTransport": False}},
    }


TOPIC = [
    R(
        "topic",
        "aws:sns/topic:Topic",
        {"kmsMasterKeyId": KEY_ARN, "sqsFailureFeedbackRoleArn": "arn:aws:iam::111122223333:role/feedback"},
    ),
    R(
        "policy",
        "aws:sns/topicPolicy:TopicPolicy",
        {"arn": Ref("topic", "arn"), "policy": policy(OWN, refuse("sns:*"))},
    ),
    R("protection", "aws:sns/dataProtectionPolicy:DataProtectionPolicy", {"arn": Ref("topic", "arn"), "policy": "{}"}),
]
QUEUE = [
    R("queue", "aws:sqs/queue:Queue", {"kmsMasterKeyId": KEY_ARN, "redrivePolicy": '{"maxReceiveCount": 3}'}),
    R(
        "policy",
        "aws:sqs/queuePolicy:QueuePolicy",
        {"queueUrl": Ref("queue"), "policy": policy(refuse("sqs:SendMessage"))},
    ),
]
SINGLE = resource("aws:sqs/queue:Queue", {"sqsManagedSseEnabled": True})

CASES = [
    Case("aws-sns-topic-encrypted", TOPIC, bad={"kmsMasterKeyId": ""}, unknown={"kmsMasterKeyId": PASS}),
    Case(
        "aws-sns-topic-policy-not-public",
        resource("aws:sns/topicPolicy:TopicPolicy", {"arn": "t", "policy": policy(OWN)}),
        bad=[{"policy": OPEN}, {"policy": policy(allow("*", "*", Condition={"StringLike": {"aws:SourceArn": "*"}}))}],
        also_good={"policy": policy(allow("*", "*", Condition={"StringEquals": {"AWS:SourceOwner": "111122223333"}}))},
    ),
    Case(
        "aws-sns-topic-policy-requires-tls",
        TOPIC,
        bad=[drop("policy"), on("policy", {"policy": policy(OWN)}), on("policy", {"policy": "{"})],
        also_good=on("topic", {"policy": policy(refuse("sns:Publish"))}),
    ),
    Case(
        "aws-sns-subscription-not-http",
        resource("aws:sns/topicSubscription:TopicSubscription", {"topic": "t", "protocol": "https"}),
        bad={"protocol": "http"},
    ),
    Case(
        "aws-sns-topic-delivery-logging",
        TOPIC,
        bad={"sqsFailureFeedbackRoleArn": ""},
        also_good={"sqsFailureFeedbackRoleArn": REMOVE, "httpFailureFeedbackRoleArn": "arn"},
        unknown={"sqsFailureFeedbackRoleArn": PASS},
    ),
    Case("aws-sns-data-protection-policy", TOPIC, bad=[drop("protection"), on("protection", {"arn": "another"})]),
    Case(
        "aws-sqs-queue-encrypted",
        SINGLE,
        bad={"sqsManagedSseEnabled": False},
        also_good={"sqsManagedSseEnabled": False, "kmsMasterKeyId": KEY_ARN},
    ),
    Case(
        "aws-sqs-queue-policy-not-public",
        resource("aws:sqs/queuePolicy:QueuePolicy", {"queueUrl": "q", "policy": policy(OWN)}),
        bad=[{"policy": OPEN}, {"policy": policy(allow({"AWS": "111122223333"}, "sqs:*"))}],
    ),
    Case(
        "aws-sqs-queue-policy-requires-tls",
        QUEUE,
        bad=[drop("policy"), on("policy", {"policy": policy(OWN)})],
    ),
    Case(
        "aws-sqs-queue-dead-letter",
        QUEUE,
        bad={"redrivePolicy": ""},
        unknown={"redrivePolicy": PASS},
    ),
]


@pytest.mark.parametrize("trial", trials(CASES), ids=str)
def test_rule(trial: Trial) -> None:
    trial.run()


DEAD_LETTER = Case(
    "aws-sqs-queue-dead-letter",
    [
        R("queue", "aws:sqs/queue:Queue", {}),
        R("redrive", "aws:sqs/redrivePolicy:RedrivePolicy", {"queueUrl": Ref("queue"), "redrivePolicy": "{}"}),
    ],
    bad=[drop("redrive"), on("redrive", {"queueUrl": "another"})],
    unrelated={"redriveAllowPolicy": "{}"},
)


@pytest.mark.parametrize("trial", trials([DEAD_LETTER]), ids=str)
def test_a_redrive_policy_of_its_own_counts(trial: Trial) -> None:
    trial.run()
