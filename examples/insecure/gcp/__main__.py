"""Deliberately bad: an automatic network open for SSH, a machine on the internet with all rights, a public bucket."""

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
