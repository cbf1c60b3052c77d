"""Stock mocks answered by the sandbox cloud, and where they differ from the engine (the table of the guide)."""

import pulumi
import pulumi_aws as aws
import pytest
from pulumi.runtime import config, settings

from platform_lib.testing import (
    UNKNOWN,
    ExpectationError,
    ProgramFailedError,
    UnreachedAssertionError,
    run_program,
    run_with_mocks,
)

BUCKET = "aws:s3/bucket:Bucket"
SURROUNDINGS = {"config": {"aws:region": "eu-west-1"}}


def both(program):
    return run_program(program, **SURROUNDINGS), run_with_mocks(program, **SURROUNDINGS)


class Store(pulumi.ComponentResource):
    def __init__(self, name, opts=None, inner=None):
        super().__init__("acme:index:Store", name, None, opts)
        if inner is not None:
            inner(pulumi.ResourceOptions(parent=self))
        self.register_outputs({})


class TestAnswers:
    def test_outputs_come_from_the_cloud(self):
        def program():
            topic = aws.sns.Topic("alarms")
            aws.sns.TopicSubscription("mail", topic=topic.arn, protocol="email", endpoint="a@b.example")
            pulumi.export("arn", topic.arn)

        graph = run_with_mocks(program, **SURROUNDINGS)
        arn = graph.one("aws:sns/topic:Topic").output("arn")
        assert arn.startswith("arn:aws:sns:eu-west-1:")
        graph.assert_export("arn", arn)
        graph.one("aws:sns/topicSubscription:TopicSubscription").assert_input("topic", arn)
        assert graph.preview.exports["arn"] is UNKNOWN

    def test_schema_refuses_wrong_inputs(self):
        def program():
            aws.sqs.Queue("jobs", delay_seconds="soon")

        with pytest.raises(ProgramFailedError, match="Queue 'jobs': delaySeconds: must be an integer"):
            run_with_mocks(program, **SURROUNDINGS)

    def test_explicit_provider_has_its_own_region(self):
        def program():
            provider = aws.Provider("far", region="us-west-2")
            aws.sns.Topic("far", opts=pulumi.ResourceOptions(provider=provider))
            aws.sns.Topic("near")

        graph = run_with_mocks(program, **SURROUNDINGS)
        assert ":us-west-2:" in graph.one("aws:sns/topic:Topic", "far").output("arn")
        assert ":eu-west-1:" in graph.one("aws:sns/topic:Topic", "near").output("arn")

    def test_look_ups_and_other_stacks_are_answered(self):
        def program():
            ami = aws.ec2.get_ami_output(owners=["amazon"], most_recent=True)
            network = pulumi.StackReference("acme/network/prod")
            pulumi.export("ami", ami.id)
            pulumi.export("zones", aws.get_availability_zones().names)
            pulumi.export("vpc", network.require_output("vpcId"))

        graph = run_with_mocks(
            program,
            **SURROUNDINGS,
            lookups={"aws:ec2/getAmi:getAmi": {"id": "ami-0fedcba9876543210"}},
            stack_references={"acme/network/prod": {"vpcId": "vpc-1"}},
        )
        graph.assert_export("ami", "ami-0fedcba9876543210")
        graph.assert_export("vpc", "vpc-1")
        assert graph.exports["zones"]
        assert {lookup.token for lookup in graph.lookups} >= {"aws:ec2/getAmi:getAmi"}
        with pytest.raises(ProgramFailedError, match='unknown stack "acme/network/prod"'):
            run_with_mocks(program, **SURROUNDINGS)

    def test_secrets_stay_secret(self):
        def program():
            token = pulumi.Config().require_secret("token")
            parameter = aws.ssm.Parameter("token", type="SecureString", value=token)
            pulumi.export("token", parameter.value)

        graph = run_with_mocks(program, **SURROUNDINGS, secrets={"token": "token-0123456789"})
        graph.one("aws:ssm/parameter:Parameter").assert_secret("value")
        graph.assert_secret_export("token")
        graph.assert_export("token", "token-0123456789")
        graph.assert_no_leaks()

    def test_assets_are_passed_on(self):
        def program():
            bucket = aws.s3.Bucket("site")
            aws.s3.BucketObject("page", bucket=bucket.id, source=pulumi.StringAsset("hello"))
            aws.s3.BucketObject("bag", bucket=bucket.id, source=pulumi.AssetArchive({"a": pulumi.StringAsset("b")}))

        graph = run_with_mocks(program, **SURROUNDINGS)
        assert graph.one("aws:s3/bucketObject:BucketObject", "page").input("source").text == "hello"

    def test_assertions_are_watched(self):
        def check(arn):
            assert arn

        with pytest.raises(UnreachedAssertionError, match=r"output 'arn' of .*'site'"):
            run_with_mocks(lambda: aws.s3.Bucket("site").arn.apply(check) and None, **SURROUNDINGS, mode="preview")
        run_with_mocks(lambda: aws.s3.Bucket("site").arn.apply(check) and None, **SURROUNDINGS)

    def test_failing_assertion_is_raised_as_it_is(self):
        def check(arn):
            assert not arn, "should be empty"

        with pytest.raises(AssertionError, match="should be empty"):
            run_with_mocks(lambda: aws.s3.Bucket("site").arn.apply(check) and None, **SURROUNDINGS)

    def test_programs_of_files_are_refused(self):
        with pytest.raises(ExpectationError, match="stock mocks run functions only"):
            run_with_mocks("__main__.py")

    def test_messages_are_kept(self):
        graph = run_with_mocks(lambda: pulumi.log.warn("careful"), mode="update")
        assert [(entry.severity, entry.message) for entry in graph.log] == [("warning", "careful")]


