import asyncio
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import pulumi
import pulumi_aws as aws
import pytest
from pulumi.runtime import config, settings

from platform_lib.testing import ExpectationError, run_program, run_with_mocks


def test_plugin_is_light():
    code = (
        "import sys; import platform_lib.testing.plugin; "
        "print([name for name in ('pulumi', 'pydantic', 'hypothesis', 'platform_lib.sandbox') if name in sys.modules])"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "[]"


def test_package_is_light_too():
    code = "import sys; import platform_lib.testing; print('pulumi' in sys.modules)"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.strip() == "False"


class TestFixtures:
    @pytest.fixture
    def pulumi_project(self):
        return "shop"

    @pytest.fixture
    def pulumi_stack(self):
        return "prod"

    def test_surroundings_come_from_fixtures(self, run_program, pulumi_config, pulumi_secrets):
        pulumi_config["size"] = 1
        pulumi_secrets["token"] = "token-0123456789"

        def program():
            pulumi.export("stack", f"{pulumi.get_project()}/{pulumi.get_stack()}/{pulumi.get_organization()}")
            pulumi.export("size", pulumi.Config("shop").require_int("size"))
            pulumi.export("token", pulumi.Config().require_secret("token"))

        graph = run_program(program, config={"other": 1}, organization="acme")
        graph.assert_export("stack", "shop/prod/acme")
        graph.assert_export("size", 1)
        graph.assert_secret_export("token")
        assert run_program(program, config={"size": 2}).exports["size"] == 2


@pytest.mark.parametrize("turn", [1, 2])
def test_maps_of_fixtures_are_new_in_every_test(turn, pulumi_config, pulumi_secrets, pulumi_lookups):
    assert set(pulumi_config) == {"aws:region"}
    assert not pulumi_secrets
    assert not pulumi_lookups
    pulumi_config["left"] = pulumi_secrets["left"] = pulumi_lookups["left"] = "behind"


def test_nothing_stays_in_the_sdk():
    def program():
        pulumi.runtime.set_config("project:late", "value")
        pulumi.runtime.register_stack_transformation(lambda args: None)
        aws.s3.Bucket("site")

    before = (settings.get_root_resource(), settings.SETTINGS.monitor, dict(config.CONFIG.get()))
    for _ in range(2):
        graph = run_program(program, config={"aws:region": "eu-west-1"})
        assert len(graph.of_type(aws.s3.Bucket)) == 1
    assert (settings.get_root_resource(), settings.SETTINGS.monitor, dict(config.CONFIG.get())) == before


def test_transformation_of_one_run_does_not_reach_the_next():
    def first():
        def tag(args):
            args.props["tags"] = {"from": "first"}
            return pulumi.ResourceTransformationResult(args.props, args.opts)

        pulumi.runtime.register_stack_transformation(tag)
        aws.s3.Bucket("site")

    def second():
        aws.s3.Bucket("site")

    surroundings = {"config": {"aws:region": "eu-west-1"}}
    run_program(first, **surroundings).one(aws.s3.Bucket).assert_input("tags.from", "first")
    run_program(second, **surroundings).one(aws.s3.Bucket).assert_not_set("tags")


def test_programs_may_run_at_the_same_time():
    def run(number):
        def program():
            name = pulumi.Config().require("name")

            def check(tags):
                assert tags == {"number": str(number)}

            aws.s3.Bucket(name, tags={"number": str(number)}).tags.apply(check)
            pulumi.export("name", name)

        graph = run_program(program, config={"name": f"site-{number}", "aws:region": "eu-west-1"}, stack=f"s{number}")
        return graph.exports["name"], graph.one(aws.s3.Bucket).name, graph.stack

    assert aws.s3.Bucket  # SDKs load their modules on first use, which they do not do safely in several threads
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(run, range(12)))
    assert found == [(f"site-{number}", f"site-{number}", f"s{number}") for number in range(12)]


async def program_of_a_coroutine():
    aws.s3.Bucket("site")


def test_programs_may_be_coroutines_and_be_run_within_a_loop():

    async def test():
        return run_program(program_of_a_coroutine, config={"aws:region": "eu-west-1"})

    assert asyncio.run(test()).one(aws.s3.Bucket).name == "site"


def test_a_cloud_of_the_tests_own_may_be_disturbed():
    from platform_lib.sandbox.cloud import FaultRule, open_cloud
    from platform_lib.testing import ProgramFailedError

    def program():
        aws.s3.Bucket("site")

    with open_cloud(None) as cloud:
        cloud.inject(FaultRule(operation="create", type="aws:s3/*", effect="fail", message="no more buckets"))
        with pytest.raises(ProgramFailedError, match="no more buckets"):
            run_program(program, config={"aws:region": "eu-west-1"}, cloud=cloud, mode="update")


def test_no_pack_and_no_rule_are_refused(run_program):
    graph = run_program(lambda: aws.s3.Bucket("site") and None)
    with pytest.raises(ExpectationError, match="no pack was named"):
        graph.policies()
    results = graph.policies("baseline")
    with pytest.raises(ExpectationError, match="did you mean 'aws-s3-bucket-has-public-access-block'"):
        results.assert_fails("aws-s3-bucket-has-public-acces-block")
    with pytest.raises(ExpectationError, match="does not apply to anything"):
        results.assert_passes("aws-rds-instance-not-public")
    with pytest.raises(ExpectationError, match=r"aws-s3-bucket-versioning-enabled: "):
        results.assert_none()
    with pytest.raises(ExpectationError, match="finds nothing; take it out of ignore"):
        results.assert_none(ignore=["aws-rds-instance-not-public"])
    results.assert_none(ignore=sorted(results.failing))


def test_event_loop_of_the_test_is_left_alone():
    before = asyncio.new_event_loop()
    asyncio.set_event_loop(before)
    try:
        run_program(lambda: aws.s3.Bucket("site") and None, config={"aws:region": "eu-west-1"})
        run_with_mocks(lambda: aws.s3.Bucket("site") and None, config={"aws:region": "eu-west-1"})
        assert asyncio.get_event_loop() is before
    finally:
        asyncio.set_event_loop(None)
        before.close()
