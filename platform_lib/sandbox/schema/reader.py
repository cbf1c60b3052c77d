"""Reads the generated classes of an SDK: arguments of a resource, nested objects, the resource itself, look-ups.

What is taken from where: a keyword of ``Args.__init__`` without default is required; ``if p is None: p = constant`` is
a default; the name in the getter's decorator is the wire name; the getters of the resource class are its outputs;
``_internal_init`` says which are secret and which older tokens are aliases.
"""

import ast
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from platform_lib.sandbox.schema.annotation import Annotations, Unreadable
from platform_lib.sandbox.schema.errors import ShapeError
from platform_lib.sandbox.schema.model import PropertySchema
from platform_lib.sandbox.schema.package import Sdk
from platform_lib.sandbox.schema.source import Source, without_constructors

_ARGS_CLASS: Final = re.compile(r"__props__ = (\w+)\.__new__\(")
_CLASS_DEPRECATED: Final = re.compile(r'warnings\.warn\("""(.*?)""", DeprecationWarning\)', re.DOTALL)
_IMPORT_EXAMPLE: Final = re.compile(r"pulumi import (\S+) \S+ (.+)$", re.MULTILINE)
_ENVIRONMENT: Final = frozenset({"get_env", "get_env_bool", "get_env_int", "get_env_float"})


@dataclass(frozen=True, slots=True)
class ResourceFacts:
    """What the SDK says of a resource type."""

    inputs: Mapping[str, PropertySchema]
    outputs: Mapping[str, PropertySchema]
    aliases: tuple[str, ...]
    deprecated: str
    is_component: bool
    id_examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Default:
    value: Any = None
    environment: tuple[str, ...] = ()


