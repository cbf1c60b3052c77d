"""CloudFront: TLS on both sides, logs, firewall, who may reach the origin."""

from policypacks.engine.rule import (
    NOT_APPLICABLE,
    PASS,
    Node,
    Pattern,
    Resource,
    Verdict,
    all_of,
    any_of,
    each,
    fail,
    forbid_in,
    require_equal,
    require_false,
    require_in,
    require_related,
    require_set,
    rule,
)

S3_HOST = Pattern(r".{1,255}\.s3[.-](?:dualstack\.)?(?:[a-z0-9-]{1,30}\.)?amazonaws\.com(?:\.cn)?")
HTTPS = ("https-only", "redirect-to-https")
MODERN = ("TLSv1.2_2021", "TLSv1.2_2025", "TLSv1.3_2025")
"""https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/secure-connections-supported-viewer-protocols-ciphers.html"""


@rule("aws-cloudfront-viewer-https-only")
def viewer_https(distribution: Resource) -> Verdict:
    """Distributions answer viewers over HTTPS alone, or redirect there.

    What travels in the clear, passwords included, is read and changed on the way.
    """
    name = "viewerProtocolPolicy"
    return all_of(
        require_in(distribution, f"defaultCacheBehavior.{name}", HTTPS),
        each(distribution, "orderedCacheBehaviors", lambda it: require_in(it, name, HTTPS), absent=PASS),
    )


@rule("aws-cloudfront-minimum-tls")
def minimum_tls(distribution: Resource) -> Verdict:
    """Distributions take TLS 1.2 with current ciphers or newer, under a certificate of one's own.

    With the certificate of cloudfront.net the minimum is TLS 1.0 and cannot be raised.
    """
    return all_of(
        require_in(distribution, "viewerCertificate.minimumProtocolVersion", MODERN),
        require_false(distribution, "viewerCertificate.cloudfrontDefaultCertificate", absent=PASS),
    )


@rule("aws-cloudfront-origin-https")
def origin_https(distribution: Resource) -> Verdict:
    """Distributions speak TLS 1.2 to their origins.

    The way from the edge to the origin crosses the internet too.
    """

    def check(origin: Node) -> Verdict:
        if not origin.present("customOriginConfig"):
            return NOT_APPLICABLE
        config = origin.at("customOriginConfig")
        return all_of(
            require_equal(config, "originProtocolPolicy", "https-only"),
            forbid_in(config, "originSslProtocols", ("SSLv3", "TLSv1", "TLSv1.1")),
        )

    return all_of(PASS, each(distribution, "origins", check))


@rule("aws-cloudfront-access-logging")
def access_logging(distribution: Resource) -> Verdict:
    """Distributions log their requests.

    Requests that the cache answers are in no other log.
    """
    source = "aws:cloudwatch/logDeliverySource:LogDeliverySource"
    delivered = require_related(distribution, source, by="resourceArn")
    return any_of(require_set(distribution, "loggingConfig.bucket"), delivered)


@rule("aws-cloudfront-waf")
def waf(distribution: Resource) -> Verdict:
    """Distributions have a web application firewall.

    It stops known attacks and floods at the edge.
    """
    return require_set(distribution, "webAclId")


@rule("aws-cloudfront-s3-origin-access-control")
def origin_access_control(distribution: Resource) -> Verdict:
    """Buckets behind a distribution are reached with its identity.

    Without it the bucket must be public, and everyone can go round the distribution.
    """

    def check(origin: Node) -> Verdict:
        if not origin.present("s3OriginConfig") and not S3_HOST.fits(str(origin.get("domainName"))):
            return NOT_APPLICABLE
        if origin.present("originAccessControlId") or origin.present("s3OriginConfig.originAccessIdentity"):
            return PASS
        path = f"{origin.path}.originAccessControlId"
        return fail(path, "is not set", f"set {path} to an OriginAccessControl")

    return each(distribution, "origins", check)


@rule(
    "aws-cloudfront-geo-restriction",
    config={
        "restrict_countries": {
            "type": "boolean",
            "default": False,
            "description": "whether the business serves some countries alone, so that distributions must say which",
        }
    },
)
def geo_restriction(distribution: Resource) -> Verdict:
    """Distributions of a business that serves some countries alone refuse the others.

    Sanctions and licences end at borders; attacks from elsewhere end there too.
    """
    if not distribution.config["restrict_countries"]:
        return NOT_APPLICABLE
    return require_in(distribution, "restrictions.geoRestriction.restrictionType", ("whitelist", "blacklist"))
