"""A static website on S3 behind CloudFront, as Pulumi's examples have it. ``mistake`` puts one in on purpose."""

import json

import pulumi
import pulumi_aws as aws

PAGES = {"index.html": "<h1>Hello</h1>", "error.html": "<h1>Sorry</h1>"}


def program(mistake: str = "") -> None:
    config = pulumi.Config("website")
    domain = config.require("domain")

    site = aws.s3.Bucket("site", tags={"domain": domain})
    if mistake != "unblocked":
        aws.s3.BucketPublicAccessBlock(
            "site-block",
            bucket=site.id,
            block_public_acls=True,
            block_public_policy=True,
            ignore_public_acls=True,
            restrict_public_buckets=True,
        )
    if mistake == "public":
        aws.s3.BucketAcl("site-acl", bucket=site.id, acl="public-read")
    website = aws.s3.BucketWebsiteConfiguration(
        "site-website", bucket=site.id, index_document={"suffix": "index.html"}, error_document={"key": "error.html"}
    )
    for name, content in PAGES.items():
        bucket = f"{site.id}" if mistake == "formatted" else site.id
        aws.s3.BucketObject(
            name,
            bucket=bucket,
            key=name,
            content=content,
            content_type="text/plain" if mistake == "type" else "text/html",
        )

    access = aws.cloudfront.OriginAccessControl(
        "access",
        origin_access_control_origin_type="s3",
        signing_behavior="always",
        signing_protocol="sigv4",
    )
    cdn = aws.cloudfront.Distribution(
        "cdn",
        enabled=True,
        default_root_object="index.html",
        origins=[
            {
                "origin_id": "site",
                "domain_name": site.bucket_regional_domain_name,
                "origin_access_control_id": access.id,
            }
        ],
        default_cache_behavior={
            "target_origin_id": "site",
            "viewer_protocol_policy": "allow-all" if mistake == "http" else "redirect-to-https",
            "allowed_methods": ["GET", "HEAD"],
            "cached_methods": ["GET", "HEAD"],
            "forwarded_values": {"query_string": False, "cookies": {"forward": "none"}},
        },
        restrictions={"geo_restriction": {"restriction_type": "none"}},
        viewer_certificate={"cloudfront_default_certificate": True},
    )
    aws.s3.BucketPolicy(
        "site-policy",
        bucket=site.id,
        policy=pulumi.Output.all(bucket=site.arn, cdn=cdn.arn).apply(
            lambda found: json.dumps(
                {
                    "Version": "2012-10-17",
                    "Statement": [
                        {
                            "Effect": "Allow",
                            "Principal": {"Service": "cloudfront.amazonaws.com"},
                            "Action": "s3:GetObject",
                            "Resource": f"{found['bucket']}/*",
                            "Condition": {"StringEquals": {"AWS:SourceArn": found["cdn"]}},
                        }
                    ],
                }
            )
        ),
    )
    pulumi.export("bucket", site.id)
    pulumi.export("url", pulumi.Output.concat("https://", cdn.domain_name))
    pulumi.export("website", website.website_endpoint)
