import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platform_lib.components.edge.args import EdgeFleetArgs
from platform_lib.components.edge.kind import InferenceMetric
from platform_lib.components.edge.plan import plan_fleet
from platform_lib.core.errors import ArgsError, PlanError
from support.fleets import GROUPS, SITES, UPDATE, fleet_args, signers

SUBJECT = "EdgeFleet 'main'"


def planned(name="main", environment="prod", **more):
    return plan_fleet(name, EdgeFleetArgs.parse(SUBJECT, fleet_args(environment, **more)), subject=SUBJECT)


def wrong(error=PlanError, **more):
    with pytest.raises(error) as caught:
        planned(**more)
    return [str(finding) for finding in caught.value.findings]


def ring(name, share, **more):
    return {"name": name, "share_percent": share, **more}


def test_what_is_left_out_has_a_default():
    plan = planned()
    assert [(site.devices, site.quorum) for site in plan.sites] == [(42, 21), (8, 3)]
    assert (plan.devices, plan.shares) == (50, (5, 25, 70))
    assert [group.ring for group in plan.groups] == [None, None, "canary"]
    canary = plan.rings[0]
    assert (canary.soak_hours, canary.maximum_failed_percent, canary.devices_per_minute) == (24, 2.0, 50)
    assert [(gate.metric, gate.limit) for gate in canary.gates] == [
        (InferenceMetric.LATENCY, 100),
        (InferenceMetric.ERRORS, 1.0),
    ]
    roles = [(role.role.value, role.threshold, role.expires_days) for role in plan.roles]
    assert roles == [("root", 2, 365), ("targets", 2, 90), ("snapshot", 1, 7), ("timestamp", 1, 1)]
    offline = plan.offline
    assert (offline.days, offline.certificate_days, offline.renew_before_days) == (7, 365, 30)
    assert (offline.token_hours, offline.credential_seconds, offline.store_mib) == (192, 3600, 10)
    assert (plan.log_retention_days, plan.latency.budget_ms) == (365, 100)
    assert plan.defence.limits[2] == ("messages-sent", "aws:num-messages-sent", 100)


@given(st.integers(1, 365), st.floats(0.01, 600), st.integers(1, 131072))
def test_defaults_last_as_long_as_devices_are_offline(days, rate, size):
    asked = {"days": days, "messages_per_minute": rate, "message_bytes": size, "certificate_days": 3650}
    offline = planned(offline=asked).offline
    assert offline.store_mib * 1024 * 1024 >= math.floor(days * 1440 * rate) * size
    assert offline.token_hours >= days * 24
    assert days <= offline.renew_before_days < offline.certificate_days


@given(st.integers(1, 3650), st.integers(1, 365), st.integers(1, 400))
def test_a_certificate_never_dies_while_its_device_may_be_offline(certificate, days, renew):
    """A device loses its connection just before it renews, for as long as is allowed: its certificate is still good."""
    asked = {"days": days, "certificate_days": certificate, "renew_before_days": renew}
    try:
        planned(offline=asked)
    except PlanError:
        assert certificate <= days or renew < days or renew >= certificate
    else:
        assert certificate > renew >= days


