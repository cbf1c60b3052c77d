"""SNS topics and SQS queues."""

from policypacks.engine.rule import (
    NOT_APPLICABLE,
    PASS,
    Resource,
    Verdict,
    all_of,
    any_of,
    fail,
    forbid_in,
    require_related,
    require_set,
    require_true,
    rule,
)
from policypacks.rules.common.aws_policy import (
    Statement,
    denies_plain_transport,
    each_statement,
    forbid_public_principal,
    statements,
)

TOPIC_POLICY = "aws:sns/topicPolicy:TopicPolicy"
QUEUE_POLICY = "aws:sqs/queuePolicy:QueuePolicy"


@rule("aws-sns-topic-encrypted")
def topic_encrypted(topic: Resource) -> Verdict:
    """Topics are encrypted with a KMS key.

    Messages are stored until every subscriber has taken them.
    """
    return require_set(topic, "kmsMasterKeyId")


@rule("aws-sns-topic-policy-not-public")
def topic_policy_not_public(target: Resource) -> Verdict:
    """No topic may be used by everyone.

    Who can publish can make every subscriber act; who can subscribe reads along.
    """
    return forbid_public_principal(target, "policy")


def _refuses_plain_transport(it: Resource, action: str, kind: str, by: str) -> Verdict:
    def denies(target: Resource) -> Verdict:
        try:
            found = statements(target, "policy")
        except ValueError:
            return fail("policy", "is not a policy document", "write it as JSON with a Statement list")
        if any(denies_plain_transport(entry) and entry.grants(action) for entry in found):
            return PASS
        return fail("policy", "does not deny plain HTTP", f"deny {action} where aws:SecureTransport is false")

    own = denies(it) if it.present("policy") else NOT_APPLICABLE
    return any_of(own, require_related(it, kind, by=by, key="url", check=denies))


@rule("aws-sns-topic-policy-requires-tls")
def topic_requires_tls(topic: Resource) -> Verdict:
    """Topics refuse messages that do not come over TLS.

    SNS answers plain HTTP unless the topic's policy denies it.
    """
    return _refuses_plain_transport(topic, "sns:Publish", TOPIC_POLICY, "arn")


@rule("aws-sns-subscription-not-http")
def subscription_not_http(subscription: Resource) -> Verdict:
    """No subscription is delivered over plain HTTP.

    The messages can be read, and replaced, on the way.
    """
    return forbid_in(subscription, "protocol", ("http",))


@rule("aws-sns-topic-delivery-logging")
def topic_delivery_logging(topic: Resource) -> Verdict:
    """Topics log deliveries that failed.

    A message that did not arrive is otherwise noticed by nobody.
    """
    roles = ("httpFailureFeedbackRoleArn", "lambdaFailureFeedbackRoleArn", "sqsFailureFeedbackRoleArn")
    others = ("applicationFailureFeedbackRoleArn", "firehoseFailureFeedbackRoleArn")
    return any_of(*(require_set(topic, role) for role in (*roles, *others)))


@rule("aws-sns-data-protection-policy")
def topic_data_protection(topic: Resource) -> Verdict:
    """Topics look for personal data in messages.

    A data protection policy finds, masks or stops what should not travel.
    """
    return require_related(topic, "aws:sns/dataProtectionPolicy:DataProtectionPolicy", by="arn")


@rule("aws-sqs-queue-encrypted")
def queue_encrypted(queue: Resource) -> Verdict:
    """Queues are encrypted.

    Messages wait in a queue for up to two weeks.
    """
    return any_of(
        PASS if queue.present("kmsMasterKeyId") else NOT_APPLICABLE, require_true(queue, "sqsManagedSseEnabled")
    )


@rule("aws-sqs-queue-policy-not-public")
def queue_policy_not_public(target: Resource) -> Verdict:
    """No queue may be used by everyone, and nobody gets every action.

    Who can send can make the consumer act; who can receive takes messages away.
    """

    def check(statement: Statement) -> Verdict:
        if statement.allow and any(action in ("*", "sqs:*") for action in statement.actions):
            return fail(statement.path, "allows every action", "name the actions")
        return PASS

    return all_of(forbid_public_principal(target, "policy"), each_statement(target, "policy", check))


@rule("aws-sqs-queue-policy-requires-tls")
def queue_requires_tls(queue: Resource) -> Verdict:
    """Queues refuse requests that do not come over TLS.

    SQS answers plain HTTP unless the queue's policy denies it.
    """
    return _refuses_plain_transport(queue, "sqs:SendMessage", QUEUE_POLICY, "queueUrl")


@rule("aws-sqs-queue-dead-letter")
def queue_dead_letter(queue: Resource) -> Verdict:
    """Queues put messages aside that nobody could process.

    Without a dead-letter queue one bad message is tried until it is thrown away.
    """
    targets = ("redriveAllowPolicy",)
    if any(queue.present(name) for name in targets) or "dead" in queue.name.lower() or "dlq" in queue.name.lower():
        return NOT_APPLICABLE
    own = PASS if queue.present("redrivePolicy") else NOT_APPLICABLE
    return any_of(own, require_related(queue, "aws:sqs/redrivePolicy:RedrivePolicy", by="queueUrl", key="url"))
