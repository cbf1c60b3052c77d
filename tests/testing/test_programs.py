"""Five user programs in the manner of Pulumi's AWS examples, each with mistakes put in, which the kit has to find."""

from functools import partial

import pytest
from testing.programs import database, function, service, web_server, website

from platform_lib.testing import ExpectationError, ProgramFailedError, UnreachedAssertionError

PASSWORD = "correct-horse-battery"
NETWORK = {"vpcId": "vpc-0123456789abcdef0", "subnetIds": ["subnet-0a1b2c3d4e5f60718", "subnet-0a1b2c3d4e5f60719"]}
PROGRAMS = {
    "website": website.program,
    "web_server": web_server.program,
    "database": database.program,
    "service": service.program,
    "function": function.program,
}


@pytest.fixture
def pulumi_config():
    return {"website:domain": "example.com"}


@pytest.fixture
def pulumi_secrets():
    return {"password": PASSWORD, "api:token": "token-0123456789"}


@pytest.fixture
def pulumi_stack_references():
    return {"acme/network/prod": NETWORK}


@pytest.mark.parametrize("name", PROGRAMS)
def test_every_program_is_right_before_a_mistake_is_put_in(name, run_program):
    graph = run_program(PROGRAMS[name])
    graph.assert_preview_tells_all()
    graph.assert_no_leaks()
    assert graph.preview.mode == "preview"
    assert {step.op for step in graph.steps} <= {"create", "read"}


@pytest.mark.parametrize("name", PROGRAMS)
def test_every_program_stays_as_it_is_when_it_runs_again(name, upgrade):
    upgrade(PROGRAMS[name], PROGRAMS[name]).assert_unchanged()


class TestWebsite:
    def test_says_where_it_is(self, run_program):
        graph = run_program(website.program)
        bucket = graph.one("aws:s3/bucket:Bucket")
        graph.assert_export("bucket", bucket.id)
        assert graph.exports["url"].startswith("https://")
        assert {page.name for page in graph.of_type("aws:s3/bucketObject:BucketObject")} == set(website.PAGES)

    def test_open_bucket_is_found_by_policy(self, run_program):
        right, wrong = run_program(website.program), run_program(partial(website.program, "unblocked"))
        rule = "aws-s3-bucket-has-public-access-block"
        right.policies("baseline").assert_passes(rule, right.one("aws:s3/bucket:Bucket"))
        wrong.policies("baseline").assert_fails(rule, wrong.one("aws:s3/bucket:Bucket"))
        with pytest.raises(ExpectationError, match="BucketPublicAccessBlock, got 0"):
            wrong.one("aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock")

    def test_public_bucket_is_refused_as_the_cloud_does(self, run_program):
        with pytest.raises(ProgramFailedError, match="AccessControlListNotSupported") as caught:
            run_program(partial(website.program, "public"))
        assert caught.value.mode == "update"
        assert next(step.urn for step in caught.value.graph.steps if step.failed).endswith("::site-acl")

    def test_output_in_a_formatted_string_is_found(self, run_program):
        with pytest.raises(ExpectationError, match=r"'index.html': inputs.bucket: an Output was formatted into text"):
            run_program(partial(website.program, "formatted"))

    def test_wrong_property_is_found(self, run_program):
        graph = run_program(partial(website.program, "type"))
        with pytest.raises(ExpectationError, match=r"inputs.contentType: expected 'text/html', got 'text/plain'"):
            graph.one("aws:s3/bucketObject:BucketObject", "index.html").assert_input("contentType", "text/html")

    def test_nested_property_is_found(self, run_program):
        graph = run_program(partial(website.program, "http"))
        path = "defaultCacheBehavior.viewerProtocolPolicy"
        with pytest.raises(ExpectationError, match="expected 'redirect-to-https', got 'allow-all'"):
            graph.one("aws:cloudfront/distribution:Distribution").assert_input(path, "redirect-to-https")

    def test_missing_configuration_is_told(self, run_program, pulumi_config):
        del pulumi_config["website:domain"]
        with pytest.raises(ProgramFailedError, match="Missing required configuration variable 'website:domain'"):
            run_program(website.program)