@pytest.mark.parametrize(
    "more, findings",
    [
        (
            {"offline": {"days": 30, "certificate_days": 14, "token_hours": 24, "store_mib": 5}},
            [
                "offline.certificate_days: must be more than the offline days (30), got 14; use at least 60 days",
                "offline.token_hours: must be at least the offline days (30, 720 hours), got 24; use at least 720",
                (
                    "offline.store_mib: holds less than 30 days of 1 messages a minute of 1024 bytes (43 MiB), got 5; "
                    "use at least 43, or send fewer or smaller messages"
                ),
            ],
        ),
        (
            {"offline": {"days": 30, "renew_before_days": 7}},
            [
                (
                    "offline.renew_before_days: must be at least the offline days (30), got 7; a device that loses its "
                    "connection just before it renews would come back with a dead certificate"
                )
            ],
        ),
        (
            {"offline": {"certificate_days": 20, "renew_before_days": 20}},
            [
                (
                    "offline.renew_before_days: must be less than certificate_days (20), got 20; "
                    "let certificates last longer"
                )
            ],
        ),
        (
            {"latency": {"budget_ms": 50, "stages_ms": {"capture": 20, "infer": 40}}},
            ["latency.stages_ms: sum to 60 ms, more than budget_ms (50); take 10 ms away"],
        ),
        (
            {"rings": [ring("a", 10), ring("b", 80)]},
            ["rings: have shares that must sum to 100, got 10 + 80 = 90"],
        ),
        (
            {"rings": [ring("a", 10, groups=["laboratory"]), ring("b", 90, groups=["scales", "laboratory"])]},
            ["rings[1].groups[1]: is in ring 'a' already, got 'laboratory'; name it once"],
        ),
        (
            {"rings": [ring("a", 10, groups=["scale"]), ring("a", 90)]},
            [
                "rings[1].name: is given twice, got 'a'; use another name",
                "rings[0].groups[0]: is not a group of the fleet, got 'scale'; did you mean 'scales'?",
            ],
        ),
        (
            {"rings": [ring("a", 100, gates=[{"metric": "drift", "limit": 1}, {"metric": "drift", "limit": 2}])]},
            ["rings[0].gates[1].metric: has a gate already, got 'drift'"],
        ),
        (
            {"groups": [*GROUPS, {"name": "scales", "site": "sout", "devices": 1}]},
            [
                "groups[3].name: is given twice, got 'scales'; use another name",
                "groups[3].site: is not a site of the fleet, got 'sout'; did you mean 'south'?",
            ],
        ),
        (
            {"sites": [{"name": "north", "quorum": 42}, {"name": "south"}, {"name": "west"}, {"name": "south"}]},
            [
                "sites[3].name: is given twice, got 'south'; use another name",
                "sites[0].quorum: leaves none of the 42 devices of 'north' to update, got 42; use at most 41",
                "sites[2]: has no devices, got 'west'; add a group, or leave it out",
            ],
        ),
        (
            {"update": {**UPDATE, "root": signers("ada"), "snapshot": {**signers("a", "a"), "threshold": 3}}},
            [
                (
                    "update.root.threshold: lets one signer alone decide what devices run, got 1; "
                    "use two signers or more, of whom two have to sign"
                ),
                "update.snapshot.signers[1].name: is given twice, got 'a'; use another name",
                "update.snapshot.threshold: is more than there are signers (2), got 3; add signers, or lower it",
            ],
        ),
        (
            {"provisioning": None, "copies": None},
            [
                (
                    "provisioning.hook_arn: is required outside dev: without it whoever holds a claim certificate "
                    "registers any device; give a function that checks serial numbers"
                ),
                (
                    "copies: are required outside dev: what is lost with the buckets cannot be made again; "
                    "name buckets in another region and a backup plan"
                ),
            ],
        ),
        (
            {"copies": {"artifact_bucket_arn": "a", "region": "eu-west-1", "key_arn": "k", "backup_plan_id": "p"}},
            [
                (
                    "copies.region: must be another region than that of the fleet, got 'eu-west-1'; "
                    "a copy beside the original is lost with it"
                ),
                "copies.telemetry_bucket_arn: is required, since the fleet makes the bucket of messages",
            ],
        ),
        (
            {"telemetry": {"existing_bucket": "messages"}},
            [
                "copies.telemetry_bucket_arn: is given, but the bucket of messages is not the fleet's; leave it out",
            ],
        ),
        (
            {"name": "a-fleet-with-a-long-name"},
            [
                (
                    "name: is 4 too long for the automatic name of aws:iot/provisioningTemplate:ProvisioningTemplate "
                    "(at most 36 characters); shorten it by 4 characters"
                )
            ],
        ),
    ],
)
def test_what_does_not_fit_is_found_with_its_numbers(more, findings):
    assert wrong(**more) == findings


