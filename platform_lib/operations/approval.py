"""Approvals: a signed record in which a person accepts one proposal, and what makes one worthless."""

import json
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, Literal

from pydantic import AwareDatetime, ValidationError

from platform_lib.core.errors import PlatformError, reason_of
from platform_lib.core.validation import findings_of
from platform_lib.operations.duration import duration_text
from platform_lib.operations.errors import InputError, RefusedError
from platform_lib.operations.governance.approvers import Person
from platform_lib.operations.governance.environments import Environment
from platform_lib.operations.governance.governance import Governance
from platform_lib.operations.model import Model
from platform_lib.operations.output import write_text
from platform_lib.operations.proposal.proposal import Proposal, differences
from platform_lib.operations.signature import (
    SignatureError,
    private_key,
    public_key,
    signature_path,
    signed,
    verify_bytes,
)

SKEW: Final = timedelta(minutes=5)
"""How far the clocks of two machines may be apart before a time is not believed; an assumption of this project."""

_SHOWN: Final = 12
"""Differences that a refusal lists."""


class Approval(Model):
    """What a person signs."""

    format: Literal["1.0"] = "1.0"
    kind: Literal["approval"] = "approval"
    digest: str
    """Of the proposal."""

    proposal: Proposal
    """What the person saw; its digest is the one above."""

    approver: str
    """Name in ``governance/approvers.yaml``."""

    reason: str = ""
    created: AwareDatetime
    expires: AwareDatetime


class Signed(Model):
    """A document and its detached signature, as their files hold them."""

    content: str
    signature: str


def read_signed(file: Path) -> Signed:
    """A document with the signature beside it.

    Raises:
        InputError: one of the two is not there.
        PlatformError: one cannot be read.
    """
    parts = []
    for path in (file, signature_path(file)):
        try:
            parts.append(path.read_bytes().decode("utf-8"))
        except FileNotFoundError:
            raise InputError(
                f"approval {file}: {path.name}: no such file; give the file and keep its .sig beside it"
            ) from None
        except UnicodeDecodeError:
            raise RefusedError(f"approval {file}: {path.name}: is not text; give the file as it was written") from None
        except OSError as error:
            reason = reason_of(error)
            raise PlatformError(f"approval {file}: {path.name}: cannot be read, got {reason}") from error
    return Signed(content=parts[0], signature=parts[1])


def read_approval(document: Signed, subject: str) -> Approval:
    """The approval that a document holds; its signature is not looked at.

    Raises:
        RefusedError: it is none.
    """
    try:
        return Approval.model_validate_json(document.content)
    except ValidationError as error:
        first = findings_of(error, Approval)[0]
        raise RefusedError(f"{subject}: {first}; give the file as `platform approve` wrote it") from None


def approve(
    proposal: Proposal,
    governance: Governance,
    *,
    by: str,
    key: Path,
    passphrase: str,
    output: Path,
    ttl: timedelta | None,
    reason: str,
    now: datetime,
) -> Approval:
    """Signs an approval, where the person may give it.

    Args:
        proposal: what is approved.
        governance: the decisions that the deployment will be judged by.
        by: name of the approver.
        key: file of the approver's private key.
        passphrase: of the key; empty for none.
        output: the file to write; the signature goes beside it.
        ttl: how long it holds; None for as long as the environment allows.
        reason: free text.
        now: the time.

    Raises:
        RefusedError: this person may not approve this proposal, and why.
        InputError: the key cannot be used.
    """
    environment = governance.environments.named(proposal.environment)
    longest = environment.approval_ttl
    if ttl is not None and not timedelta(0) < ttl <= longest:
        raise InputError(
            f"approve: --ttl: must be more than 0s and at most {duration_text(longest)}, which environment "
            f"'{environment.name}' sets, got {duration_text(ttl)}; give a shorter one"
        )
    approval = Approval(
        digest=proposal.digest,
        proposal=proposal,
        approver=by,
        reason=reason,
        created=now,
        expires=now + (ttl or longest),
    )
    secret = private_key(key, passphrase)
    content = json.dumps(approval.model_dump(mode="json", by_alias=True), indent=1, ensure_ascii=False) + "\n"
    document = Signed(content=content, signature=signed(content.encode(), secret))
    problems = approval_problems(document, proposal, governance, environment, at=now)
    if problems:
        raise RefusedError("\n".join(f"approval by '{by}': {problem}" for problem in problems))
    write_text(output, document.content)
    write_text(signature_path(output), document.signature)
    return approval


def approval_problems(
    document: Signed,
    proposal: Proposal,
    governance: Governance,
    environment: Environment,
    *,
    at: datetime,
    requested_by: str = "",
) -> list[str]:
    """What makes an approval worthless for a proposal, a line each; empty where it counts.

    Args:
        document: the approval and its signature.
        proposal: what is to be deployed.
        governance: of the last deployed commit, never of the change itself.
        environment: that is deployed to.
        at: the time of the deployment.
        requested_by: who asks for the deployment; several are separated by a comma and a space.
    """
    try:
        approval = read_approval(document, "approval")
    except RefusedError as error:
        return [str(error).removeprefix("approval: ")]
    person = governance.approvers.approvers.get(approval.approver)
    if person is None:
        return ["is nobody in governance/approvers.yaml of the deployed commit; ask somebody who is"]
    try:
        verify_bytes(
            document.content.encode(), document.signature.encode(), [public_key(person.key, "key")], "the approval"
        )
    except SignatureError as error:
        return [str(error)]
    problems = list(_of_person(approval, person, governance, environment, requested_by))
    problems += _of_time(approval, environment, at)
    if approval.proposal.digest != approval.digest:
        problems.append("names another digest than that of the proposal in it; it was not made by `platform approve`")
    elif approval.digest != proposal.digest:
        found = differences(approval.proposal, proposal)
        shown = [f"  {line}" for line in found[:_SHOWN]]
        if len(found) > _SHOWN:
            shown.append(f"  and {len(found) - _SHOWN} more differences")
        head = f"is for another change, approved {approval.digest}, got {proposal.digest}; have this one approved:"
        problems.append("\n".join([head, *shown]))
    return problems


def _of_person(
    approval: Approval, person: Person, governance: Governance, environment: Environment, requested_by: str
) -> Iterable[str]:
    if approval.approver not in governance.may_approve(environment):
        yield f"may not approve for environment '{environment.name}'; ask one who may"
    own = [author for author in approval.proposal.authors if _is(person, author)]
    if own:
        yield f"wrote the change, as {', '.join(own)}; nobody approves their own change"
    for asked in sorted({*approval.proposal.requested_by.split(", "), *requested_by.split(", ")} - {""}):
        if asked.casefold() == approval.approver.casefold() or _is(person, asked):
            yield f"asked for the change, as {asked}; nobody approves what they asked for"


def _is(person: Person, text: str) -> bool:
    """Whether ``Name <address>``, an address or an account name is the person's."""
    name, _, address = text.rpartition("<")
    return any(person.is_known_as(part) for part in (text, name, address.rstrip("> ")) if part.strip())


def _of_time(approval: Approval, environment: Environment, at: datetime) -> Iterable[str]:
    if approval.created > at + SKEW:
        ahead = duration_text(approval.created - at)
        yield f"was made {ahead} after now, got {approval.created.isoformat()}; set the clocks of both machines right"
    if at > approval.expires:
        yield f"expired at {approval.expires.isoformat()}; have the change approved again"
    if approval.expires - approval.created > environment.approval_ttl:
        held = duration_text(approval.expires - approval.created)
        yield f"holds {held}, got {duration_text(environment.approval_ttl)} in '{environment.name}'; approve it again"
