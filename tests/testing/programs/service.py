"""A container on Fargate behind a load balancer, as Pulumi's examples have it. ``mistake`` puts one in on purpose."""

import json

import pulumi
import pulumi_aws as aws

ASSUME = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": {"Service": "ecs-tasks.amazonaws.com"}, "Action": "sts:AssumeRole"}],
}


def program(mistake: str = "") -> None:
    network = pulumi.StackReference("acme/network/prod")
    vpc = network.require_output("vpcid" if mistake == "reference" else "vpcId")
    subnets = network.require_output("subnetIds")

    cluster = aws.ecs.Cluster("cluster")
    group = aws.ec2.SecurityGroup(
        "web",
        vpc_id=vpc,
        ingress=[{"protocol": "tcp", "from_port": 80, "to_port": 80, "cidr_blocks": ["0.0.0.0/0"]}],
        egress=[{"protocol": "-1", "from_port": 0, "to_port": 0, "cidr_blocks": ["0.0.0.0/0"]}],
    )
    balancer = aws.lb.LoadBalancer("balancer", security_groups=[group.id], subnets=subnets)
    target = aws.lb.TargetGroup("target", port=80, protocol="HTTP", target_type="ip", vpc_id=vpc)
    listener = aws.lb.Listener(
        "listener",
        load_balancer_arn=balancer.arn,
        port=80,
        protocol="HTTP",
        default_actions=[{"type": "forward", "target_group_arn": target.arn}],
    )
    role = aws.iam.Role("task", assume_role_policy="{" if mistake == "policy" else json.dumps(ASSUME))
    attachment = aws.iam.RolePolicyAttachment(
        "task",
        role=role.name,
        policy_arn="arn:aws:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy",
    )
    task = aws.ecs.TaskDefinition(
        "app",
        family="app",
        cpu="256",
        memory="512",
        network_mode="awsvpc",
        requires_compatibilities=["FARGATE"],
        execution_role_arn=role.arn,
        container_definitions=json.dumps(
            [{"name": "app", "image": "nginx", "portMappings": [{"containerPort": 80, "hostPort": 80}]}]
        ),
    )

    def serve(arn: str) -> None:
        aws.ecs.Service(
            "app",
            cluster=cluster.arn,
            desired_count=2,
            launch_type="FARGATE",
            task_definition=arn,
            network_configuration={"assign_public_ip": True, "subnets": subnets, "security_groups": [group.id]},
            load_balancers=[{"target_group_arn": target.arn, "container_name": "app", "container_port": 80}],
            opts=pulumi.ResourceOptions(depends_on=[] if mistake == "early" else [listener, attachment]),
        )

    if mistake == "in_apply":
        task.arn.apply(serve)
    else:
        serve(task.arn)
    pulumi.export("url", pulumi.Output.concat("http://", balancer.dns_name))
