"""Schemas by token: read from the SDK or its cache, joined with the provider facts, kept for the process."""

import re
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from platform_lib.sandbox.schema import kubernetes
from platform_lib.sandbox.schema.cache import Cache, default_folder, stamp_of
from platform_lib.sandbox.schema.codec import decode_properties, decode_resource, encode_properties, encode_resource
from platform_lib.sandbox.schema.errors import UnknownTypeError
from platform_lib.sandbox.schema.facts import provider_facts
from platform_lib.sandbox.schema.model import FunctionSchema, ObjectSchema, ResourceSchema
from platform_lib.sandbox.schema.package import PROVIDER_PREFIX, Sdk, package_of, sdk
from platform_lib.sandbox.schema.reader import Reader, ResourceFacts
from platform_lib.sandbox.schema.registry import Location, module_of, registry, suggestion
from platform_lib.sandbox.schema.source import source

_CONFIG_KEY: Final = re.compile(r"__config__\.get\w*\('(\w+)'\)")


class _State:
    """The cache in use; made at the first look-up."""

    cache: Cache | None = None


def use_cache(folder: Path | None) -> None:
    """Chooses where readings are kept between processes.

    Args:
        folder: for instance the folder of the sandbox; None keeps nothing on disk. Left out altogether, the cache
            folder of the user is used (``PLATFORM_CACHE_DIR``, else the custom of the system).
    """
    if _State.cache is not None:
        _State.cache.close()
    _State.cache = Cache(folder)


def _cache() -> Cache:
    if _State.cache is None:
        _State.cache = Cache(default_folder())
    return _State.cache


def forget() -> None:
    """Drops what this process keeps, for tests and for long-lived servers; the disk cache stays."""
    for function in (_resource, _object, _function):
        function.cache_clear()


def tokens(package: str) -> tuple[str, ...]:
    """Every resource token of an installed package, sorted; provider resources and custom ones are not among them.

    Raises:
        PackageMissingError: its SDK is not installed.
    """
    return registry(package).tokens


def function_tokens(package: str) -> tuple[str, ...]:
    """Every look-up of an installed package, sorted; scans the SDK once, up to a second for a large one.

    Raises:
        PackageMissingError: its SDK is not installed.
    """
    found = sdk(package)
    key = f"functions|{package}|{found.info.version}|{found.root}"
    known = _cache().get(key, found.root, lambda data: tuple(str(item) for item in data))
    if known is None:
        known = tuple(
            sorted([*registry(package).functions, *(kubernetes.FUNCTIONS if package == "kubernetes" else ())])
        )
        _cache().put(key, "__init__.py", stamp_of(found.root / "__init__.py"), list(known))
    return tuple(known)


def config_keys(package: str) -> tuple[str, ...]:
    """The keys of the package's stack configuration (``region`` of ``aws:region``), sorted.

    Raises:
        PackageMissingError: its SDK is not installed.
    """
    keys = set(resource(PROVIDER_PREFIX + package).inputs)
    variables = sdk(package).root / "config" / "vars.py"
    if variables.is_file():
        keys.update(_CONFIG_KEY.findall(variables.read_text(encoding="utf-8")))
    return tuple(sorted(keys))


def resolve(text: str) -> str:
    """The full token of what a person wrote: ``aws:s3:Bucket`` and other spellings in one way only, else as it is.

    Raises:
        PackageMissingError: the SDK of the package is not installed.
    """
    known = registry(package_of(text))
    if text in known or text.startswith(PROVIDER_PREFIX) or text.count(":") != 2:
        return text
    module, name = module_of(text).lower(), text.rpartition(":")[2]
    if name[:1].islower() and f"/{name}:" not in text:
        spelled = f"{text.rpartition(':')[0]}/{name}:{name}"
        return spelled if known.function(text) is None and known.function(spelled) is not None else text
    same = [item for item in known.tokens if item.endswith(f":{name}") and module_of(item).lower() == module]
    return same[0] if len(same) == 1 else text


def resource(token: str) -> ResourceSchema:
    """What is known of a resource type.

    Args:
        token: as registered (``aws:s3/bucket:Bucket``), versioned (``azure-native:network/v20240101:VirtualNetwork``),
            an alias of an older SDK, a provider (``pulumi:providers:aws``), or a custom resource of Kubernetes. The
            schema carries the token of the installed SDK.

    Raises:
        PackageMissingError: the SDK is not installed; the text says which extra installs it.
        UnknownTypeError: no such type; near names are suggested.
        ShapeError: the SDK's source has a form that is not known.
    """
    return _resource(sdk(package_of(token)), token)