class TestHandedOut:
    def test_mocks_for_set_mocks(self, stock_mocks):
        pulumi.runtime.set_mocks(stock_mocks, project="shop", stack="qa")

        @pulumi.runtime.test
        def test():
            seen.append(pulumi.get_stack())
            return aws.s3.Bucket("site").arn.apply(seen.append)

        seen = []
        test()
        assert seen[0] == "qa"
        assert seen[1].startswith("arn:aws:s3:::site-")

    @pytest.mark.parametrize("turn", [1, 2])
    def test_nothing_is_left_for_the_next_test(self, turn, stock_mocks):
        assert settings.get_root_resource() is None
        assert settings.SETTINGS.monitor is None
        assert not config.CONFIG.get()
        pulumi.runtime.set_mocks(stock_mocks)
        pulumi.runtime.set_config("project:key", "value")
        assert settings.get_root_resource() is not None


class TestDifferences:
    def test_urns(self):
        engine, mocks = both(lambda: Store("outer", inner=lambda opts: Store("inner", opts, made_in)) and None)
        assert engine.one(BUCKET).urn == f"urn:pulumi:test::project::acme:index:Store$acme:index:Store${BUCKET}::site"
        assert mocks.one(BUCKET).urn == f"urn:pulumi:test::project::acme:index:Store${BUCKET}::site"
        assert "pulumi:pulumi:Stack$acme:index:Store::outer" in mocks.one("*", "outer").urn

    def test_duplicate_urns(self):
        def program():
            for _ in range(2):
                aws.cloudwatch.LogGroup("logs")

        with pytest.raises(ProgramFailedError, match="Duplicate resource URN"):
            run_program(program, **SURROUNDINGS, mode="preview")
        run_with_mocks(program, **SURROUNDINGS, mode="preview").of_type("aws:cloudwatch/logGroup:LogGroup", count=2)

    def test_transforms(self):
        def tag(args):
            return pulumi.ResourceTransformResult(props={**args.props, "tags": {"by": "transform"}}, opts=args.opts)

        engine, mocks = both(lambda: aws.s3.Bucket("site", opts=pulumi.ResourceOptions(transforms=[tag])) and None)
        engine.one(BUCKET).assert_input("tags.by", "transform")
        mocks.one(BUCKET).assert_not_set("tags")

    def test_options_that_the_engine_hands_down(self):
        opts = pulumi.ResourceOptions(retain_on_delete=True, protect=True)
        engine, mocks = both(lambda: Store("store", opts, made_in) and None)
        assert (engine.one(BUCKET).options.retain_on_delete, mocks.one(BUCKET).options.retain_on_delete) == (
            True,
            False,
        )
        assert (engine.one(BUCKET).options.protect, mocks.one(BUCKET).options.protect) == (True, True)

    def test_default_providers_and_steps(self):
        engine, mocks = both(lambda: aws.s3.Bucket("site") and None)
        missing = {item.type for item in engine.resources} - {item.type for item in mocks.resources}
        assert missing == {"pulumi:providers:aws"}
        assert engine.steps
        assert not mocks.steps

    def test_additional_secret_outputs(self):
        opts = pulumi.ResourceOptions(additional_secret_outputs=["arn"])

        def program():
            pulumi.export("arn", aws.s3.Bucket("site", opts=opts).arn)

        engine, mocks = both(program)
        engine.one(BUCKET).assert_secret("arn")
        assert not mocks.one(BUCKET).secret_outputs

    def test_inputs_with_defaults_and_automatic_names(self):
        engine, mocks = both(lambda: aws.s3.Bucket("site", tags={"a": "b"}) and None)
        assert engine.one(BUCKET).input("bucket").startswith("site-")
        assert dict(mocks.one(BUCKET).inputs) == {"tags": {"a": "b"}}

    def test_outputs_of_components(self):
        class Named(pulumi.ComponentResource):
            def __init__(self):
                super().__init__("acme:index:Named", "named")
                self.register_outputs({"label": "x"})

        engine, mocks = both(lambda: Named() and None)
        engine.one("acme:index:Named").assert_output("label", "x")
        assert not mocks.one("acme:index:Named").outputs

    def test_policies_have_nothing_to_look_at(self):
        _, mocks = both(lambda: aws.s3.Bucket("site") and None)
        with pytest.raises(ExpectationError, match="was run with stock mocks"):
            mocks.policies("baseline")


def made_in(opts):
    aws.s3.Bucket("site", opts=opts)
