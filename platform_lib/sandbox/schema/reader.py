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

from platform_lib.sandbox.schema.annotation import Annotations, UnreadableError
from platform_lib.sandbox.schema.model import PropertySchema, PropertyType
from platform_lib.sandbox.schema.package import Sdk
from platform_lib.sandbox.schema.source import Definition, Source, without_constructors

_ARGS_CLASS: Final = re.compile(r"__props__ = (\w+)\.__new__\(")
_CLASS_DEPRECATED: Final = re.compile(r'warnings\.warn\("""(.*?)""", DeprecationWarning\)', re.DOTALL)
_IMPORT_EXAMPLE: Final = re.compile(r"pulumi import (\S+) \S+ (.+)$", re.MULTILINE)
_ENVIRONMENT: Final = frozenset({"get_env", "get_env_bool", "get_env_int", "get_env_float"})
_MAX_EXAMPLES: Final = 3


@dataclass(frozen=True, slots=True)
class ResourceFacts:
    """What the SDK says of a resource type; the fields are those of ``ResourceSchema``."""

    inputs: Mapping[str, PropertySchema]
    outputs: Mapping[str, PropertySchema]
    aliases: tuple[str, ...] = ()
    deprecated: str = ""
    is_component: bool = False
    id_examples: tuple[str, ...] = ()


@dataclass(slots=True)
class _Constructor:
    """What the body of ``Args.__init__`` says, by Python name."""

    defaults: dict[str, Any]
    environment: dict[str, tuple[str, ...]]
    deprecated: dict[str, str]


@dataclass(slots=True)
class _Internal:
    """What ``_internal_init`` says: inputs by Python name, outputs by wire name, older tokens."""

    secret_inputs: set[str]
    json_inputs: set[str]
    secret_outputs: list[str]
    aliases: dict[str, None]


def _called(node: ast.AST) -> str:
    """``pulumi.set`` of a call to it, else empty."""
    if isinstance(node, ast.Call):
        function = node.func
        if isinstance(function, ast.Attribute):
            owner = function.value
            if isinstance(owner, ast.Attribute) and isinstance(owner.value, ast.Name):
                return f"{owner.value.id}.{owner.attr}.{function.attr}"
            if isinstance(owner, ast.Name):
                return f"{owner.id}.{function.attr}"
        if isinstance(function, ast.Name):
            return function.id
    return ""


def _expression(node: ast.AST) -> ast.Call | None:
    """The call that a statement consists of."""
    return node.value if isinstance(node, ast.Expr) and isinstance(node.value, ast.Call) else None


def _tested(node: ast.stmt) -> tuple[str, bool] | None:
    """Name and whether it is tested for being None, of ``if x is None`` and ``if x is not None`` (``and`` more)."""
    if not isinstance(node, ast.If):
        return None
    test = node.test.values[0] if isinstance(node.test, ast.BoolOp) else node.test
    if isinstance(test, ast.Compare) and isinstance(test.left, ast.Name) and len(test.ops) == 1:
        return test.left.id, isinstance(test.ops[0], ast.Is)
    return None


