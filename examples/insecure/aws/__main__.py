"""Deliberately bad: an open network, a public bucket, a role for everyone, a database on the internet."""

import json

import pulumi_aws as aws

vpc = aws.ec2.Vpc("main", cidr_block="10.0.0.0/16")
aws.ec2.Subnet("public", vpc_id=vpc.id, cidr_block="10.0.0.0/24", map_public_ip_on_launch=True)
aws.ec2.SecurityGroup(
    "open",
    vpc_id=vpc.id,
    description="all of it",
    ingress=[
        {"protocol": "tcp", "from_port": 22, "to_port": 22, "cidr_blocks": ["0.0.0.0/0"]},
        {"protocol": "tcp", "from_port": 5432, "to_port": 5432, "ipv6_cidr_blocks": ["::/0"]},
    ],
)

bucket = aws.s3.Bucket("records", bucket="insecure-records")
aws.s3.BucketPublicAccessBlock(
    "records",
    bucket=bucket.id,
    block_public_acls=False,
    block_public_policy=False,
    ignore_public_acls=False,
    restrict_public_buckets=False,
)
aws.s3.BucketPolicy(
    "records",
    bucket=bucket.id,
    policy=json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Principal": "*",
                    "Action": "s3:GetObject",
                    "Resource": "arn:aws:s3:::insecure-records/*",
                }
            ],
        }
    ),
)

aws.iam.Policy(
    "admin",
    policy=json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}),
)
aws.iam.Role(
    "anyone",
    assume_role_policy=json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}],
        }
    ),
)

aws.kms.Key("data", description="never rotated", enable_key_rotation=False)
aws.cloudwatch.LogGroup("audit", retention_in_days=1)
aws.cloudtrail.Trail(
    "trail", s3_bucket_name=bucket.bucket, is_multi_region_trail=False, enable_log_file_validation=False
)
aws.sns.Topic("alerts")
aws.rds.Instance(
    "records",
    engine="postgres",
    engine_version="16.4",
    instance_class="db.t4g.micro",
    allocated_storage=20,
    username="root",
    manage_master_user_password=True,
    publicly_accessible=True,
    storage_encrypted=False,
    backup_retention_period=0,
    deletion_protection=False,
    skip_final_snapshot=True,
)
aws.ebs.Volume("data", availability_zone="eu-central-1a", size=10, encrypted=False)
aws.ec2.Instance(
    "machine",
    ami="ami-00000000000000000",
    instance_type="t3.small",
    associate_public_ip_address=True,
    metadata_options={"http_tokens": "optional"},
)
