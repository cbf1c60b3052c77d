"""Editing the sandbox cloud behind a program's back, in the words of a person."""

import json
from collections.abc import Sequence
from typing import Any

from platform_lib.core.errors import CloudError, near
from platform_lib.core.values import Properties, plain
from platform_lib.operations.changes import PropertyChange, compared, value_at
from platform_lib.operations.errors import InputError
from platform_lib.operations.record import urn_name
from platform_lib.sandbox.cloud.cloud import Cloud
from platform_lib.sandbox.cloud.store import Row


def find(cloud: Cloud, target: str) -> Row:
    """One resource by URN, id, ``<type>=<id>`` or logical name.

    Raises:
        CloudError: nothing or more than one goes by it; near names or the choice are named.
    """
    try:
        return cloud.find(target)
    except CloudError as refusal:
        if target.startswith("urn:pulumi:") or "=" in target:
            raise
        rows = cloud.ls()
        named = [row for row in rows if urn_name(row.urn) == target]
        if len(named) == 1:
            return named[0]
        if named:
            choice = ", ".join(f"{row.type}={row.id}" for row in named)
            raise CloudError(
                f"sandbox cloud: {target}: {len(named)} resources have this name; say which: {choice}"
            ) from refusal
        if any(row.id == target for row in rows):
            raise
        known = [*(urn_name(row.urn) for row in rows), *(row.id for row in rows)]
        hint = near(target, known) or "list them with `platform sandbox ls`"
        raise CloudError(f"sandbox cloud: {target}: no such resource; {hint}") from refusal


def address(row: Row) -> str:
    """The target that names the row and no other."""
    return f"{row.type}={row.id}"


def assignment(text: str) -> tuple[str, str]:
    """``path=value`` as path and value text.

    Raises:
        InputError: there is no ``=``.
    """
    # A quoted key in the path may hold the sign itself: tags["a=b"]=c
    depth = 0
    for index, character in enumerate(text):
        depth += character == "["
        depth -= character == "]"
        if character == "=" and depth == 0 and index:
            return text[:index], text[index + 1 :]
    raise InputError(f"sandbox edit: '{text}': no value; write it as path=value, or --unset path to remove it")


def typed(properties: Properties, path: str, text: str) -> Any:
    """The value that a text means for a property: JSON, unless a text stands there now or the text is no JSON."""
    found, before = value_at(properties, path)
    if found and isinstance(plain(before), str):
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text


def edit(cloud: Cloud, target: str, assignments: Sequence[str], unset: Sequence[str]) -> tuple[Row, Row]:
    """Changes properties of one resource, all or none.

    Args:
        cloud: the cloud.
        target: URN, id, ``<type>=<id>`` or logical name.
        assignments: ``path=value`` each.
        unset: paths that are removed.

    Returns:
        The resource before and after.

    Raises:
        CloudError: no such resource or property, or a path does not fit what is there.
        InputError: an assignment cannot be read.
    """
    before = find(cloud, target)
    after = before
    with cloud.store.transaction():
        for text in assignments:
            path, value = assignment(text)
            after = cloud.edit(address(before), path, typed({**before.outputs, **before.inputs}, path, value))
        for path in unset:
            after = cloud.edit(address(before), path)
    return before, after


def difference(before: Row, after: Row) -> list[PropertyChange]:
    """What an edit moved, secrets redacted; inputs, and outputs that are no inputs."""
    old, new = ({**row.outputs, **row.inputs} for row in (before, after))
    return compared(old, new)