class Reader:
    """Reads one file of an SDK for one token.

    Args:
        sdk: whose file it is.
        file: the file.
        token: what is read for, in messages.
    """

    def __init__(self, sdk: Sdk, file: Source, token: str) -> None:
        self.file = file
        self.token = token
        self._annotations = Annotations(sdk, file)

    def object_properties(self, name: str) -> dict[str, PropertySchema]:
        """The properties of a class of arguments, or of outputs, by wire name.

        Raises:
            ShapeError: the class is missing or has an unknown form.
        """
        part = self.file.definition(name, self.token)
        properties = {item.python_name: item for item in self._getters(part)}
        init = part.method("__init__")
        if init is None:
            if properties:
                raise part.fail(part.node, f"'{name}' has properties but no __init__")
            return {}
        keywords = [keyword.arg for keyword in init.args.kwonlyargs]
        odd = set(keywords) ^ set(properties)
        if odd:
            raise part.fail(init, f"'{name}' has arguments without getter, or the reverse: {', '.join(sorted(odd))}")
        required = {name for name, default in zip(keywords, init.args.kw_defaults, strict=True) if default is None}
        said = self._constructor(part, init)
        return {
            item.name: replace(
                item,
                required=python_name in required,
                default=said.defaults.get(python_name),
                default_env=said.environment.get(python_name, ()),
                deprecated=item.deprecated or said.deprecated.get(python_name, ""),
            )
            for python_name, item in properties.items()
        }

    def _type(self, part: Definition, node: ast.expr | None, what: ast.AST, name: str) -> tuple[PropertyType, bool]:
        if node is None:
            raise part.fail(what, f"'{name}' has no type")
        try:
            return self._annotations.read(node)
        except UnreadableError as error:
            raise part.fail(what, f"'{name}': {error}") from error

    def _getters(self, part: Definition) -> Iterator[PropertySchema]:
        for item in part.class_node().body:
            if not isinstance(item, ast.FunctionDef) or len(item.decorator_list) < 2:
                continue
            wire, deprecated = "", ""
            for decorator in item.decorator_list:
                if isinstance(decorator, ast.Attribute) and decorator.attr == "getter":
                    wire = item.name
                elif _called(decorator) == "pulumi.getter" and isinstance(decorator, ast.Call):
                    wire = str(part.constant(decorator.keywords[0].value))
                elif _called(decorator) == "_utilities.deprecated" and isinstance(decorator, ast.Call):
                    deprecated = str(part.constant(decorator.args[0]))
            if wire:
                kind, optional = self._type(part, item.returns, item, item.name)
                yield PropertySchema(wire, item.name, kind, required=not optional, deprecated=deprecated)

    def _constructor(self, part: Definition, init: ast.FunctionDef) -> _Constructor:
        said = _Constructor({}, {}, {})
        for statement in init.body:
            call = _expression(statement)
            tested = _tested(statement)
            if call is not None and _called(call) == "pulumi.set":
                self._set(part, call, said)
            elif tested is not None and isinstance(statement, ast.If):
                for inner in statement.body:
                    self._conditional(part, inner, said, *tested)
            elif not isinstance(statement, ast.Pass):
                raise part.fail(statement, f"'{ast.unparse(statement)[:60]}' is not known in a constructor")
        return said

    def _conditional(self, part: Definition, inner: ast.stmt, said: _Constructor, name: str, is_none: bool) -> None:
        """One statement under ``if name is None`` or ``if name is not None``."""
        call = _expression(inner)
        called = _called(call) if call is not None else ""
        if is_none and isinstance(inner, ast.Assign):
            self._default(part, inner.value, name, said)
        elif call is not None and called == "pulumi.set":
            self._set(part, call, said)
        elif call is not None and called == "warnings.warn":
            said.deprecated[name] = str(part.constant(call.args[0]))
        elif called != "pulumi.log.warn":
            raise part.fail(inner, f"'{ast.unparse(inner)[:60]}' is not known in a constructor")

    def _set(self, part: Definition, call: ast.Call, said: _Constructor) -> None:
        """``pulumi.set(__self__, "kind", 'Deployment')``: a constant that the SDK sends whatever was given."""
        if isinstance(call.args[2], ast.Constant):
            said.defaults[str(part.constant(call.args[1]))] = call.args[2].value

    def _default(self, part: Definition, node: ast.expr, name: str, said: _Constructor) -> None:
        """A constant, ``_utilities.get_env('A', 'B')``, or the second where the first is not set."""
        if isinstance(node, ast.BoolOp) and isinstance(node.op, ast.Or) and len(node.values) == 2:
            self._default(part, node.values[0], name, said)
            self._default(part, node.values[1], name, said)
        elif isinstance(node, ast.Call) and _called(node).removeprefix("_utilities.") in _ENVIRONMENT:
            said.environment[name] = tuple(str(part.constant(argument)) for argument in node.args)
        else:
            said.defaults[name] = part.constant(node)

    def resource(self, name: str) -> ResourceFacts:
        """What the file says of the resource class.

        Raises:
            ShapeError: a class is missing or has an unknown form.
        """
        part = self.file.definition(name, self.token, without_constructors)
        text = self.file.text
        args_class = _ARGS_CLASS.search(text)
        init = part.method("_internal_init")
        if args_class is None or init is None:
            raise part.fail(part.node, f"'{name}' has no _internal_init that names its arguments class")
        said = self._internal(part, init)
        inputs = self.object_properties(args_class[1])
        for wire, item in inputs.items():
            if item.python_name in said.secret_inputs or item.python_name in said.json_inputs:
                secret, json_text = item.python_name in said.secret_inputs, item.python_name in said.json_inputs
                inputs[wire] = replace(item, secret=secret, json_text=json_text)
        outputs = {item.name: item for item in self._getters(part)}
        for wire in said.secret_outputs:
            if wire in outputs:
                outputs[wire] = replace(outputs[wire], secret=True)
        start = text.index(f"\nclass {name}(")
        deprecated = _CLASS_DEPRECATED.search(text, start, text.index("\n    def _internal_init(", start))
        examples = dict.fromkeys(
            match[2].strip().strip("\"'") for match in _IMPORT_EXAMPLE.finditer(text) if match[1] == self.token
        )
        return ResourceFacts(
            inputs=inputs,
            outputs=outputs,
            aliases=tuple(said.aliases),
            deprecated=deprecated[1] if deprecated else "",
            is_component=any(ast.unparse(base).endswith("ComponentResource") for base in part.class_node().bases),
            id_examples=tuple(examples)[:_MAX_EXAMPLES],
        )

    def _internal(self, part: Definition, init: ast.FunctionDef) -> _Internal:
        said = _Internal(set(), set(), [], {})
        for statement in init.body:
            for item in ast.walk(statement):
                if isinstance(item, ast.Assign) and not isinstance(item.value, ast.Name | ast.Constant):
                    target = item.targets[0]
                    if isinstance(target, ast.Subscript) and isinstance(target.slice, ast.Constant):
                        calls = {_called(inner).rpartition(".")[2] for inner in ast.walk(item.value)}
                        calls |= {inner.attr for inner in ast.walk(item.value) if isinstance(inner, ast.Attribute)}
                        if "secret" in calls:
                            said.secret_inputs.add(str(target.slice.value))
                        if "to_json" in calls:
                            said.json_inputs.add(str(target.slice.value))
                elif isinstance(item, ast.keyword) and item.arg == "additional_secret_outputs":
                    said.secret_outputs.extend(part.constant(item.value))
                elif isinstance(item, ast.keyword) and item.arg == "type_":
                    said.aliases[str(part.constant(item.value))] = None
        return said

    def function(self, name: str) -> tuple[dict[str, PropertySchema], dict[str, PropertySchema]]:
        """Inputs and outputs of a look-up, by wire name.

        An input is required where the output form of the function takes it without a second ``Optional``: that is how
        the generator writes it (the plain form marks every argument optional).

        Raises:
            ShapeError: the function has an unknown form.
        """
        part = self.file.definition(name, self.token)
        node = part.function_node()
        wires: dict[str, str] = {}
        result = ""
        for item in node.body:
            target = item.targets[0] if isinstance(item, ast.Assign) else None
            if isinstance(item, ast.Assign) and isinstance(target, ast.Subscript) and isinstance(item.value, ast.Name):
                wires[item.value.id] = str(part.constant(target.slice))
            elif isinstance(item, ast.Assign):
                found = [
                    inner for inner in ast.walk(item.value) if isinstance(inner, ast.keyword) and inner.arg == "typ"
                ]
                result = ast.unparse(found[0].value) if found else result
        required = self._required(f"{name}_output")
        inputs = {}
        for argument in node.args.args:
            if argument.arg in wires:
                kind, _ = self._type(part, argument.annotation, argument, argument.arg)
                wire = wires[argument.arg]
                inputs[wire] = PropertySchema(wire, argument.arg, kind, required=argument.arg in required)
        outputs = (
            {item.name: item for item in self._getters(self.file.definition(result, self.token))} if result else {}
        )
        return inputs, outputs

    def _required(self, name: str) -> set[str]:
        if not self.file.has(name):
            return set()
        arguments = self.file.definition(name, self.token).function_node().args.args
        texts = {argument.arg: ast.unparse(argument.annotation) for argument in arguments if argument.annotation}
        return {name for name, text in texts.items() if text.count("Optional[") == 1 and name != "opts"}
