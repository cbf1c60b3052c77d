import json
from dataclasses import FrozenInstanceError

import pulumi
import pulumi_aws as aws
import pytest

from platform_lib.testing import UNKNOWN, ExpectationError, ProgramFailedError, Secret, run_program
from platform_lib.testing.path import MISSING, covers, find, join, parse, touches

BUCKET = "aws:s3/bucket:Bucket"


class Store(pulumi.ComponentResource):
    def __init__(self, name, opts=None):
        super().__init__("acme:index:Store", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        self.bucket = aws.s3.Bucket(f"{name}-bucket", tags={"a.b": "dotted"}, opts=child)
        self.block = aws.s3.BucketPublicAccessBlock(f"{name}-block", bucket=self.bucket.id, opts=child)
        self.register_outputs({"bucket": self.bucket.id})


def program():
    config = pulumi.Config()
    store = Store("store", pulumi.ResourceOptions(protect=True))
    later = aws.s3.Bucket(
        "later",
        opts=pulumi.ResourceOptions(
            depends_on=[store],
            ignore_changes=["tags"],
            retain_on_delete=True,
            additional_secret_outputs=["arn"],
            custom_timeouts=pulumi.CustomTimeouts(create="5m"),
            deleted_with=store.bucket,
            replace_on_changes=["forceDestroy"],
            delete_before_replace=True,
        ),
    )
    aws.s3.Bucket.get("theirs", later.id)
    pulumi.log.warn("careful", later)
    pulumi.export("name", later.id)
    pulumi.export("nested", {"token": config.require_secret("token"), "size": config.require_int("size")})


@pytest.fixture(scope="module")
def graph():
    config = {"aws:region": "eu-west-1", "size": 3, "flags": {"on": True}}
    return run_program(program, config=config, secrets={"token": "hush-hush-hush"}, project="acme", stack="qa")


def test_urns_are_those_of_the_engine(graph):
    urns = {resource.name: resource.urn for resource in graph.resources}
    assert urns["store"] == "urn:pulumi:qa::acme::acme:index:Store::store"
    assert urns["store-bucket"] == f"urn:pulumi:qa::acme::acme:index:Store${BUCKET}::store-bucket"
    assert urns["acme-qa"] == "urn:pulumi:qa::acme::pulumi:pulumi:Stack::acme-qa"
    assert {resource.urn for resource in graph.preview.resources} == set(urns.values()) | {
        graph.one(BUCKET, "later").urn
    }


def test_parents_and_children(graph):
    store = graph.one("acme:index:Store")
    assert [child.name for child in graph.children(store)] == ["store-bucket", "store-block"]
    stack = graph.one("pulumi:pulumi:Stack")
    assert {"store", "store-bucket", "later"} <= {child.name for child in graph.descendants(stack)}
    assert not store.custom


def test_dependencies_and_dependents(graph):
    bucket, block = graph.one(BUCKET, "store-bucket"), graph.one("aws:s3/bucketPublicAccessBlock:*")
    later = graph.one(BUCKET, "later")
    assert block.property_dependencies["bucket"] == [bucket.urn]
    assert {item.name for item in graph.dependents(bucket)} == {"store-block", "later"}
    assert {item.name for item in graph.reachable(later)} == {"store-bucket", "store-block"}
    later.assert_depends_on(block)


@pytest.mark.parametrize("which", ["update", "preview"])
def test_options_of_both_modes(graph, which):
    options = (graph if which == "update" else graph.preview).one(BUCKET, "later").options
    assert (options.protect, options.retain_on_delete, options.delete_before_replace) == (False, True, True)
    assert options.ignore_changes == ("tags",)
    assert options.additional_secret_outputs == ("arn",)
    assert options.custom_timeouts == {"create": 300}
    (graph if which == "update" else graph.preview).one(BUCKET, "store-bucket").assert_protected()


@pytest.mark.parametrize("which", ["update", "preview"])
def test_options_that_policies_do_not_see(graph, which):
    seen = graph if which == "update" else graph.preview
    options = seen.one(BUCKET, "later").options
    assert options.deleted_with == seen.one(BUCKET, "store-bucket").urn
    assert options.replace_on_changes == ("forceDestroy",)


def test_secrets_are_told_by_path(graph):
    assert graph.secret_exports == {"nested.token"}
    assert graph.exports["nested"]["token"] == "hush-hush-hush"
    later = graph.one(BUCKET, "later")
    later.assert_secret("arn")
    with pytest.raises(ExpectationError, match=r"inputs.bucket: is not a secret"):
        later.assert_secret("bucket")
    with pytest.raises(ExpectationError, match=r"nothing_like_it: is not set"):
        later.assert_secret("nothing_like_it")


def test_preview_knows_less(graph):
    bucket = graph.preview.one(BUCKET, "store-bucket")
    assert bucket.output("arn") is UNKNOWN
    assert bucket.id == ""
    assert graph.preview.exports["name"] is UNKNOWN
    with pytest.raises(ExpectationError, match=r"outputs.arn: is not known yet"):
        bucket.assert_output("arn", "arn:aws:s3:::x")
    with pytest.raises(ExpectationError, match="export 'name': is not known yet"):
        graph.preview.assert_export("name", "x")


def test_sources_of_both_modes(graph):
    for found in (graph, graph.preview):
        assert found.one(BUCKET, "later").source.rpartition(":")[0].endswith("test_graph.py")


def test_log_and_steps(graph):
    assert [(entry.severity, entry.message) for entry in graph.log] == [("warning", "careful")]
    assert graph.log[0].urn == graph.one(BUCKET, "later").urn
    kinds = {step.urn.rsplit("::", 1)[-1]: step.op for step in graph.steps}
    assert (kinds["later"], kinds["theirs"]) == ("create", "read")


def test_graph_cannot_be_changed(graph):
    bucket = graph.one(BUCKET, "store-bucket")
    with pytest.raises(TypeError):
        bucket.inputs["acl"] = "private"
    with pytest.raises(TypeError):
        bucket.inputs["tags"].pop("a.b")
    with pytest.raises(FrozenInstanceError):
        bucket.name = "other"
    with pytest.raises(FrozenInstanceError):
        graph.resources = ()
    assert json.loads(json.dumps(bucket.inputs))["tags"] == {"a.b": "dotted"}


@pytest.mark.parametrize(
    "ask, message",
    [
        (lambda graph: graph.of_type("aws:s3/bukket:Bucket"), "did you mean 'aws:s3/bucket:Bucket'"),
        (lambda graph: graph.assert_none("aws:s3/bukket:Bucket"), "did you mean 'aws:s3/bucket:Bucket'"),
        (lambda graph: graph.assert_none("awss:s3/bucket:Bucket"), "no SDK is called 'awss'; did you mean 'aws'"),
        (lambda graph: graph.assert_none(BUCKET), r"expected 0 of aws:s3/bucket:Bucket, got \d"),
        (lambda graph: graph.of_type(BUCKET, count=9), r"expected 9 of aws:s3/bucket:Bucket, got \d"),
        (lambda graph: graph.one(BUCKET), r"expected one of aws:s3/bucket:Bucket, got \d: .*say which"),
        (lambda graph: graph.one(BUCKET, "latter"), "'latter': is not there; did you mean 'later'"),
        (lambda graph: graph.of_type("acme:index:Shop"), "got 0; there are acme:index:Store, aws:s3/bucket:Bucket"),
        (lambda graph: graph.of_type(dict), "'dict': has no type token"),
        (lambda graph: graph.at("urn:pulumi:qa::acme::acme:index:Store::stor"), "did you mean '.*::store'"),
        (lambda graph: graph.lookups_of("aws:ec2/getAmi:getAmi"), "was not made; the program made none"),
        (lambda graph: graph.assert_export("nam", 1), "export 'nam': is not there; did you mean 'name'"),
        (lambda graph: graph.assert_export("name", 1), "export 'name': expected 1, got 'later-"),
        (lambda graph: graph.one(BUCKET, "later").input("forceDestry"), "did you mean 'forceDestroy'"),
        (
            lambda graph: graph.one(BUCKET, "later").assert_not_set("forceDestry"),
            "there is no input 'forceDestry'; did you mean 'forceDestroy'",
        ),
        (
            lambda graph: graph.one(BUCKET, "later").assert_not_set("forceDestroy"),
            "expected it to be left out, got False",
        ),
        (lambda graph: graph.one(BUCKET, "later").input("a..b"), "property path 'a..b': is not one"),
        (lambda graph: graph.preview.assert_preview_tells_all(), "has no preview to compare with"),
    ],
)
def test_what_is_not_there_fails_loudly(graph, ask, message):
    with pytest.raises(ExpectationError, match=message):
        ask(graph)


def test_classes_stand_for_their_tokens(graph):
    assert graph.one(aws.s3.Bucket, "later") is graph.one(BUCKET, "later")
    graph.assert_none(aws.ec2.Vpc)


def test_secret_values_are_never_in_a_message(graph):
    with pytest.raises(ExpectationError) as caught:
        graph.one(BUCKET, "later").assert_output("arn", "arn:aws:s3:::other")
    assert "another secret" in str(caught.value)
    assert graph.one(BUCKET, "later").output("arn") not in str(caught.value)
    assert "hush-hush-hush" not in repr(graph)


def test_program_that_raises_keeps_what_it_did_and_why():
    def broken():
        aws.s3.Bucket("first")
        raise ValueError("no more")

    with pytest.raises(ProgramFailedError, match="ValueError: no more") as caught:
        run_program(broken, config={"aws:region": "eu-west-1"}, mode="update")
    assert isinstance(caught.value.__cause__, ValueError)
    assert caught.value.graph.one(BUCKET).name == "first"


def test_program_of_a_file(tmp_path):
    (tmp_path / "names.py").write_text("NAME = 'site'\n")
    (tmp_path / "__main__.py").write_text(
        "import pulumi\nimport pulumi_aws as aws\nfrom names import NAME\n"
        "def check(tags):\n    assert tags\naws.s3.Bucket(NAME).arn.apply(check)\npulumi.export('name', NAME)\n"
    )
    found = run_program(tmp_path, config={"aws:region": "eu-west-1"})
    found.assert_export("name", "site")
    assert found.one(BUCKET).source == "__main__.py:6"


def test_secret_of_another_stack_stays_one():
    def reads():
        other = pulumi.StackReference("acme/keys/prod")
        pulumi.export("key", other.require_output("key"))
        pulumi.export("region", other.require_output("region"))

    found = run_program(reads, stack_references={"acme/keys/prod": {"key": Secret("key-0123456789"), "region": "eu"}})
    found.assert_secret_export("key")
    found.assert_export("region", "eu")
    with pytest.raises(ExpectationError, match="export 'region': is not a secret"):
        found.assert_secret_export("region")


def test_configuration_is_as_a_stack_file_has_it():
    def reads():
        config = pulumi.Config()
        values = (
            config.require_bool("on"),
            config.require_object("list"),
            config.require_float("half"),
            config.get("none"),
        )
        pulumi.export("values", values)
        pulumi.export("other", pulumi.Config("other").require("key"))

    found = run_program(reads, config={"on": True, "list": [1, "b"], "half": 0.5, "other:key": "x"})
    found.assert_export("values", [True, [1, "b"], 0.5, None])
    found.assert_export("other", "x")
    with pytest.raises(ExpectationError, match="config 'project:on': is given in the open and as a secret"):
        run_program(reads, config={"on": True}, secrets={"project:on": "true"})


def test_look_up_may_be_a_function_of_its_arguments():
    def looks():
        zone = aws.route53.get_zone_output(name="example.com")
        pulumi.export("zone", zone.zone_id)

    def answer(args):
        return {"zoneId": "Z0123", "id": "Z0123"} if args["name"] == "example.com" else None

    token = "aws:route53/getZone:getZone"
    found = run_program(looks, config={"aws:region": "eu-west-1"}, lookups={token: answer})
    found.assert_export("zone", "Z0123")
    with pytest.raises(
        ProgramFailedError, match=r"nothing in the cloud fits; .*the test's lookups: 'aws:route53/getZone:getZone'"
    ) as caught:
        run_program(looks, config={"aws:region": "eu-west-1"})
    assert caught.value.graph.lookups_of(token)[0].error


@pytest.mark.parametrize(
    "path, parts",
    [("a", ["a"]), ("a.b[0].c", ["a", "b", 0, "c"]), ('tags["a.b"]', ["tags", "a.b"]), ("a[1][2]", ["a", 1, 2])],
)
def test_paths(path, parts):
    assert parse(path) == parts
    built = ""
    for part in parts:
        built = join(built, part)
    assert built == path


def test_paths_lead_somewhere_or_nowhere(graph):
    assert find({"a": [{"b": 1}]}, "a[0].b") == 1
    assert find({"a": [{"b": 1}]}, "a[1].b") is MISSING
    assert find({"a": 1}, "a.b") is MISSING
    graph.one(BUCKET, "store-bucket").assert_input('tags["a.b"]', "dotted")
    assert covers(frozenset({"a.b"}), "a.b[0]")
    assert not covers(frozenset({"a.b"}), "a.bc")
    assert touches(frozenset({"a.b"}), "a")
