"""A PostgreSQL database in a network of its own, as Pulumi's examples have it. ``mistakes`` puts some in on purpose."""

import pulumi
import pulumi_aws as aws


def program(*mistakes: str, size_gib: int = 20) -> None:
    config = pulumi.Config()
    password = config.require_secret("password")

    vpc = aws.ec2.Vpc("main", cidr_block="10.0.0.0/16", enable_dns_hostnames=True)
    subnets = [
        aws.ec2.Subnet(
            f"data-{zone}",
            vpc_id=vpc.id,
            cidr_block="10.0.0.0/24" if "overlap" in mistakes else f"10.0.{number}.0/24",
            availability_zone=f"eu-west-1{zone}",
        )
        for number, zone in enumerate("ab")
    ]
    group = aws.ec2.SecurityGroup(
        "data",
        vpc_id=vpc.id,
        ingress=[{"protocol": "tcp", "from_port": 5432, "to_port": 5432, "cidr_blocks": ["10.0.0.0/16"]}],
    )
    placement = aws.rds.SubnetGroup("data", subnet_ids=[subnet.id for subnet in subnets])
    database = aws.rds.Instance(
        "orders",
        engine="postgresql" if "engine" in mistakes else "postgres",
        engine_version="16",
        instance_class="db.t4g.micro",
        allocated_storage=size_gib,
        db_subnet_group_name=placement.name,
        vpc_security_group_ids=[group.id],
        db_name="renamed" if "renamed" in mistakes else "orders",
        username="orders",
        password=password,
        publicly_accessible="public" in mistakes,
        storage_encrypted="plain" not in mistakes,
        skip_final_snapshot=True,
        opts=pulumi.ResourceOptions(protect="unprotected" not in mistakes),
    )
    url = pulumi.Output.concat("postgresql://orders:", password, "@", database.endpoint)
    if "leaked" in mistakes:
        url = pulumi.Output.unsecret(url)
    if "logged" in mistakes:
        password.apply(lambda text: pulumi.log.info(f"using {text!r}".replace("'", "")))
    aws.ssm.Parameter("url", type="SecureString", value=url)
    pulumi.export("endpoint", database.endpoint)
    pulumi.export("url", url)
