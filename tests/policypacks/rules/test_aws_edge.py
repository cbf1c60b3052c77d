"""The cases of the rules for CloudFront."""

import pytest

from support.policies import PASS, REMOVE, Case, R, Ref, Trial, add, trials

BUCKET_ORIGIN = {"originId": "s3", "domainName": "b.s3.eu-central-1.amazonaws.com", "originAccessControlId": "o"}
SERVER = {
    "originId": "app",
    "domainName": "app.example.org",
    "customOriginConfig": {"originProtocolPolicy": "https-only", "originSslProtocols": ["TLSv1.2"]},
}
DISTRIBUTION = R(
    "distribution",
    "aws:cloudfront/distribution:Distribution",
    {
        "defaultCacheBehavior": {"viewerProtocolPolicy": "redirect-to-https"},
        "orderedCacheBehaviors": [{"pathPattern": "/api/*", "viewerProtocolPolicy": "https-only"}],
        "viewerCertificate": {"acmCertificateArn": "c", "minimumProtocolVersion": "TLSv1.2_2021"},
        "origins": [SERVER],
        "loggingConfig": {"bucket": "logs.s3.amazonaws.com"},
        "webAclId": "w",
        "restrictions": {"geoRestriction": {"restrictionType": "whitelist", "locations": ["DE"]}},
    },
)
BEHIND = R("distribution", DISTRIBUTION.type, {**DISTRIBUTION.properties, "origins": [BUCKET_ORIGIN]})
OLD_IDENTITY = {"originAccessIdentity": "origin-access-identity/cloudfront/E1"}

CASES = [
    Case(
        "aws-cloudfront-viewer-https-only",
        DISTRIBUTION,
        bad=[
            {"defaultCacheBehavior.viewerProtocolPolicy": "allow-all"},
            {"orderedCacheBehaviors[].viewerProtocolPolicy": "allow-all"},
        ],
        also_good={"orderedCacheBehaviors": REMOVE},
    ),
    Case(
        "aws-cloudfront-minimum-tls",
        DISTRIBUTION,
        bad=[
            {"viewerCertificate.minimumProtocolVersion": "TLSv1.1_2016"},
            {"viewerCertificate.cloudfrontDefaultCertificate": True},
        ],
        absent={"viewerCertificate.cloudfrontDefaultCertificate": PASS},
    ),
    Case(
        "aws-cloudfront-origin-https",
        DISTRIBUTION,
        bad=[
            {"origins[].customOriginConfig.originProtocolPolicy": "match-viewer"},
            {"origins[].customOriginConfig.originSslProtocols": ["TLSv1", "TLSv1.2"]},
        ],
        also_good={"origins": [BUCKET_ORIGIN]},
    ),
    Case(
        "aws-cloudfront-access-logging",
        DISTRIBUTION,
        bad=[{"loggingConfig.bucket": ""}],
        also_good={"loggingConfig.bucket": "more.s3.amazonaws.com"},
        unknown={"loggingConfig.bucket": PASS},
    ),
    Case("aws-cloudfront-waf", DISTRIBUTION, bad={"webAclId": ""}, unknown={"webAclId": PASS}),
    Case(
        "aws-cloudfront-s3-origin-access-control",
        BEHIND,
        bad=[
            {"origins[].originAccessControlId": ""},
            {"origins": [{"originId": "s3", "domainName": "b.s3.amazonaws.com"}]},
            {"origins": [{"originId": "s3", "domainName": "b.s3.dualstack.eu-west-1.amazonaws.com"}]},
        ],
        guards=["origins[].originAccessControlId"],
        also_good={"origins[].originAccessControlId": REMOVE, "origins[].s3OriginConfig": OLD_IDENTITY},
        unrelated={"origins": [SERVER]},
        unknown={"origins[].originAccessControlId": PASS},
    ),
    Case(
        "aws-cloudfront-geo-restriction",
        DISTRIBUTION,
        bad={"restrictions.geoRestriction.restrictionType": "none"},
        config={"restrict_countries": True},
    ),
]


@pytest.mark.parametrize("trial", trials(CASES), ids=str)
def test_rule(trial: Trial) -> None:
    trial.run()


def test_logs_may_be_delivered_by_cloudwatch() -> None:
    source = R(
        "source",
        "aws:cloudwatch/logDeliverySource:LogDeliverySource",
        {"resourceArn": Ref("distribution", "arn"), "logType": "ACCESS_LOGS"},
    )
    bare = R("distribution", DISTRIBUTION.type, {**DISTRIBUTION.properties, "loggingConfig": {}})
    case = Case("aws-cloudfront-access-logging", [bare, source], bad=(), also_good=add(R("x", "test:index:X")))
    tried = [trial for trial in trials([case]) if "compliant" in trial.name or "still good" in trial.name]
    for trial in tried:
        trial.run()
    assert len(tried) == 3


def test_which_countries_is_asked_only_where_the_setting_says_so() -> None:
    open_to_all = {"restrictions.geoRestriction.restrictionType": "none"}
    case = Case("aws-cloudfront-geo-restriction", DISTRIBUTION, bad=(), unrelated=open_to_all)
    tried = [trial for trial in trials([case]) if "unrelated" in trial.name]
    for trial in tried:
        trial.run()
    assert len(tried) == 1
