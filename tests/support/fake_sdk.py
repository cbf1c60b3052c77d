"""A tiny generated SDK on disk: what the schema reads, without the size of a real one."""

import json
from pathlib import Path

HEADER = """# coding=utf-8
import builtins as _builtins
import pulumi
from typing import Any, Mapping, Optional, Sequence, Union, overload
from . import _utilities
from ._inputs import *

__all__ = ['ThingArgs', 'Thing']
"""

ARGS = '''
@pulumi.input_type
class ThingArgs:
    def __init__(__self__, *,
                 size: pulumi.Input[_builtins.int],
                 name: pulumi.Input[Optional[_builtins.str]] = None):
        """
        :param pulumi.Input[_builtins.int] size: How large.
        """
        pulumi.set(__self__, "size", size)
        if name is None:
            name = 'plain'
        if name is not None:
            pulumi.set(__self__, "name", name)

    @_builtins.property
    @pulumi.getter(name="sizeGb")
    def size(self) -> pulumi.Input[_builtins.int]:
        """
        How large.
        """
        return pulumi.get(self, "size")

    @size.setter
    def size(self, value: pulumi.Input[_builtins.int]):
        pulumi.set(self, "size", value)

    @_builtins.property
    @pulumi.getter
    def name(self) -> pulumi.Input[Optional[_builtins.str]]:
        return pulumi.get(self, "name")

    @name.setter
    def name(self, value: pulumi.Input[Optional[_builtins.str]]):
        pulumi.set(self, "name", value)
'''

RESOURCE = """

@pulumi.type_token("fake:index/thing:Thing")
class Thing(pulumi.CustomResource):
    def __init__(__self__, resource_name: str, *args, **kwargs):
        __self__._internal_init(resource_name, *args, **kwargs)

    def _internal_init(__self__,
                 resource_name: str,
                 opts: Optional[pulumi.ResourceOptions] = None,
                 size: pulumi.Input[Optional[_builtins.int]] = None,
                 name: pulumi.Input[Optional[_builtins.str]] = None,
                 __props__=None):
        if opts.id is None:
            __props__ = ThingArgs.__new__(ThingArgs)

            __props__.__dict__["size"] = size
            __props__.__dict__["name"] = None if name is None else pulumi.Output.secret(name)
            __props__.__dict__["token"] = None
        alias_opts = pulumi.ResourceOptions(aliases=[pulumi.Alias(type_="fake:old/thing:Thing")])
        opts = pulumi.ResourceOptions.merge(opts, alias_opts)
        secret_opts = pulumi.ResourceOptions(additional_secret_outputs=["accessToken"])
        opts = pulumi.ResourceOptions.merge(opts, secret_opts)
        super(Thing, __self__).__init__(
            'fake:index/thing:Thing',
            resource_name,
            __props__,
            opts)

    @_builtins.property
    @pulumi.getter(name="accessToken")
    def access_token(self) -> pulumi.Output[Optional[_builtins.str]]:
        return pulumi.get(self, "access_token")
"""


def write(folder: Path, *, args: str = ARGS, resource: str = RESOURCE, version: str = "1.0.0") -> Path:
    """Writes ``pulumi_fake`` with one resource type into the folder, and returns the file of the type."""
    root = folder / "pulumi_fake"
    root.mkdir(parents=True, exist_ok=True)
    (root / "pulumi-plugin.json").write_text(json.dumps({"resource": True, "name": "fake", "version": version}))
    classes = {"fake:index/thing:Thing": "Thing"}
    modules = [{"pkg": "fake", "mod": "index/thing", "fqn": "pulumi_fake", "classes": classes}]
    (root / "__init__.py").write_text(
        f'_utilities.register(\n    resource_modules="""\n{json.dumps(modules)}\n""",\n'
        '    resource_packages="""\n[]\n"""\n)\n'
    )
    (root / "_inputs.py").write_text("__all__ = []\n")
    file = root / "thing.py"
    file.write_text(HEADER + args + resource)
    return file
