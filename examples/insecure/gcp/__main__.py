"""Deliberately bad: an automatic network open for SSH, a machine with all rights, a public bucket, an open database."""

import pulumi_gcp as gcp

network = gcp.compute.Network("main", auto_create_subnetworks=True)
gcp.compute.Firewall(
    "open",
    network=network.id,
    source_ranges=["0.0.0.0/0"],
    allows=[{"protocol": "tcp", "ports": ["22", "3389", "5432"]}],
)
gcp.compute.Firewall("everything", network=network.id, source_ranges=["0.0.0.0/0"], allows=[{"protocol": "all"}])
gcp.compute.Instance(
    "machine",
    machine_type="e2-small",
    zone="europe-west3-a",
    boot_disk={"initialize_params": {"image": "debian-cloud/debian-12"}},
    network_interfaces=[{"network": network.id, "access_configs": [{}]}],
    can_ip_forward=True,
    metadata={"serial-port-enable": "true"},
    service_account={"scopes": ["cloud-platform"]},
)
bucket = gcp.storage.Bucket("records", location="EU", uniform_bucket_level_access=False)
gcp.storage.BucketIAMMember("everyone", bucket=bucket.name, role="roles/storage.objectViewer", member="allUsers")
gcp.sql.DatabaseInstance(
    "records",
    database_version="POSTGRES_16",
    region="europe-west3",
    deletion_protection=False,
    settings={
        "tier": "db-g1-small",
        "ip_configuration": {
            "ipv4_enabled": True,
            "ssl_mode": "ALLOW_UNENCRYPTED_AND_ENCRYPTED",
            "authorized_networks": [{"name": "everyone", "value": "0.0.0.0/0"}],
        },
        "backup_configuration": {"enabled": False},
    },
)
gcp.projects.IAMMember("owner", project="insecure", role="roles/owner", member="user:someone@example.org")
