"""The capability report: no option is forgotten, no gap is silent."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platform_lib.components.vpc.addressing.limits import LIMITS, Cloud
from platform_lib.components.vpc.capability.option import MEANING, Option
from platform_lib.components.vpc.capability.report import CAPABILITIES, OnGap, capability_report
from platform_lib.core.errors import PlanError

WHO = "VpcComponent 'main'"
HOSTS = {
    Cloud.AWS: ("https://docs.aws.amazon.com/",),
    Cloud.AZURE: ("https://learn.microsoft.com/azure/",),
    Cloud.GCP: ("https://cloud.google.com/",),
}
clouds = st.sampled_from(list(Cloud))
options = st.sets(st.sampled_from(list(Option)))


@pytest.mark.parametrize("cloud", list(Cloud))
def test_report_of_everything(cloud: Cloud, golden: Callable[[str, str], None]):
    golden(f"network/capability_{cloud}.txt", capability_report(cloud, Option).as_text())


@pytest.mark.parametrize("cloud", list(Cloud))
def test_every_cloud_answers_every_option(cloud: Cloud):
    assert set(CAPABILITIES[cloud]) == set(Option) == set(MEANING)
    for option, found in CAPABILITIES[cloud].items():
        assert found.source.startswith(HOSTS[cloud]), option
        assert found.given or (found.reason and found.instead), option
        assert not (found.given and found.instead), option


def test_the_table_and_the_limits_agree():
    for cloud in Cloud:
        assert bool(CAPABILITIES[cloud][Option.ZONAL_SUBNETS].given) == LIMITS[cloud].zonal_subnets


@given(clouds, options)
def test_everything_asked_is_in_the_report_once(cloud: Cloud, asked: set[Option]):
    report = capability_report(cloud, asked)
    assert [row.option for row in report.rows] == [option for option in Option if option in asked]
    assert {row.option for row in report.gaps} == {one for one in asked if not CAPABILITIES[cloud][one].given}


@given(clouds, options)
def test_no_gap_is_silent(cloud: Cloud, asked: set[Option]):
    report = capability_report(cloud, asked)
    told = report.warnings(OnGap.WARN, subject=WHO)
    assert len(told) == len(report.gaps)
    if report.gaps:
        with pytest.raises(PlanError) as caught:
            report.warnings(OnGap.ERROR, subject=WHO)
        assert len(caught.value.findings) == len(report.gaps)
    else:
        assert report.warnings(OnGap.ERROR, subject=WHO) == ()


def test_the_error_says_why_and_what_instead():
    with pytest.raises(PlanError) as caught:
        capability_report(Cloud.GCP, [Option.EGRESS_PER_ZONE]).warnings(OnGap.ERROR, subject=WHO)
    assert str(caught.value) == (
        f"{WHO}: egress.per-zone: gcp cannot give a NAT in each zone for the subnets of that zone: "
        "Cloud NAT is regional and has no single zone to fail (https://cloud.google.com/nat/docs/overview); "
        "use egress 'regional', or set on_gap to 'warn'"
    )