def _call_name(node: ast.expr) -> str:
    """``pulumi.set`` of a call to it, else empty."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute | ast.Name):
        return ast.unparse(node.func)
    return ""


def _tested(node: ast.If) -> tuple[str, bool] | None:
    """Name and whether it is tested for being None, of ``if x is None`` and ``if x is not None`` (``and`` more)."""
    test = node.test.values[0] if isinstance(node.test, ast.BoolOp) else node.test
    if isinstance(test, ast.Compare) and isinstance(test.left, ast.Name) and len(test.ops) == 1:
        if isinstance(test.ops[0], ast.Is):
            return test.left.id, True
        if isinstance(test.ops[0], ast.IsNot):
            return test.left.id, False
    return None


class Reader:
    """Reads one file of an SDK for one token."""

    def __init__(self, sdk: Sdk, file: Source, token: str) -> None:
        self.sdk = sdk
        self.file = file
        self.token = token
        self.annotations = Annotations(sdk, file)

    def fail(self, node: ast.AST, problem: str) -> ShapeError:
        """The error for a form that is not known, at its line."""
        return ShapeError(token=self.token, file=self.file.file, line=getattr(node, "lineno", 0), problem=problem)

    def object_properties(self, name: str) -> dict[str, PropertySchema]:
        """The properties of an object class, of inputs or of outputs, by wire name.

        Raises:
            ShapeError: the class is missing or has an unknown form.
        """
        node = self.file.class_definition(name, self.token)
        init = next((item for item in node.body if isinstance(item, ast.FunctionDef) and item.name == "__init__"), None)
        properties = {item.python_name: item for item in self._getters(node)}
        required: frozenset[str] = frozenset()
        defaults: dict[str, _Default] = {}
        warnings: dict[str, str] = {}
        if init is not None:
            keywords = init.args.kwonlyargs
            without = zip(keywords, init.args.kw_defaults, strict=True)
            required = frozenset(keyword.arg for keyword, default in without if default is None)
            missing = {keyword.arg for keyword in keywords} ^ set(properties)
            if missing:
                raise self.fail(
                    init, f"'{name}' has arguments without getter, or the reverse: {', '.join(sorted(missing))}"
                )
            defaults, warnings = self._constructor(init)
        elif properties:
            raise self.fail(node, f"'{name}' has properties but no __init__")
        result = {}
        for python_name, item in properties.items():
            default = defaults.get(python_name, _Default())
            result[item.name] = replace(
                item,
                required=python_name in required,
                default=default.value,
                default_env=default.environment,
                deprecated=item.deprecated or warnings.get(python_name, ""),
            )
        return result

    def _getters(self, node: ast.ClassDef) -> Iterator[PropertySchema]:
        for item in node.body:
            if not isinstance(item, ast.FunctionDef):
                continue
            getter, deprecated = None, ""
            for decorator in item.decorator_list:
                name = _call_name(decorator) or ast.unparse(decorator)
                if name == "pulumi.getter":
                    getter = decorator
                elif name == "_utilities.deprecated" and isinstance(decorator, ast.Call):
                    deprecated = str(self._constant(decorator.args[0]))
            if getter is None:
                continue
            wire = item.name
            if isinstance(getter, ast.Call):
                for keyword in getter.keywords:
                    if keyword.arg == "name":
                        wire = str(self._constant(keyword.value))
            if item.returns is None:
                raise self.fail(item, f"getter '{item.name}' has no type")
            try:
                kind, optional = self.annotations.read(item.returns)
            except Unreadable as error:
                raise self.fail(item, f"getter '{item.name}': {error}") from error
            yield PropertySchema(wire, item.name, kind, required=not optional, deprecated=deprecated)

    def _constant(self, node: ast.expr) -> Any:
        try:
            return ast.literal_eval(node)
        except ValueError as error:
            raise self.fail(node, f"'{ast.unparse(node)[:60]}' is not a constant") from error

    def _default(self, node: ast.expr) -> _Default:
        """A default: a constant, ``_utilities.get_env('A', 'B')``, or the second where the first is not set."""
        if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.Or) and len(node.values) == 2:
            return _Default(self._default(node.values[1]).value, self._default(node.values[0]).environment)
        if isinstance(node, ast.Call) and _call_name(node).removeprefix("_utilities.") in _ENVIRONMENT:
            return _Default(environment=tuple(str(self._constant(argument)) for argument in node.args))
        return _Default(self._constant(node))

    def _constructor(self, init: ast.FunctionDef) -> tuple[dict[str, _Default], dict[str, str]]:
        """Defaults and deprecation texts by Python name, from the body of ``Args.__init__``."""
        defaults: dict[str, _Default] = {}
        deprecated: dict[str, str] = {}
        for statement in init.body:
            if isinstance(statement, ast.Pass) or (
                isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant)
            ):
                continue
            if isinstance(statement, ast.Expr) and _call_name(statement.value) == "pulumi.set":
                self._set(statement.value, defaults)
                continue
            tested = _tested(statement) if isinstance(statement, ast.If) else None
            if not isinstance(statement, ast.If) or tested is None:
                raise self.fail(statement, f"'{ast.unparse(statement)[:60]}' is not known in a constructor")
            name, is_none = tested
            for inner in statement.body:
                if is_none and isinstance(inner, ast.Assign):
                    defaults[name] = self._default(inner.value)
                elif isinstance(inner, ast.Expr) and _call_name(inner.value) == "pulumi.set":
                    self._set(inner.value, defaults)
                elif (
                    isinstance(inner, ast.Expr)
                    and isinstance(inner.value, ast.Call)
                    and _call_name(inner.value) == "warnings.warn"
                ):
                    deprecated[name] = str(self._constant(inner.value.args[0]))
                elif not (isinstance(inner, ast.Expr) and _call_name(inner.value) == "pulumi.log.warn"):
                    raise self.fail(inner, f"'{ast.unparse(inner)[:60]}' is not known in a constructor")
        return defaults, deprecated

    def _set(self, call: ast.expr, defaults: dict[str, _Default]) -> None:
        """``pulumi.set(__self__, "kind", 'Deployment')``: a constant that the SDK sends whatever was given."""
        if isinstance(call, ast.Call) and len(call.args) == 3 and isinstance(call.args[2], ast.Constant):
            defaults[str(self._constant(call.args[1]))] = _Default(call.args[2].value)

    def resource(self, name: str) -> ResourceFacts:
        """What the file says of the resource class.

        Raises:
            ShapeError: a class is missing or has an unknown form.
        """
        node = self.file.class_definition(name, self.token, without_constructors)
        args_class = _ARGS_CLASS.search(self.file.text)
        if args_class is None:
            raise self.fail(node, "no arguments class is named")
        inputs = self.object_properties(args_class[1])
        outputs = {item.name: item for item in self._getters(node)}
        internal = next(
            (item for item in node.body if isinstance(item, ast.FunctionDef) and item.name == "_internal_init"), None
        )
        if internal is None:
            raise self.fail(node, f"'{name}' has no _internal_init")
        secret_inputs, json_inputs, secret_outputs, aliases = self._internal(internal)
        for wire, item in inputs.items():
            if item.python_name in secret_inputs or item.python_name in json_inputs:
                inputs[wire] = replace(
                    item, secret=item.python_name in secret_inputs, json_text=item.python_name in json_inputs
                )
        for wire in secret_outputs:
            if wire in outputs:
                outputs[wire] = replace(outputs[wire], secret=True)
        deprecated = _CLASS_DEPRECATED.search(self.file.text, self.file.text.index(f"\nclass {name}("))
        init = self.file.text.find("\n    def _internal_init(")
        examples = dict.fromkeys(
            match[2].strip() for match in _IMPORT_EXAMPLE.finditer(self.file.text) if match[1] == self.token
        )
        return ResourceFacts(
            inputs=inputs,
            outputs=outputs,
            aliases=aliases,
            deprecated=deprecated[1] if deprecated and deprecated.start() < init else "",
            is_component=any(ast.unparse(base).endswith("ComponentResource") for base in node.bases),
            id_examples=tuple(examples)[:3],
        )

    def _internal(self, node: ast.FunctionDef) -> tuple[set[str], set[str], tuple[str, ...], tuple[str, ...]]:
        """Secret inputs and inputs sent as JSON text by Python name, secret outputs by wire name, aliases."""
        secret: set[str] = set()
        json_text: set[str] = set()
        secret_outputs: list[str] = []
        aliases: list[str] = []
        for item in ast.walk(node):
            if isinstance(item, ast.Assign) and isinstance(item.targets[0], ast.Subscript):
                text = ast.unparse(item.value)
                python_name = item.targets[0].slice
                if isinstance(python_name, ast.Constant):
                    if "pulumi.Output.secret(" in text:
                        secret.add(str(python_name.value))
                    if "pulumi.runtime.to_json" in text:
                        json_text.add(str(python_name.value))
            elif isinstance(item, ast.keyword) and item.arg == "additional_secret_outputs":
                secret_outputs.extend(self._constant(item.value))
            elif isinstance(item, ast.keyword) and item.arg == "type_":
                aliases.append(str(self._constant(item.value)))
        return secret, json_text, tuple(secret_outputs), tuple(dict.fromkeys(aliases))

    def function(self, name: str) -> tuple[dict[str, PropertySchema], dict[str, PropertySchema]]:
        """Inputs and outputs of a look-up, by wire name.

        An input is required where the output form of the function takes it without a second ``Optional``: that is how
        the generator writes it (the plain form marks every argument optional).

        Raises:
            ShapeError: the function has an unknown form.
        """
        node = self.file.definition(name, self.token)
        if not isinstance(node, ast.FunctionDef):
            raise ShapeError(
                token=self.token, file=self.file.file, line=node.lineno, problem=f"'{name}' is not a function"
            )
        wires: dict[str, str] = {}
        result = ""
        for item in ast.walk(node):
            if (
                isinstance(item, ast.Assign)
                and isinstance(item.targets[0], ast.Subscript)
                and isinstance(item.value, ast.Name)
            ):
                wires[item.value.id] = str(self._constant(item.targets[0].slice))
            elif isinstance(item, ast.keyword) and item.arg == "typ":
                result = ast.unparse(item.value)
        required = self._required(f"{name}_output")
        inputs = {}
        for argument in node.args.args:
            if argument.arg not in wires or argument.annotation is None:
                continue
            try:
                kind, _ = self.annotations.read(argument.annotation)
            except Unreadable as error:
                raise self.fail(argument, f"argument '{argument.arg}': {error}") from error
            wire = wires[argument.arg]
            inputs[wire] = PropertySchema(wire, argument.arg, kind, required=argument.arg in required)
        outputs: dict[str, PropertySchema] = {}
        if result:
            outputs = {item.name: item for item in self._getters(self.file.class_definition(result, self.token))}
        return inputs, outputs

    def _required(self, name: str) -> set[str]:
        if not self.file.has(name):
            return set()
        node = self.file.definition(name, self.token)
        if not isinstance(node, ast.FunctionDef):
            return set()
        return {
            argument.arg
            for argument in node.args.args
            if argument.annotation is not None
            and ast.unparse(argument.annotation).count("Optional[") == 1
            and argument.arg != "opts"
        }
