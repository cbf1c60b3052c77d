"""The `sim` package used by all transcripts. Property names are wire names on purpose (no renaming)."""
import pulumi

OUT = ("echo", "computed", "stable", "region")


class _Sim(pulumi.CustomResource):
    TYPE = ""
    EXTRA: tuple = ()

    def __init__(self, name, opts=None, **props):
        super().__init__(self.TYPE, name, {**dict.fromkeys(OUT + self.EXTRA), "value": None, **props}, opts)

    @classmethod
    def get(cls, name, id, opts=None):
        return cls(name, pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(id=id)))


class Thing(_Sim): TYPE = "sim:index:Thing"            # replace on replaceMe
class Other(_Sim): TYPE = "sim:index:Other"            # never replaced
class Named(_Sim): TYPE = "sim:index:Named"            # replace on physicalName, provider answers deleteBeforeReplace
class Flaky(_Sim): TYPE = "sim:index:Flaky"            # failCreate, failUpdate, failDelete, partialCreate; replace on replaceMe
class Secretive(_Sim): TYPE = "sim:index:Secretive"; EXTRA = ("password",)   # provider marks password secret
class Auto(_Sim): TYPE = "sim:index:Auto"; EXTRA = ("name",)                 # Check fills `name`
class DiffUnknown(_Sim): TYPE = "sim:index:DiffUnknown"
class DiffLegacy(_Sim): TYPE = "sim:index:DiffLegacy"
class NoEcho(_Sim): TYPE = "sim:index:NoEcho"          # outputs are only computed and stable


class Box(pulumi.ComponentResource):
    def __init__(self, name, opts=None, props=None):
        super().__init__("acme:index:Box", name, props, opts)


class Provider(pulumi.ProviderResource):
    def __init__(self, name, opts=None, **props):
        super().__init__("sim", name, props, opts)


def echo(value, opts=None, tok="sim:index:echo"):
    return pulumi.runtime.invoke(tok, {"value": value}, opts)
def echo_output(value, opts=None, tok="sim:index:echo"):
    return pulumi.runtime.invoke_output(tok, {"value": value}, opts)
