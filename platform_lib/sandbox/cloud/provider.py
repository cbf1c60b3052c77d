"""The sandbox cloud behind Pulumi's provider protocol: one configured instance of one package."""

# ruff: noqa: ARG002 - the protocol gives names and arguments; this provider does not need each

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from platform_lib.core.values import UNKNOWN, Properties, plain
from platform_lib.sandbox.cloud import eventual, lookup, references, schemas, secrets
from platform_lib.sandbox.cloud.believable import VOLATILE, completed, fill
from platform_lib.sandbox.cloud.codec import holds_secret
from platform_lib.sandbox.cloud.difference import compare
from platform_lib.sandbox.cloud.model import Request, Session, refuse, words
from platform_lib.sandbox.cloud.package import Package, decoded
from platform_lib.sandbox.cloud.store import Row
from platform_lib.sandbox.protocol import (
    Autonaming,
    CheckResult,
    CreateResult,
    DiffResult,
    InvokeResult,
    ReadResult,
)
from platform_lib.sandbox.schema.model import ResourceSchema

if TYPE_CHECKING:
    from platform_lib.sandbox.cloud.cloud import Cloud

CONFIG_KEYS_IGNORED = frozenset({"version", "__internal", "pluginDownloadURL"})


class CloudProvider:
    """Implements ``platform_lib.sandbox.protocol.Provider`` on the cloud's store.

    Args:
        cloud: the cloud.
        package: the habits of the package.
        version: the version asked for; kept for the log only.
    """

    def __init__(self, cloud: "Cloud", package: Package, version: str) -> None:
        self._cloud = cloud
        self._package = package
        self._session: Session | None = None
        self.version = version

    @property
    def session(self) -> Session:
        """The configured instance; without a call of ``configure`` one with an empty configuration."""
        if self._session is None:
            self._session = self._package.session({})
        return self._session

    # Configuration

    def check_config(self, urn: str, olds: Properties, news: Properties) -> CheckResult:
        """Validates the configuration of the instance."""
        failures = [*schemas.config_failures(self._package.name, news), *self._package.check_config(decoded(news))]
        return CheckResult(news, failures)

    def diff_config(
        self,
        urn: str,
        id: str,
        old_inputs: Properties,
        old_outputs: Properties,
        news: Properties,
        ignore_changes: Sequence[str],
    ) -> DiffResult:
        """Compares two configurations; what moves the resources elsewhere replaces."""
        old, new = decoded(old_inputs), decoded(news)
        keys = (old.keys() | new.keys()) - CONFIG_KEYS_IGNORED
        changed = sorted(
            key for key in keys if old.get(key) is UNKNOWN or new.get(key) is UNKNOWN or old.get(key) != new.get(key)
        )
        replaces = [key for key in self._package.config_replaces(old, new) if key in changed]
        return DiffResult("some" if changed else "none", replaces, (), changed)

    def configure(self, urn: str, id: str, inputs: Properties) -> None:
        """Takes the configuration."""
        self._session = self._package.session(decoded(inputs))

    # Inputs

    def check(
        self, urn: str, olds: Properties, news: Properties, random_seed: bytes, autonaming: Autonaming | None
    ) -> CheckResult:
        """Validates inputs by the schema and the type's rules; fills in defaults and the automatic name."""
        token = schemas.token_of(urn)
        schema = schemas.resource(token)
        inputs = {key: value for key, value in news.items() if not key.startswith("__")}
        with self._cloud.call("check", token, urn, self.session.region, 0):
            return self._checked(schema, urn, olds, inputs, random_seed, autonaming)

    def _checked(
        self,
        schema: ResourceSchema,
        urn: str,
        olds: Properties,
        inputs: Properties,
        seed: bytes,
        autonaming: Autonaming | None,
    ) -> CheckResult:
        failures = list(
            self._package.prepare(self.session, self._cloud.store, schema, urn, olds, inputs, seed, autonaming)
        )
        failures += schemas.failures(schema, inputs)
        rules = self._package.rules(schema.token)
        if rules.check is not None and not failures:
            failures += secrets.masked_failures(rules.check(plain(inputs)), inputs)
        return CheckResult(secrets.mark_inputs(schema, inputs), failures)

    def diff(
        self,
        urn: str,
        id: str,
        old_inputs: Properties,
        old_outputs: Properties,
        news: Properties,
        ignore_changes: Sequence[str],
    ) -> DiffResult:
        """Compares checked inputs with the old ones."""
        token = schemas.token_of(urn)
        schema, rules = schemas.resource(token), self._package.rules(token)
        settled = self._package.settled(self.session, schema, news, secrets.Unwrapped(old_inputs, old_outputs))
        old = {**settled.get("old", {}), **old_inputs} if settled else old_inputs
        new = {**settled.get("new", {}), **news} if settled else news
        found = compare(schema, old, new, old_outputs, self._package.habits, rules.conditions, rules.equal)
        if not found.replaces:
            return found
        first = self._package.delete_before_replace(schema, old_inputs, news)
        return DiffResult(found.changes, found.replaces, (), found.diffs, found.detailed, first)

    # Life

    def create(self, urn: str, inputs: Properties, timeout: float, *, preview: bool) -> CreateResult:
        """Makes the resource; in a preview nothing is made and what the cloud decides is UNKNOWN."""
        request = self._request(urn, inputs, preview=preview)
        if preview:
            return CreateResult("", secrets.mark_outputs(request.schema, inputs, self._foreseen(request)))
        token = request.schema.token
        with self._cloud.call("create", token, urn, request.region, timeout) as call, secrets.hidden(inputs):
            row = self._make(request, inputs)
        call.raise_unready(row, inputs)
        return CreateResult(row.id, row.outputs)

    def _make(self, request: Request, inputs: Properties) -> Row:
        """Creates within the transaction of the call."""
        store, schema, rules = self._cloud.store, request.schema, self._package.rules(request.schema.token)
        number = store.next_number(request.urn)
        request.seed = f"{schema.token}|{request.account}|{request.region}|{request.urn}|{number}"
        self._package.admit(request)
        references.check(self._package, rules, request)
        if rules.admit is not None:
            rules.admit(request)
        key = store.key(words(rules.unique, request)) if rules.unique else None
        if key is not None and store.by_key(key) is not None:
            raise refuse(request.format(rules.exists) if rules.exists else self._package.exists(request))
        held = eventual.refusal(rules.held, key, request, store, self._cloud.clock)
        if held:
            raise refuse(held)
        request.id = words(rules.id, request) if rules.id else self._package.identify(request)
        request.seed = self._seed(request, number)
        scope, region = request.account, request.region
        there = store.find(schema.token, request.id, scope, region)
        if there is not None and not rules.id and _is_replaced(request, there):
            # Two that differ in what replaces are two in the real cloud: the made-up id says too little.
            request.id = f"{request.id}-{request.hex(8)}"
            there = store.find(schema.token, request.id, scope, region)
        if there is not None and not (rules.adopts or self._package.adopts(schema)):
            raise refuse(request.format(rules.exists) if rules.exists else self._package.exists(request))
        self._complete(request)
        outputs = secrets.mark_outputs(schema, inputs, request.outputs)
        row = Row(
            schema.package,
            scope,
            region,
            schema.token,
            request.id,
            request.urn,
            dict(inputs),
            outputs,
            request.stamp,
            request.stamp,
            unique_key=key,
            number=number,
        )
        links = references.links(rules, request)
        if there is None:
            store.add(row, links)
        else:
            row.row, row.version, row.created = there.row, there.version + 1, there.created
            store.save(row, links)
        if rules.created is not None:
            rules.created(request, row)
        return row

    @staticmethod
    def _seed(request: Request, number: int) -> str:
        """What made-up values derive from: the same for all operations on a resource, another when it is made anew."""
        return f"{request.schema.token}|{request.account}|{request.region}|{request.id}|{number}"

    def _complete(self, request: Request) -> None:
        """Fills the outputs of a create or update: what was given, what the type's rules say, what is believable."""
        rules, schema, outputs = self._package.rules(request.schema.token), request.schema, request.outputs
        for key, value in request.inputs.items():
            if (key in schema.outputs or not schema.outputs) and not key.startswith("__"):
                outputs[key] = value
        if self._package.id_in_outputs:
            outputs["id"] = request.id
        outputs.update(self._package.common(request))
        if rules.arn:
            outputs["arn"] = request.format(rules.arn)
        for key, value in rules.defaults.items():
            if key not in outputs:
                outputs[key] = request.format(value) if isinstance(value, str) else value
        if rules.compute is not None:
            outputs.update(rules.compute(request))
        fill(request, schemas.objects(self._package.name), self._package.arn)

    def _foreseen(self, request: Request) -> Properties:
        """Outputs of a create as far as a preview knows them."""
        schema = request.schema
        outputs = {
            key: value
            for key, value in request.inputs.items()
            if (key in schema.outputs or not schema.outputs) and not key.startswith("__")
        }
        request.outputs = outputs
        outputs.update(self._package.common(request))
        for key, output in schema.outputs.items():
            if isinstance(outputs.get(key), dict | list):
                outputs[key] = self._undecided(request, key, outputs[key])
            elif key not in outputs and (output.required or key not in schema.inputs):
                outputs[key] = UNKNOWN
        return outputs

    def read(self, urn: str, id: str, inputs: Properties, state: Properties) -> ReadResult:
        """Reads the resource as it is in the cloud, edits behind the program's back included."""
        token = schemas.token_of(urn)
        schema = schemas.resource(token)
        scope, region = self._package.place(self.session, schema, secrets.Unwrapped(inputs, state))
        wanted, region = self._package.import_id(id, region)
        with self._cloud.call("read", token, urn, region, 0):
            row = self._find(schema, wanted, scope, region)
            if row is None and not inputs and not state:
                row = self._imported(schema, wanted, scope, region)
        if row is None:
            return ReadResult("")
        row = eventual.settled(self._package.rules(token).later, row, self._cloud.clock)
        if not inputs and not state:
            return ReadResult(row.id, row.inputs, row.outputs)
        return ReadResult(row.id, secrets.follow(inputs, row.inputs), secrets.follow(state, row.outputs))

    def update(
        self,
        urn: str,
        id: str,
        old_inputs: Properties,
        old_outputs: Properties,
        news: Properties,
        timeout: float,
        ignore_changes: Sequence[str],
        *,
        preview: bool,
    ) -> Properties:
        """Changes the resource in place and answers its outputs."""
        request = self._request(urn, news, old_outputs, preview=preview)
        request.id = id
        schema = request.schema
        if preview:
            kept = self._kept(schema, plain(old_outputs), plain(old_inputs), request.inputs)
            given = self._given(request, plain(old_inputs), kept)
            request.outputs = {**kept, **given}
            request.outputs.update(self._package.common(request))
            rules = self._package.rules(schema.token)
            renewed = rules.renewed(request) if callable(rules.renewed) else rules.renewed
            changed = {
                key: UNKNOWN for key in kept if key in renewed or (VOLATILE.fullmatch(key) and key not in schema.inputs)
            }
            return secrets.mark_outputs(schema, news, {**request.outputs, **changed}, old_outputs)
        with self._cloud.call("update", schema.token, urn, request.region, timeout) as call:
            row = self._find(schema, id, request.account, request.region)
            if row is None:
                raise refuse(self._package.not_found(schema, id))
            with secrets.hidden(news):
                self._change(request, row, news)
        call.raise_unready(row, news)
        return row.outputs

    def _given(self, request: Request, old: Properties, kept: Properties) -> Properties:
        """Inputs as the preview of an update shows them: what the cloud adds within a changed one is not known yet."""
        return {
            key: self._undecided(request, key, value)
            for key, value in request.inputs.items()
            if key in request.schema.outputs and not (key in kept and old.get(key) == value)
        }

    def _undecided(self, request: Request, key: str, value: Any) -> Any:
        """A given value in a preview, with UNKNOWN for what the cloud adds within it."""
        output, rules = request.schema.outputs[key], self._package.rules(request.schema.token)
        value = completed(value, output.type, schemas.objects(self._package.name), lambda _path, _kind: UNKNOWN)
        for path in rules.computed:
            head, _, below = path.partition(".")
            if head == key and isinstance(value, dict):
                value = {below: UNKNOWN, **value}
            elif head == key and isinstance(value, list):
                value = [{below: UNKNOWN, **item} if isinstance(item, dict) else item for item in value]
        return value

    def _change(self, request: Request, row: Row, news: Properties) -> None:
        """Updates within the transaction of the call."""
        rules = self._package.rules(request.schema.token)
        request.old = row
        request.seed = self._seed(request, row.number)
        references.check(self._package, rules, request)
        self._package.revise(request)
        if rules.admit is not None:
            rules.admit(request)
        kept = self._kept(request.schema, plain(row.outputs), plain(row.inputs), request.inputs)
        request.outputs = {
            key: value for key, value in kept.items() if not VOLATILE.fullmatch(key) or key in request.schema.inputs
        }
        self._complete(request)
        row.outputs = secrets.mark_outputs(request.schema, news, request.outputs, row.outputs)
        row.inputs, row.urn, row.version, row.modified = dict(news), request.urn, row.version + 1, request.stamp
        self._cloud.store.save(row, references.links(rules, request))

    @staticmethod
    def _kept(schema: ResourceSchema, outputs: Properties, old: Properties, new: Properties) -> Properties:
        """Old outputs without those of inputs that were taken out and that the cloud does not compute itself."""
        return {
            key: value
            for key, value in outputs.items()
            if not (key in old and key not in new and not (key in schema.outputs and schema.outputs[key].required))
        }

    def delete(self, urn: str, id: str, old_inputs: Properties, old_outputs: Properties, timeout: float) -> None:
        """Deletes the resource, unless something in the cloud still needs it; one that is gone already is fine."""
        token = schemas.token_of(urn)
        schema = schemas.resource(token)
        request = self._request(urn, old_inputs, old_outputs, preview=False)
        request.id = id
        with self._cloud.call("delete", token, urn, request.region, timeout):
            row = self._find(schema, id, request.account, request.region)
            if row is not None:
                rules = self._package.rules(token)
                request.old, request.outputs, request.inputs = row, plain(row.outputs), plain(row.inputs)
                references.release(self._package, request)
                if rules.deleting is not None:
                    rules.deleting(request)
                self._package.release(request)
                eventual.hold(rules.held, row, request.inputs, self._cloud.store, self._cloud.clock)
                self._cloud.store.remove(row.row)

    def invoke(self, token: str, args: Properties) -> InvokeResult:
        """Answers a look-up: from the fixtures file, built in, or from what is in the cloud."""
        region = str(plain(args).get("region") or self.session.region)
        with self._cloud.call("invoke", token, "", region, 0):
            return lookup.answer(self._cloud, self._package, self.session, token, args)

    def cancel(self) -> None:
        """Nothing to stop: every call is over when it answers."""

    # Helpers

    def _request(self, urn: str, inputs: Properties, state: Properties | None = None, *, preview: bool) -> Request:
        """The request about a resource; the place of one that exists is what its state says."""
        schema = schemas.resource(schemas.token_of(urn))
        bare = plain(inputs) if any(holds_secret(value) for value in inputs.values()) else dict(inputs)
        scope, region = self._package.place(self.session, schema, {**plain(state), **bare} if state else bare)
        return Request(
            session=self.session,
            store=self._cloud.store,
            schema=schema,
            urn=urn,
            inputs=bare,
            scope=scope,
            region=region,
            stamp=self._cloud.clock.stamp(),
            preview=preview,
            knows=self._cloud.knows,
        )

    def _find(self, schema: ResourceSchema, id_: str, scope: str, region: str) -> Row | None:
        """The stored resource; scope and region narrow the search only where ids are not unique without them."""
        rows = [row for row in self._cloud.store.by_id(id_) if row.type == schema.token]
        if not self._package.scoped_ids and len(rows) == 1:
            return rows[0]
        return next((row for row in rows if row.scope == scope and row.region == region), None)

    def _imported(self, schema: ResourceSchema, text: str, scope: str, region: str) -> Row | None:
        """What an import names by something else than its id."""
        name_of = self._package.rules(schema.token).import_ids
        if name_of is None:
            return None
        rows = self._cloud.store.rows("type = ? AND scope = ? AND region = ?", (schema.token, scope, region))
        return next((row for row in rows if name_of(plain(row.inputs)) == text), None)


def _is_replaced(request: Request, there: Row) -> bool:
    """Whether a request replaces what is there under the id that it would get: same URN, another identity."""
    if there.urn != request.urn:
        return False
    old = plain(there.inputs)
    names = {rule.path.partition(".")[0] for rule in request.schema.replace}
    return any(old.get(name) != request.inputs.get(name) for name in names)
