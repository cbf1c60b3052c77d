"""A table of DynamoDB that knows as much as the state of a feature store needs: conditional updates of one item."""

import re
from typing import Any


class ConditionalCheckFailedError(Exception):
    """What boto3 raises, in the form that callers look at."""

    def __init__(self, condition: str) -> None:
        super().__init__(condition)
        self.response = {"Error": {"Code": "ConditionalCheckFailedException"}}


class StateTable:
    """Items by name; every call is written down."""

    def __init__(self) -> None:
        self.items: dict[str, dict[str, dict[str, str]]] = {}
        self.calls: list[str] = []

    def get_item(self, *, TableName: str, Key: dict[str, dict[str, str]], ConsistentRead: bool) -> dict[str, Any]:
        assert ConsistentRead
        self.calls.append("GetItem")
        item = self.items.get(Key["name"]["S"])
        return {} if item is None else {"Item": item}

    def update_item(
        self,
        *,
        TableName: str,
        Key: dict[str, dict[str, str]],
        UpdateExpression: str,
        ConditionExpression: str,
        ExpressionAttributeValues: dict[str, dict[str, str]],
    ) -> None:
        self.calls.append("UpdateItem")
        name = Key["name"]["S"]
        item = dict(self.items.get(name, {"name": {"S": name}}))
        given = {key: value["S"] for key, value in ExpressionAttributeValues.items()}
        used = set(re.findall(r":\w+", f"{UpdateExpression} {ConditionExpression}"))
        assert used == set(given), "DynamoDB refuses values that no expression uses, and the other way round"
        if not _holds(ConditionExpression, item, given):
            raise ConditionalCheckFailedError(ConditionExpression)
        setting, _, removing = UpdateExpression.partition("REMOVE")
        for part in filter(None, setting.replace("SET", "").strip().split(",")):
            field, value = (word.strip() for word in part.split("="))
            item[field] = {"S": given[value]}
        for field in filter(None, (word.strip() for word in removing.split(","))):
            item.pop(field, None)
        self.items[name] = item


def _holds(text: str, item: dict[str, dict[str, str]], given: dict[str, str]) -> bool:
    """A condition of ``OR`` and ``AND`` over comparisons, with brackets; nothing compares with a missing field."""

    def one(match: re.Match[str]) -> str:
        if match["missing"]:
            return str(match["missing"] not in item)
        held = item.get(match["field"], {}).get("S")
        value = given[match["value"]]
        return str(held is not None and (held < value if match["sign"] == "<" else held == value))

    form = r"attribute_not_exists\((?P<missing>\w+)\)|(?P<field>\w+) (?P<sign>[<=]) (?P<value>:\w+)"
    plain = re.sub(form, one, text).replace(" OR ", " or ").replace(" AND ", " and ")
    assert set(re.findall(r"\w+", plain)) <= {"True", "False", "or", "and"}, plain
    return bool(eval(plain))
