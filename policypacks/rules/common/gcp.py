"""What the rules for Google Cloud share: members of IAM bindings, the default service account, metadata flags."""

from policypacks.engine.rule import PASS, Node, Pattern, Resource, Verdict, all_of, forbid_in

EVERYONE = ("allUsers", "allAuthenticatedUsers")
"""The members that stand for everyone: https://cloud.google.com/iam/docs/principals-overview"""

_DEFAULT_ACCOUNT = Pattern(r"\d{1,20}-compute@developer\.gserviceaccount\.com")
"""https://cloud.google.com/compute/docs/access/service-accounts#default_service_account"""

_ON = frozenset({"true", "y", "yes", "1"})
_OFF = frozenset({"false", "n", "no", "0"})


def forbid_public_members(grant: Resource) -> Verdict:
    """No member of a binding stands for everyone, whether it names one (``member``) or several (``members``)."""
    return all_of(*(forbid_in(grant, path, EVERYONE, absent=PASS, ignore_case=True) for path in ("member", "members")))


def members(grant: Resource) -> list[str]:
    """The members of a binding.

    Raises:
        Undetermined: they are not known yet.
    """
    single = grant.get("member")
    return [str(item) for item in ([single] if single is not None else grant.get("members", []))]


def is_default_account(email: str) -> bool:
    """Whether an e-mail address is that of the Compute Engine default service account."""
    return email == "default" or _DEFAULT_ACCOUNT.fits(email)


def flag(holder: Node, key: str) -> bool | None:
    """A boolean of instance metadata as the guest reads it, None where it is absent or no boolean.

    See https://cloud.google.com/compute/docs/metadata/setting-custom-metadata#boolean.

    Raises:
        Undetermined: the metadata is not known yet.
    """
    text = str(holder.at("metadata").child(key).read()).lower()
    return True if text in _ON else False if text in _OFF else None
