"""How other components take a feature store: one of ours, or one that exists already."""

from typing import Any, ClassVar, Self

from platform_lib.components.features.arguments.contract import PinnedViewArgs
from platform_lib.components.features.planning.contract import contract_digest, part_of
from platform_lib.core.args import ComponentArgs
from platform_lib.core.errors import Finding, PlanError
from platform_lib.core.inputs import Input
from platform_lib.core.references import StackOutputs


class FeatureStoreReference(ComponentArgs):
    """What a component needs of a store: what to ask, and what it answers."""

    region: str
    """The AWS region, such as ``eu-west-1``."""

    project: str
    """Name of the project in Feast."""

    serving_arn: Input[str]
    """The function to invoke for features, by its alias."""

    training_policy_arn: Input[str]
    """Policy for roles that read values as they were."""

    event_stream_arn: Input[str]
    """Stream to put events into; empty without stream views."""

    contract: list[PinnedViewArgs]
    """Its views with keys and features, and their types."""

    def digest_of(self, features: list[str]) -> str:
        """The digest of what a consumer uses of the store: the same as long as none of it changes.

        Args:
            features: what it asks for, as ``view:feature``.

        Raises:
            PlanError: one is not in the store.
        """
        part, findings = part_of(self.contract, features)
        if findings:
            raise PlanError(f"FeatureStoreReference '{self.project}'", findings)
        return contract_digest(part)

    def require(self, features: list[str], digest: str) -> None:
        """Makes a consumer's preview fail where what it uses has changed since it was pinned.

        Args:
            features: what it asks for, as ``view:feature``.
            digest: what ``digest_of`` said of them when it was written against them.

        Raises:
            PlanError: a feature is gone, or keys or types are others than those that were pinned.
        """
        found = self.digest_of(features)
        if found != digest:
            part, _ = part_of(self.contract, features)
            told = "; ".join(f"{view.name} by {_types(view.keys)} gives {_types(view.features)}" for view in part)
            problem = f"is no longer what the store gives ({found}: {told}), got {digest!r}"
            finding = Finding("contract_digest", problem, "adapt the consumer, and pin the new digest")
            raise PlanError(f"FeatureStoreReference '{self.project}'", [finding])


def _types(found: dict[str, Any]) -> str:
    return ", ".join(f"{name} ({kind.value})" for name, kind in sorted(found.items()))


class FeatureStoreOutputs(StackOutputs):
    """A feature store as a stack offers it to others."""

    output_name: ClassVar[str] = "features"
    version: ClassVar[int] = 1

    region: Input[str]
    """The AWS region."""

    project: Input[str]
    """Name of the project in Feast."""

    serving_arn: Input[str]
    """The function to invoke for features."""

    training_policy_arn: Input[str]
    """Policy for roles that read values as they were."""

    event_stream_arn: Input[str]
    """Stream to put events into; empty without stream views."""

    contract: Input[list[dict[str, Any]]]
    """The views with keys and features, and their types."""

    contract_digest: Input[str]
    """Digest of the whole contract."""

    @classmethod
    def of(cls, store: FeatureStoreReference) -> Self:
        """The outputs of a store."""
        fields = {**dict(store), "contract": [view.model_dump(mode="json") for view in store.contract]}
        return cls(**fields, contract_digest=contract_digest(store.contract))

    @property
    def reference(self) -> FeatureStoreReference:
        """The store as components take it; for outputs that were read at once."""
        fields = {name: value for name, value in dict(self).items() if name != "contract_digest"}
        return FeatureStoreReference.parse("FeatureStoreOutputs", fields)