class TestWebServer:
    def test_look_up_is_kept_and_can_be_answered(self, run_program, pulumi_lookups):
        pulumi_lookups["aws:ec2/getAmi:getAmi"] = {"id": "ami-0fedcba9876543210"}
        graph = run_program(web_server.program)
        graph.one("aws:ec2/instance:Instance").assert_input("ami", "ami-0fedcba9876543210")
        (made,) = graph.lookups_of("aws:ec2/getAmi:getAmi")
        assert made.args["owners"] == ["amazon"]
        assert made.outputs["id"] == "ami-0fedcba9876543210"

    def test_open_ssh_is_found_by_policy(self, run_program):
        rule = "aws-ec2-security-group-no-public-ssh"
        graph = run_program(partial(web_server.program, "ssh"))
        group = graph.one("aws:ec2/securityGroup:SecurityGroup")
        graph.policies("baseline").assert_fails(rule, group)
        run_program(web_server.program).policies("baseline").assert_passes(rule)

    def test_wrong_type_of_a_nested_property_is_refused_in_the_preview(self, run_program):
        with pytest.raises(
            ProgramFailedError, match=r"ingress\[0\].fromPort .* must be an integer, got 'eighty'"
        ) as caught:
            run_program(partial(web_server.program, "type"))
        assert caught.value.mode == "preview"

    def test_missing_dependency_is_found(self, run_program):
        graph = run_program(web_server.program)
        server, group = graph.one("aws:ec2/instance:Instance"), graph.one("aws:ec2/securityGroup:SecurityGroup")
        server.assert_depends_on(group)
        assert server in graph.dependents(group)
        wrong = run_program(partial(web_server.program, "group"))
        with pytest.raises(ExpectationError, match=r"'server': does not depend on .* 'web'"):
            wrong.one("aws:ec2/instance:Instance").assert_depends_on(group)

    def test_old_metadata_service_is_found(self, run_program):
        server = run_program(partial(web_server.program, "imds")).one("aws:ec2/instance:Instance")
        with pytest.raises(ExpectationError, match="httpTokens: expected 'required', got 'optional'"):
            server.assert_input("metadataOptions.httpTokens", "required")

    def test_duplicate_urn_is_refused(self, run_program):
        with pytest.raises(ProgramFailedError, match=r"Duplicate resource URN .*::web'"):
            run_program(partial(web_server.program, "duplicate"))

    def test_assertion_that_never_ran_is_named_with_its_output(self, run_program):
        with pytest.raises(UnreachedAssertionError) as caught:
            run_program(partial(web_server.program, "unreached"))
        text = str(caught.value)
        assert "output 'ebs_block_devices' of aws:ec2/instance:Instance 'server'" in text
        assert "web_server.py" in text
        assert "came to no assertion" in text


class TestDatabase:
    def test_password_is_secret_everywhere(self, run_program):
        graph = run_program(database.program)
        orders = graph.one("aws:rds/instance:Instance")
        orders.assert_secret("password")
        orders.assert_protected()
        graph.assert_secret_export("url")
        assert PASSWORD in graph.exports["url"]

    def test_overlapping_subnets_are_refused_as_the_cloud_does(self, run_program):
        with pytest.raises(ProgramFailedError, match=r"InvalidSubnet.Conflict"):
            run_program(partial(database.program, "overlap"))

    @pytest.mark.parametrize(
        "mistake, rule",
        [("public", "aws-rds-instance-not-public"), ("plain", "aws-rds-instance-storage-encrypted")],
    )
    def test_exposed_database_is_found_by_policy(self, mistake, rule, run_program):
        graph = run_program(partial(database.program, mistake))
        graph.policies("hipaa", "pci").assert_fails(rule, graph.one("aws:rds/instance:Instance"))
        run_program(database.program).policies("hipaa", "pci").assert_passes(rule)

    def test_unprotected_database_is_found(self, run_program):
        graph = run_program(partial(database.program, "unprotected"))
        with pytest.raises(ExpectationError, match="'orders': is not protected"):
            graph.one("aws:rds/instance:Instance").assert_protected()

    def test_secret_that_leaks_into_a_plain_export_is_found(self, run_program):
        graph = run_program(partial(database.program, "leaked"))
        with pytest.raises(ExpectationError, match=r"export 'url': holds the secret of inputs.password") as caught:
            graph.assert_no_leaks()
        assert PASSWORD not in str(caught.value)
        with pytest.raises(ExpectationError, match="export 'url': is not a secret"):
            graph.assert_secret_export("url")

    def test_secret_of_the_configuration_never_reaches_the_log(self, run_program):
        graph = run_program(partial(database.program, "logged"))
        assert [entry.message for entry in graph.log if entry.message.startswith("using")] == ["using [secret]"]

    def test_database_that_would_be_replaced_is_found_on_upgrade(self, upgrade):
        found = upgrade(partial(database.program, "unprotected"), partial(database.program, "unprotected", "renamed"))
        (urn,) = found.replaced
        assert urn.endswith("aws:rds/instance:Instance::orders")
        assert not found.deleted
        with pytest.raises(ExpectationError, match="'orders': is replaced, as dbName changes"):
            found.assert_keeps("aws:rds/instance:Instance")

    def test_protected_database_stops_the_upgrade(self, upgrade):
        with pytest.raises(ProgramFailedError, match=r"unable to replace resource .*::orders"):
            upgrade(database.program, partial(database.program, "renamed"))

    def test_growing_it_keeps_it(self, upgrade):
        found = upgrade(database.program, partial(database.program, size_gib=50))
        found.assert_keeps("*")
        assert [urn.rsplit("::", 1)[-1] for urn in found.updated] == ["orders"]


