"""What changes have to keep: data of retired views, and what consumers rely on."""

from datetime import date

from pydantic import Field, field_validator

from platform_lib.components.features.arguments.name import check_snake
from platform_lib.components.features.kind import FeatureType
from platform_lib.core.args import ComponentArgs
from platform_lib.core.validation import FieldError


class RetiredViewArgs(ComponentArgs):
    """A batch or stream view that is no more, and whose data stay for a while."""

    name: str
    """The name that it had."""

    until: str
    """The last day on which its data are kept, as ``2027-03-31``; afterwards the policy
    ``aws-dynamodb-retired-table-kept-until`` asks for them to go."""

    replaced_by: str | None = None
    """The view that has taken its place; left out means none."""

    data_released: bool | None = None
    """Whether the protection of its data is off, so that the entry may be taken away with them in the next change; left
    out means false. Before ``until`` the policy refuses it."""

    @field_validator("name", "replaced_by")
    @classmethod
    def _check_names(cls, value: str | None) -> str | None:
        return value if value is None else check_snake(value)

    @field_validator("until")
    @classmethod
    def _check_until(cls, value: str) -> str:
        try:
            parsed = date.fromisoformat(value).isoformat()
        except ValueError:
            parsed = ""
        if parsed != value:
            raise FieldError("is not a day", "write it as '2027-03-31'")
        return value


class PinnedViewArgs(ComponentArgs):
    """What consumers rely on of a view."""

    name: str
    """Name of the view."""

    keys: dict[str, FeatureType]
    """Type of each key that it is looked up by; for a request view, of each input."""

    features: dict[str, FeatureType]
    """Type of each feature that consumers use."""


class PinnedContractArgs(ComponentArgs):
    """What consumers rely on: what a change must not take from them."""

    views: list[PinnedViewArgs] = Field(min_length=1)
    """The views that they use, in what they use of them."""

    digest: str | None = None
    """Digest of ``views`` by which consumers know it, as ``contract_digest`` makes it; left out means that it is not
    compared."""