@lru_cache(maxsize=1024)
def _resource(found: Sdk, token: str) -> ResourceSchema:
    package = found.info.name
    written = f"{found.info.distribution} {found.info.version}"
    known = registry(package)
    canonical: str | None = token
    special: ResourceFacts | None = None
    location: Location | None = None
    if token.startswith(PROVIDER_PREFIX):
        location = Location("provider.py", "Provider")
    elif package == "kubernetes" and (by_hand := kubernetes.component(token)) is not None:
        special, file = by_hand
        location = Location(file, "")
    else:
        if package == "kubernetes":
            special = kubernetes.custom_resource(token, _modules(found))
        canonical = token if special else _canonical(found, token)
        if canonical is None:
            raise _unknown(found, token, "resource type", known.tokens)
        if special is None:
            location = known.resource(canonical)
    if canonical is None or (location is None and special is None):
        raise _unknown(found, token, "resource type", known.tokens)
    facts = special or _read_resource(found, canonical, location or Location("", ""))
    extra = provider_facts(package, canonical, facts.inputs)
    where = f"{written} {location.file}" if location else "custom resource: metadata of Kubernetes, free spec"
    sources = {"inputs": where, "outputs": where, **dict(extra.sources)}
    examples = facts.id_examples
    if examples:
        sources["id_examples"] = f"documentation in {where}"
    elif package == "kubernetes" and not facts.is_component and not token.startswith(PROVIDER_PREFIX):
        examples = ("<namespace>/<name>", "<name>")
        sources["id_examples"] = "rule of the provider; without namespace for kinds of the cluster"
    return ResourceSchema(
        token=canonical,
        package=package,
        version=found.info.version,
        inputs=facts.inputs,
        outputs=facts.outputs,
        aliases=facts.aliases,
        replace=() if facts.is_component else extra.replace,
        autoname=None if facts.is_component else extra.autoname,
        delete_before_replace=extra.delete_before_replace,
        secret_inputs=extra.secret_inputs,
        id_examples=examples,
        deprecated=facts.deprecated,
        is_component=facts.is_component,
        sources=sources,
        delete_first="never" if facts.is_component else extra.delete_first,
        immutable=extra.immutable,
        open_properties=special is not None,
        id_property=extra.id_property,
    )


def _modules(found: Sdk) -> frozenset[str]:
    return frozenset(registry(found.info.name).folders)


def _canonical(found: Sdk, token: str) -> str | None:
    known = registry(found.info.name)
    if token in known:
        return token
    if token.count(":") != 2:
        return None
    key = f"alias|{found.info.version}|{token}"
    cached = _cache().get(key, found.root, str)
    if cached is not None:
        return str(cached) or None
    canonical = known.canonical(token)
    if canonical is not None:
        _cache().put(key, "__init__.py", stamp_of(found.root / "__init__.py"), canonical)
    return canonical


def _read_resource(found: Sdk, token: str, location: Location) -> ResourceFacts:
    key = f"resource|{found.info.version}|{token}"
    cached = _cache().get(key, found.root, decode_resource)
    if isinstance(cached, ResourceFacts):
        return cached
    text = source(found.root, location.file)
    facts = Reader(found, text, token).resource(location.name)
    _cache().put(key, location.file, text.stamp, encode_resource(facts))
    return facts


def object_schema(package: str, object_token: str) -> ObjectSchema:
    """The properties of a nested object class.

    Args:
        package: whose property refers to it.
        object_token: ``object_token`` of the property's type.

    Raises:
        UnknownTypeError: no such class.
        ShapeError: the SDK's source has a form that is not known.
    """
    return _object(sdk(package), object_token)


@lru_cache(maxsize=4096)
def _object(found: Sdk, object_token: str) -> ObjectSchema:
    _, _, rest = object_token.partition(":")
    module, _, name = rest.partition(":")
    outputs = module.endswith("/outputs")
    folder = module.removesuffix("/outputs")
    folder = "" if folder == "index" else f"{folder}/"
    file = f"{folder}{'outputs' if outputs else '_inputs'}.py"
    key = f"object|{found.info.version}|{object_token}"
    cached = _cache().get(key, found.root, decode_properties)
    if cached is not None:
        return ObjectSchema(object_token, cached)
    if (
        package_of(object_token) != found.info.name
        or not name
        or not (found.root / file).is_file()
        or not source(found.root, file).has(name)
    ):
        raise UnknownTypeError(
            f"object class '{object_token}': not in {found.info.distribution} {found.info.version}", token=object_token
        )
    text = source(found.root, file)
    properties = Reader(found, text, object_token).object_properties(name)
    _cache().put(key, file, text.stamp, encode_properties(properties))
    return ObjectSchema(object_token, properties)


def function(token: str) -> FunctionSchema:
    """What is known of a look-up (``aws:index/getCallerIdentity:getCallerIdentity``).

    Raises:
        PackageMissingError: the SDK is not installed.
        UnknownTypeError: no such look-up; near names are suggested.
        ShapeError: the SDK's source has a form that is not known.
    """
    return _function(sdk(package_of(token)), token)


@lru_cache(maxsize=512)
def _function(found: Sdk, token: str) -> FunctionSchema:
    info = found.info
    by_hand = kubernetes.function_properties(token)
    key = f"function|{info.version}|{token}"
    file = "called by hand in the SDK"
    properties: Any = by_hand or _cache().get(
        key, found.root, lambda data: (decode_properties(data[0]), decode_properties(data[1]), str(data[2]))
    )
    if properties is None:
        location = registry(info.name).function(token)
        if location is None:
            raise _unknown(found, token, "look-up", function_tokens(info.name))
        text = source(found.root, location.file)
        inputs, outputs = Reader(found, text, token).function(location.name)
        _cache().put(
            key, location.file, text.stamp, [encode_properties(inputs), encode_properties(outputs), location.file]
        )
        properties = (inputs, outputs, location.file)
    if len(properties) == 3:
        file = properties[2]
    where = f"{info.distribution} {info.version} {file}"
    return FunctionSchema(
        token, info.name, info.version, properties[0], properties[1], {"inputs": where, "outputs": where}
    )


def _unknown(found: Sdk, token: str, what: str, known: tuple[str, ...]) -> UnknownTypeError:
    """The error for a token that the SDK does not have, with the nearest one that it has."""
    info = found.info
    text = f"{what} '{token}': not in {info.distribution} {info.version}"
    hint = suggestion(token, known)
    return UnknownTypeError(f"{text}; {hint}" if hint else f"{text}; see `platform schema {info.name}`", token=token)