class TestService:
    def test_other_stack_is_read(self, run_program):
        graph = run_program(service.program)
        graph.one("aws:lb/targetGroup:TargetGroup").assert_input("vpcId", NETWORK["vpcId"])
        assert graph.one("pulumi:pulumi:StackReference").external

    def test_wrong_name_of_an_output_is_told(self, run_program):
        with pytest.raises(ProgramFailedError, match="vpcid"):
            run_program(partial(service.program, "reference"))

    def test_wrong_name_of_a_stack_is_told_with_a_near_one(self, run_program, pulumi_stack_references):
        pulumi_stack_references["acme/network/production"] = pulumi_stack_references.pop("acme/network/prod")
        with pytest.raises(
            ProgramFailedError, match="'acme/network/prod': is not given; did you mean 'acme/network/production'"
        ):
            run_program(service.program)

    def test_broken_policy_document_is_refused(self, run_program):
        with pytest.raises(ProgramFailedError, match=r"assumeRolePolicy.* contains an invalid JSON policy"):
            run_program(partial(service.program, "policy"))

    def test_resource_made_in_apply_is_found(self, run_program):
        graph = run_program(partial(service.program, "in_apply"))
        with pytest.raises(ExpectationError, match="Service::app: is made by the update, not shown by the preview"):
            graph.assert_preview_tells_all()

    def test_service_before_its_listener_is_found(self, run_program):
        right, wrong = run_program(service.program), run_program(partial(service.program, "early"))
        listener = right.one("aws:lb/listener:Listener")
        right.one("aws:ecs/service:Service").assert_depends_on(listener)
        with pytest.raises(ExpectationError, match=r"'app': does not depend on .* 'listener'"):
            wrong.one("aws:ecs/service:Service").assert_depends_on(listener)


class TestFunction:
    def test_everything_hangs_together(self, run_program):
        graph = run_program(function.program)
        route, api = graph.one("aws:apigatewayv2/route:Route"), graph.one("aws:apigatewayv2/api:Api")
        hello = graph.one("aws:lambda/function:Function")
        assert {api, hello} <= set(graph.reachable(route))
        assert hello.property_dependencies["role"] == [graph.one("aws:iam/role:Role").urn]

    def test_secret_in_the_open_is_found(self, run_program):
        graph = run_program(partial(function.program, "leaked"))
        with pytest.raises(ExpectationError, match=r"inputs.environment.variables.TOKEN: holds the secret of"):
            graph.assert_no_leaks()
        with pytest.raises(ExpectationError, match=r"variables.TOKEN: is not a secret"):
            graph.one("aws:lambda/function:Function").assert_secret("environment.variables.TOKEN")

    def test_function_that_nobody_may_invoke_is_found(self, run_program):
        with pytest.raises(ExpectationError, match="aws:lambda/permission:Permission, got 0"):
            run_program(partial(function.program, "uninvokable")).one("aws:lambda/permission:Permission")

    def test_wrong_address_is_found(self, run_program):
        right, wrong = run_program(function.program), run_program(partial(function.program, "uri"))
        for graph, uri in ((right, "invokeArn"), (wrong, "arn")):
            hello = graph.one("aws:lambda/function:Function")
            graph.one("aws:apigatewayv2/integration:Integration").assert_input("integrationUri", hello.output(uri))
        hello, integration = (
            wrong.one(f"aws:{kind}") for kind in ("lambda/function:Function", "apigatewayv2/integration:Integration")
        )
        with pytest.raises(ExpectationError, match="integrationUri: expected 'arn:aws:apigateway"):
            integration.assert_input("integrationUri", hello.output("invokeArn"))

    def test_what_only_a_preview_makes_is_found(self, run_program):
        graph = run_program(partial(function.program, "only_preview"))
        with pytest.raises(ExpectationError, match="LogGroup::extra: is shown by the preview, not made by the update"):
            graph.assert_preview_tells_all()

    def test_new_code_updates_the_function_in_place(self, upgrade):
        found = upgrade(function.program, partial(function.program, code="def handler(event, context): ...\n"))
        assert [urn.rsplit("::", 1)[-1] for urn in found.updated] == ["hello"]
        found.assert_keeps("*")
