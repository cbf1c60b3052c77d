"""A web server on EC2 with its security group, as Pulumi's examples have it. ``mistake`` puts one in on purpose."""

import pulumi
import pulumi_aws as aws

USER_DATA = """#!/bin/bash
echo "Hello" > index.html
nohup python3 -m http.server 80 &
"""


def program(mistake: str = "") -> None:
    ami = aws.ec2.get_ami_output(
        owners=["amazon"], most_recent=True, filters=[{"name": "name", "values": ["al2023-ami-*-x86_64"]}]
    )
    ingress = [{"protocol": "tcp", "from_port": 80, "to_port": 80, "cidr_blocks": ["0.0.0.0/0"]}]
    if mistake == "ssh":
        ingress.append({"protocol": "tcp", "from_port": 22, "to_port": 22, "cidr_blocks": ["0.0.0.0/0"]})
    if mistake == "type":
        ingress[0]["from_port"] = "eighty"
    group = aws.ec2.SecurityGroup(
        "web",
        description="web",
        ingress=ingress,
        egress=[{"protocol": "-1", "from_port": 0, "to_port": 0, "cidr_blocks": ["0.0.0.0/0"]}],
    )
    server = aws.ec2.Instance(
        "server",
        instance_type="t3.huge" if mistake == "size" else "t3.micro",
        ami=ami.id,
        associate_public_ip_address=True,
        vpc_security_group_ids=[] if mistake == "group" else [group.id],
        user_data=USER_DATA,
        metadata_options={"http_tokens": "optional" if mistake == "imds" else "required"},
        tags={"Name": "server"},
    )
    if mistake == "duplicate":
        aws.ec2.SecurityGroup("web", description="again")

    def in_range(address: str) -> None:
        assert address.count(".") == 3, address

    server.public_ip.apply(in_range)
    if mistake == "unreached":
        check_volumes(server)
    pulumi.export("address", server.public_ip)
    pulumi.export("host", server.public_dns)


def check_volumes(server: aws.ec2.Instance) -> None:
    def encrypted(volumes: list | None) -> None:
        for volume in volumes or []:
            assert volume["encrypted"]

    server.ebs_block_devices.apply(encrypted)