@pytest.mark.parametrize(
    "more, finding",
    [
        ({"sites": [{"name": "a-site-with-a-very-long-name"}]}, "sites[0].name: is longer than 24 characters, got "),
        ({"sites": [{"name": "North"}]}, "sites[0].name: must be lower-case letters and digits joined by '-', "),
        ({"groups": [{"name": "a", "site": "north", "devices": 0}]}, "groups[0].devices: must be at least 1, got 0"),
        ({"rings": [ring("a", 101)]}, "rings[0].share_percent: must be at most 100, got 101"),
        (
            {"rings": [ring("a", 100, gates=[{"metric": "installed", "limit": 1}])]},
            (
                "rings[0].gates[0].metric: must be one of 'latency-ms', 'error-percent', 'confidence', 'drift', "
                "'inferences-per-minute', got 'installed'"
            ),
        ),
        ({"rings": [ring("a", 100, maximum_failed_percent=100)]}, "rings[0].maximum_failed_percent: must be less than"),
        ({"provisioning": {"hook_arn": "admit"}}, "provisioning.hook_arn: is not the ARN of a function of Lambda"),
        (
            {"update": {**UPDATE, "root": {"signers": [{"name": "ada", "principal_arn": "ada"}]}}},
            "update.root.signers[0].principal_arn: is not the ARN of a role or user of IAM",
        ),
        ({"latency": {"stages_ms": {"Capture": 1}}}, "latency.stages_ms.Capture: is not a name of a stage of at most"),
        ({"latency": {"stages_ms": {"capture": 0}}}, "latency.stages_ms.capture: must be at least 1"),
        ({"offline": {"credential_seconds": 60}}, "offline.credential_seconds: must be at least 900, got 60"),
        ({"telemetry": {"log_retention_days": 2}}, "telemetry.log_retention_days: is not a period that CloudWatch"),
        ({"tags": {"environment": "x"}}, "tags.environment: is set from the context"),
        ({"region": "mars"}, "region: is not the name of an AWS region"),
        ({"account_id": "1"}, "account_id: is not an AWS account id"),
    ],
)
def test_what_is_wrong_by_itself_is_found_first(more, finding):
    (found,) = wrong(ArgsError, **more)
    assert found.startswith(finding)


@pytest.mark.parametrize("hours, fits", [(47, False), (48, True)])
def test_tokens_last_as_many_hours_as_the_offline_days_have(hours, fits):
    asked = {"days": 2, "token_hours": hours}
    if fits:
        assert planned(offline=asked).offline.token_hours == hours
    else:
        assert wrong(offline=asked) == [
            f"offline.token_hours: must be at least the offline days (2, 48 hours), got {hours}; use at least 48"
        ]


def test_a_site_has_no_more_groups_than_aws_iot_takes():
    groups = [*GROUPS, *({"name": f"g{number}", "site": "south", "devices": 1} for number in range(100))]
    assert wrong(groups=groups) == [
        "groups: are more at 'south' than AWS IoT takes (100), got 101; put devices of one kind into one group"
    ]


def test_dev_may_do_with_less():
    update = {**UPDATE, "root": signers("ada"), "targets": signers("ada")}
    plan = planned(environment="dev", provisioning=None, copies=None, update=update)
    assert not plan.has_hook


def test_all_findings_come_at_once():
    more = {
        "offline": {"certificate_days": 1},
        "rings": [ring("a", 1)],
        "sites": SITES[:1],
        "provisioning": None,
    }
    assert len(wrong(**more)) == 4


@given(st.lists(st.integers(1, 500), min_size=1, max_size=6))
def test_every_site_keeps_a_device_to_update(sizes):
    sites = [{"name": f"s{number}"} for number in range(len(sizes))]
    groups = [{"name": f"g{number}", "site": f"s{number}", "devices": size} for number, size in enumerate(sizes)]
    plan = planned(sites=sites, groups=groups, rings=[ring("all", 100)])
    assert all(site.quorum < site.devices for site in plan.sites)
