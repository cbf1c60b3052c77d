"""Watermarks and leases in a table of DynamoDB: who works on a view, and up to when its values are online.

One item a view, by ``name``: ``watermark`` (the end of what is online), ``lease_owner`` and ``lease_until``. All times
are UTC texts of one form, so that they compare as texts. Every change is one conditional write, so that two runs
cannot both believe that they have the lease, and a watermark moves forward only, by who has it.
"""

from datetime import UTC, datetime, timedelta

FORM = "%Y-%m-%dT%H:%M:%SZ"


class LeaseLostError(RuntimeError):
    """Somebody else works on it meanwhile: what was done does not count."""


def text_of(moment):
    """A moment as it stands in the table, in whole seconds."""
    return moment.astimezone(UTC).strftime(FORM)


def moment_of(text):
    """A moment from the table."""
    return datetime.strptime(text, FORM).replace(tzinfo=UTC)


class State:
    """The table.

    Args:
        client: of boto3 for DynamoDB, or what does the same.
        table: its name.
    """

    def __init__(self, client, table):
        self._client = client
        self._table = table

    def claim(self, name, owner, now, seconds):
        """Takes the lease of a view for some seconds; the same owner may take it again.

        Returns:
            Whether it is taken: not while another owner has one that lasts.
        """
        return self._update(
            name,
            "SET lease_owner = :owner, lease_until = :until",
            "attribute_not_exists(lease_until) OR lease_until < :now OR lease_owner = :owner",
            {":owner": owner, ":now": text_of(now), ":until": text_of(now + timedelta(seconds=seconds))},
        )

    def release(self, name, owner):
        """Gives the lease back; nothing happens where another one has it."""
        self._update(name, "REMOVE lease_owner, lease_until", "lease_owner = :owner", {":owner": owner})

    def watermark(self, name):
        """Up to when values are online; None where there never were any."""
        text = self._read(name).get("watermark", {}).get("S")
        return None if text is None else moment_of(text)

    def advance(self, name, owner, end):
        """Moves the watermark forward and gives the lease back, in one.

        Raises:
            LeaseLostError: another owner has the lease, or the watermark is further already.
        """
        done = self._update(
            name,
            "SET watermark = :end REMOVE lease_owner, lease_until",
            "lease_owner = :owner AND (attribute_not_exists(watermark) OR watermark < :end)",
            {":owner": owner, ":end": text_of(end)},
        )
        if not done:
            raise LeaseLostError(f"{name}: {owner} has no lease any more; the watermark stays where it is")

    def seen(self, name, moment):
        """Moves the watermark of a stream view to its newest event; an older one changes nothing."""
        self._update(
            name,
            "SET watermark = :end",
            "attribute_not_exists(watermark) OR watermark < :end",
            {":end": text_of(moment)},
        )

    def note(self, name, owner, value):
        """Writes down what was applied and gives the lease back, in one.

        Raises:
            LeaseLostError: another owner has the lease.
        """
        values = {":owner": owner, ":value": value}
        if not self._update(
            name, "SET applied = :value REMOVE lease_owner, lease_until", "lease_owner = :owner", values
        ):
            raise LeaseLostError(f"{name}: {owner} has no lease any more; {value} does not count as applied")

    def applied(self, name):
        """What was applied last; None where nothing was."""
        return self._read(name).get("applied", {}).get("S")

    def _read(self, name):
        answer = self._client.get_item(TableName=self._table, Key={"name": {"S": name}}, ConsistentRead=True)
        return answer.get("Item", {})

    def _update(self, name, expression, condition, values):
        """One conditional write; whether its condition held."""
        try:
            self._client.update_item(
                TableName=self._table,
                Key={"name": {"S": name}},
                UpdateExpression=expression,
                ConditionExpression=condition,
                ExpressionAttributeValues={key: {"S": value} for key, value in values.items()},
            )
        except Exception as error:
            if getattr(error, "response", {}).get("Error", {}).get("Code") == "ConditionalCheckFailedException":
                return False
            raise
        return True
