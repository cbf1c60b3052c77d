"""What is planned of Vault servers: properties over all that can be asked, and every refusal with its input."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platform_lib.components.vault.args import VaultClusterArgs
from platform_lib.components.vault.plan import plan_vault
from platform_lib.components.vault.planning import configuration, initialisation, network, pods
from platform_lib.core.errors import ArgsError, PlanError
from support.vaults import COPIES, DIGEST, PLUGIN, REGISTRY, cluster, node_group, vault_args

SUBJECT = "VaultCluster 'vault'"
VAULT = {"engine": "vault", "engine_version": "1.21.0", "image": f"{REGISTRY}/vault{DIGEST}", "seal": {}}
TRANSIT = {"address": "https://other:8300", "key_name": "unseal", "token_secret": "unseal-token"}
STATIC = {"kind": "static", "static_secret": "seal"}
NAMES = pods.Names("config", "scripts", "authority", "tls", "drill")


def planned(environment="prod", name="vault", **more):
    return plan_vault(name, VaultClusterArgs(**vault_args(environment, **more)), subject=SUBJECT)


ASKED = st.fixed_dictionaries(
    {
        "environment": st.sampled_from(["dev", "staging", "prod"]),
        "nodes": st.sampled_from([3, 5]),
    },
    optional={
        "engine": st.just("openbao"),
        "seal": st.sampled_from(
            [
                {"plugin": PLUGIN},
                {"plugin": {**PLUGIN, "image": None, "command": "openbao-plugin-kms-awskms"}, "key_arn": "arn:k"},
                {"kind": "transit", "transit": TRANSIT},
                {"kind": "transit", "transit": {**TRANSIT, "ca_secret": "other-ca"}},
            ]
        ),
        "listener": st.sampled_from(
            [
                {"exposure": "network", "client_cidrs": ["10.0.0.0/8"]},
                {"client_namespaces": ["apps"], "aws_cidrs": ["10.20.0.0/16"], "egress_ports": [5432]},
            ]
        ),
        "telemetry": st.sampled_from([{"enabled": False}, {"scraper_namespace": "monitoring"}]),
        "audit": st.just({"file_mib": 64, "file_count": 3}),
        "namespace": st.just("secrets"),
    },
)


@given(ASKED)
def test_a_plan_is_the_same_each_time(asked):
    assert planned(**asked) == planned(**asked)


@given(ASKED)
def test_servers_stand_the_loss_of_a_minority_and_of_a_zone(asked):
    plan = planned(**asked)
    assert plan.quorum > len(plan.nodes) / 2
    assert -(-len(plan.nodes) // len(plan.place.zones)) <= len(plan.nodes) - plan.quorum


@given(ASKED)
def test_a_server_more_changes_no_other_one(asked):
    before, after = planned(**{**asked, "nodes": 3}), planned(**{**asked, "nodes": 5})
    assert after.nodes[:3] == before.nodes
    assert {node.pod for node in after.nodes} == {f"vault-{number}" for number in range(5)}


@given(ASKED)
def test_all_nodes_read_the_same_and_speak_tls(asked):
    plan = planned(**asked)
    found = configuration.server(plan, "arn:key")
    (listener,) = (entry["tcp"] for entry in found["listener"])
    assert "tls_disable" not in listener
    assert listener["tls_min_version"] == "tls12"
    joins = found["storage"]["raft"]["retry_join"]
    assert [join["leader_api_addr"] for join in joins] == [node.address for node in plan.nodes]
    assert all(join["leader_api_addr"].startswith("https://") for join in joins)
    assert "node_id" not in found["storage"]["raft"], "each node tells its own"
    assert not any(node.pod in str(found["audit"]) for node in plan.nodes), "devices are the same on all nodes"
    assert len(found["audit"]) == 2


@given(ASKED)
def test_no_configuration_holds_a_credential(asked):
    plan = planned(**asked)
    texts = (configuration.server(plan, "arn:key"), configuration.drill(plan, "arn:key"))
    for text in map(str, (*texts, initialisation.initialise(plan))):
        assert not re.search(r"'(token|access_key|secret_key|password)'", text)


@given(ASKED)
def test_every_path_of_a_policy_is_named_and_none_grants_all(asked):
    for rules in (initialisation.ADMINISTRATION, initialisation.BACKUP):
        for path, capabilities in rules:
            assert path.strip("/*+") not in ("", "sys"), path
            assert set(capabilities) <= {"create", "read", "update", "patch", "delete", "list", "sudo"}
    assert initialisation.BACKUP == (("sys/storage/raft/snapshot", ("read",)),)


@given(ASKED)
def test_pods_are_confined_and_write_to_volumes_only(asked):
    plan = planned(**asked)
    made = [
        pods.server_pod(plan, NAMES, {"a": "b"}),
        pods.backup_pod(plan, NAMES, "bucket", plan.backups.upload_image),
        pods.drill_pod(plan, NAMES, "bucket", plan.backups.upload_image, 26),
    ]
    for pod in made:
        assert pod["automountServiceAccountToken"] is False
        assert pod["securityContext"]["runAsNonRoot"] is True
        volumes = {volume["name"] for volume in pod["volumes"]} | {"data", "audit"}
        for container in [*pod["initContainers"], *pod["containers"]]:
            context = container["securityContext"]
            assert (context["readOnlyRootFilesystem"], context["capabilities"]) == (True, {"drop": ["ALL"]})
            assert re.search(r"@sha256:[0-9a-f]{64}$", container["image"])
            assert set(container["resources"]) == {"requests", "limits"}
            assert {mount["name"] for mount in container["volumeMounts"]} <= volumes
            for mount in container["volumeMounts"]:
                if mount["name"] in ("config", "scripts", "authority", "tls", "seal", "login", "api-token"):
                    assert mount["readOnly"] is True


@given(ASKED)
def test_servers_leave_by_named_ports_only_and_drills_never_reach_a_server(asked):
    plan = planned(**asked)
    selector, jobs = {"part": "server"}, {"part": "job"}
    rules = network.servers(plan, selector, jobs)
    for rule in [*rules["egress"], *rules["ingress"]]:
        assert rule["ports"]
        assert rule.get("to") or rule.get("from")
    drill = network.drills(plan, jobs)
    assert "ingress" not in drill
    assert not any("podSelector" in peer for rule in drill["egress"] for peer in rule["to"])
    ports = {port["port"] for rule in drill["egress"] for port in rule["ports"]}
    assert ports <= {53, 80, 443, 8300}, "no database that leases could be revoked in"


def test_every_node_knows_which_one_may_initialise():
    plan = planned()
    env = {entry["name"]: entry.get("value") for entry in pods.server_env(plan)}
    assert (env["FIRST_NODE"], env["NODE"]) == ("vault-0", "$(POD_NAME)")
    assert env["PEERS"].split() == [node.address for node in plan.nodes]
    # A transit seal would take them for the address and the token of its own server.
    assert not {"BAO_ADDR", "BAO_TOKEN", "BAO_CACERT", "VAULT_ADDR"} & env.keys()


def test_the_seal_of_each_kind():
    key = "arn:key"
    assert configuration.seal(planned(), key)["seal"] == [{"awskms": {"region": "eu-west-1", "kms_key_id": key}}]
    declared = configuration.seal(planned(), key)["plugin"][0]["kms"]["awskms"]
    assert declared == {"image": PLUGIN["image"], "version": "v0.1.0", "sha256sum": "cd" * 32}
    given_command = {**PLUGIN, "image": None, "command": "kms"}
    found = configuration.seal(planned(seal={"plugin": given_command}), key)
    assert found["plugin"][0]["kms"]["awskms"]["command"] == "kms"
    assert "plugin_auto_download" not in found
    transit = configuration.seal(planned(seal={"kind": "transit", "transit": TRANSIT}), None)
    assert transit == {
        "seal": [
            {
                "transit": {
                    "address": "https://other:8300",
                    "key_name": "unseal",
                    "mount_path": "transit/",
                    "tls_ca_cert": "/openbao/authority/ca.crt",
                }
            }
        ]
    }
    static = configuration.seal(planned("dev", seal=STATIC), None)
    assert static == {"seal": [{"static": {"current_key_id": "seal", "current_key": "file:///openbao/seal/key"}}]}


def test_older_openbao_reaches_kms_by_itself_and_reloads_no_certificate():
    plan = planned(engine_version="2.6.2", seal={})
    found = configuration.server(plan, "arn:key")
    assert "plugin" not in found
    assert "tls_auto_reload" not in found["listener"][0]["tcp"]
    assert configuration.server(planned(), "arn:key")["listener"][0]["tcp"]["tls_auto_reload"] is True


def test_vault_is_initialised_by_an_operator_step_by_step():
    plan = planned(**VAULT)
    assert not plan.initialises_itself
    found = configuration.server(plan, "arn:key")
    assert found["disable_mlock"] is True
    assert "audit" not in found
    steps = initialisation.operator_steps(plan)
    assert steps[0].startswith("initialise: kubectl -n vault exec -it vault-0 -c server -- vault operator init")
    assert [step for step in steps if "audit device" in step] == [
        "enable an audit device: vault audit enable -path=file file file_path=/vault/audit/audit.log",
        "enable an audit device: vault audit enable -path=stdout file file_path=stdout",
    ]
    assert "platform/deployer (deployer)" in " ".join(steps)
    assert "vault/vault-backup, audience vault" in " ".join(steps)
    assert "autopilot" in " ".join(steps)
    assert steps[-1] == "revoke the root token: vault token revoke -self"
    alone = initialisation.operator_steps(planned("dev", **VAULT, nodes=1, backups=None, administrators=None))
    assert not any("autopilot" in step or "snapshot" in step for step in alone)
    assert any("each administrator" in step for step in alone)


def test_openbao_leaves_the_recovery_keys_to_people():
    (step,) = initialisation.operator_steps(planned())
    assert "sys/rotate/recovery/init" in step


def test_one_node_asks_no_autopilot_for_a_quorum():
    told = str(initialisation.initialise(planned("dev", nodes=1, backups=None)))
    assert "take-dead-nodes-away" not in told
    assert "platform-backup" not in told
    assert "'min_quorum': 3" in str(initialisation.initialise(planned()))


def test_nodes_of_the_cluster_are_chosen_that_stay():
    spot = node_group("batch", capacity="spot")
    tainted = node_group("dedicated", taints=[{"key": "dedicated", "value": "vault", "effect": "no-schedule"}])
    plain = node_group("system")
    assert planned(cluster=cluster(spot, tainted, plain)).place.labels == (("purpose", "system"),)
    assert planned(cluster=cluster(spot, tainted)).place.labels == (("purpose", "dedicated"),)
    pod = pods.server_pod(planned(cluster=cluster(plain, tainted), node_group="dedicated"), NAMES, {})
    assert pod["nodeSelector"] == {"purpose": "dedicated"}
    assert pod["tolerations"] == [{"key": "dedicated", "operator": "Equal", "value": "vault", "effect": "NoSchedule"}]


def test_backups_are_kept_and_locked_as_asked():
    assert planned().backups.bucket.lock_days == 14
    assert planned("dev").backups.bucket.lock_mode is None
    asked = {**vault_args()["backups"], "schedule": "0 */6 * * *", "retention_days": 90, "lock_days": 30}
    plan = planned(backups={**asked, "drill": {"schedule": "0 4 * * 0", "oldest_hours": 12}}).backups
    assert (plan.schedule, plan.bucket.retention_days, plan.bucket.lock_days) == ("0 */6 * * *", 90, 30)
    assert (plan.drill_schedule, plan.oldest_hours) == ("0 4 * * 0", 12)
    assert planned(backups={**asked, "drill": {"enabled": False}}).backups.drill_schedule == ""


BACKUPS = vault_args()["backups"]
BAD_PLANS = {
    "an even number": ({"nodes": 2}, "nodes: is an even number, which stands no more losses than one server less"),
    "an even number in dev": ({"environment": "dev", "nodes": 4}, "use 3 or 5, or 1 for tries"),
    "one in production": ({"nodes": 1}, "nodes: is one server outside dev, whose loss is an outage, got 1; use 3 or 5"),
    "seven": ({"nodes": 7}, "nodes: is not a number of servers that keeps a quorum well, got 7"),
    "none": ({"nodes": 0}, "nodes: is an even number"),
    "a static seal in production": (
        {"seal": STATIC},
        "seal.kind: is a static key outside dev, which whoever reads the cluster's secrets can take along",
    ),
    "a static seal of Vault": (
        {**VAULT, "environment": "dev", "seal": STATIC},
        "seal.kind: is not a seal of Vault, got 'static'; use 'aws-kms' or 'transit'",
    ),
    "no plugin": ({"seal": {}}, "seal.plugin: is required with 'aws-kms': OpenBao 2.7.2 reaches KMS by a plugin only"),
    "a plugin too many": (
        {"engine_version": "2.6.2"},
        "seal.plugin: is given, but openbao 2.6.2 with the seal 'aws-kms' does not use it; leave it out",
    ),
    "a plugin without source": (
        {"seal": {"plugin": {**PLUGIN, "image": None}}},
        "seal.plugin: needs exactly one of image and command, got none",
    ),
    "a plugin with two sources": (
        {"seal": {"plugin": {**PLUGIN, "command": "x"}}},
        "seal.plugin: needs exactly one of image and command, got both",
    ),
    "no transit engine": ({"seal": {"kind": "transit"}}, "seal.transit: is required with 'transit'"),
    "a transit engine too many": (
        {"seal": {"plugin": PLUGIN, "transit": TRANSIT}},
        "seal.transit: is given, but openbao 2.7.2 with the seal 'aws-kms' does not use it",
    ),
    "no static key": ({"environment": "dev", "seal": {"kind": "static"}}, "seal.static_secret: is required"),
    "a key for no KMS": (
        {"seal": {"kind": "transit", "transit": TRANSIT, "key_arn": "arn:k"}},
        "seal.key_arn: is given for another seal than KMS, got 'transit'; leave it out",
    ),
    "regions of a given key": (
        {"seal": {"plugin": PLUGIN, "key_arn": "arn:k", "multi_region": True}},
        "seal.multi_region: is of the component's own key, but key_arn is given",
    ),
    "TLS off": (
        {"tls": {"ca_certificate": "PEM", "secret_name": "x", "enabled": False}},
        "tls.enabled: turns TLS off, so that tokens and secrets cross the network readable, got false; leave it out",
    ),
    "no certificate": ({"tls": {"ca_certificate": "PEM"}}, "tls: has no certificate: neither secret_name, nor"),
    "a certificate without key": ({"tls": {"ca_certificate": "PEM", "certificate": "PEM"}}, "tls: has no certificate"),
    "two certificates": (
        {"tls": {"ca_certificate": "PEM", "secret_name": "x", "certificate": "PEM", "private_key": "KEY"}},
        "tls: has both a secret and material of its own; give one of them",
    ),
    "a public listener": (
        {"listener": {"exposure": "public"}},
        "listener.exposure: puts the servers on the internet, got 'public'; use 'network'",
    ),
    "a network without callers": (
        {"listener": {"exposure": "network"}},
        "listener.client_cidrs: is required with 'network'; name the ranges that may call",
    ),
    "everybody in the network": (
        {"listener": {"exposure": "network", "client_cidrs": ["0.0.0.0/0"]}},
        "listener.client_cidrs[0]: is every address there is, got '0.0.0.0/0'; name your own",
    ),
    "callers without network": (
        {"listener": {"client_cidrs": ["10.0.0.0/8"]}},
        "listener.client_cidrs: is given, but the servers are reached from the cluster only",
    ),
    "one audit device": (
        {"audit": {"stdout_enabled": False}},
        "audit.stdout_enabled: leaves one audit device outside dev: where it fails the servers answer nobody",
    ),
    "no audit device": (
        {"environment": "dev", "audit": {"stdout_enabled": False, "file_enabled": False}},
        "audit: leaves no audit device, so that nobody could say who read what; keep one at least",
    ),
    "no administrator": ({"administrators": None}, "administrators: is required: the servers initialise themselves"),
    "no version of Vault": (
        {**VAULT, "engine_version": None},
        "engine_version: is required for 'vault', of which no version is tested here; give the version",
    ),
    "an old engine": (
        {"engine_version": "2.3.2", "seal": {}},
        "engine_version: is too old to initialise itself and declare audit devices, got '2.3.2'; use 2.4.0 or later",
    ),
    "an old Vault": ({**VAULT, "engine_version": "1.6.0"}, "engine_version: is too old to take dead nodes away"),
    "the other engine's image": (
        {"image": f"{REGISTRY}/vault{DIGEST}"},
        "image: looks like the image of 'vault', while engine is 'openbao'",
    ),
    "no such nodes": ({"node_group": "sytem"}, "node_group: is not a group of nodes of the cluster, got 'sytem'"),
    "spot nodes": (
        {"cluster": cluster(node_group("batch", capacity="spot")), "node_group": "batch"},
        "node_group: is of spot capacity, which AWS takes back at two minutes' notice, got 'batch'",
    ),
    "only spot nodes": (
        {"cluster": cluster(node_group("batch", capacity="spot"))},
        "cluster.node_groups: has no nodes on demand; add a group of them",
    ),
    "two zones": (
        {"cluster": cluster(node_group(zones=["euw1-az1", "euw1-az2"]))},
        "node_group: stands in 2 zones (euw1-az1, euw1-az2): losing one may take 2 of 3 servers along",
    ),
    "no backups": ({"backups": None}, "backups: is required outside dev; give backups.upload_image at least"),
    "no record of access": (
        {"backups": {**BACKUPS, "access_log_bucket": None}},
        "backups.access_log_bucket: is required outside dev; give that of the SecurityBaseline",
    ),
    "no second copy": (
        {"backups": {**BACKUPS, "copies": None}},
        "backups.copies: is required outside dev; name a bucket in another region and a backup plan",
    ),
    "a copy beside the original": (
        {"backups": {**BACKUPS, "copies": {**COPIES, "region": "eu-west-1"}}},
        "backups.copies.region: is the region of the servers, with which a copy would be lost, got 'eu-west-1'",
    ),
    "a lock longer than the snapshots": (
        {"backups": {**BACKUPS, "retention_days": 7}},
        "backups.lock_days: is longer than snapshots are kept (7 days), got 14",
    ),
    "a schedule of no drill": (
        {"backups": {**BACKUPS, "drill": {"enabled": False, "schedule": "0 0 * * *"}}},
        "backups.drill.schedule: is given, but the drill is off; leave it out",
    ),
    "a long name": ({"name": "v" * 53}, "name: is too long for the pods of a stateful set (at most 52 characters)"),
    "a name too long for roles": (
        {"name": "v" * 50},
        "name: is 11 too long for the automatic name of aws:iam/role:Role",
    ),
}


@pytest.mark.parametrize("case", BAD_PLANS)
def test_what_cannot_be_planned_is_said_with_the_way_out(case):
    asked, expected = BAD_PLANS[case]
    with pytest.raises(PlanError) as refused:
        planned(**asked)
    assert expected in str(refused.value)
    assert str(refused.value).startswith(f"{SUBJECT}: ")


def test_all_findings_come_at_once():
    with pytest.raises(PlanError) as refused:
        planned(
            nodes=2,
            seal=STATIC,
            listener={"exposure": "public"},
            tls={"ca_certificate": "PEM", "secret_name": "x", "enabled": False},
            audit={"file_enabled": False},
            backups=None,
            administrators=None,
        )
    paths = [finding.path for finding in refused.value.findings]
    assert paths == [
        *("administrators", "nodes", "seal.kind", "tls.enabled", "audit.file_enabled"),
        *("listener.exposure", "backups"),
    ]


BAD_ARGS = {
    "an image by tag": (
        {"image": "quay.io/openbao/openbao:2.7.2"},
        "image: does not name an image by its digest, got 'quay.io/openbao/openbao:2.7.2'",
    ),
    "an upload image by tag": (
        {"backups": {**BACKUPS, "upload_image": "aws-cli:2"}},
        "backups.upload_image: does not name an image by its digest, got 'aws-cli:2'",
    ),
    "a version in words": ({"engine_version": "latest"}, "engine_version: is not a version, got 'latest'"),
    "a namespace": ({"namespace": "Vault"}, "namespace: must be up to 63 lower-case letters"),
    "an account": ({"account_id": "1"}, "account_id: is not an AWS account id"),
    "a digest of a plugin": (
        {"seal": {"plugin": {**PLUGIN, "sha256": "x"}}},
        "seal.plugin.sha256: is not a SHA-256, got 'x'; write its 64 hexadecimal digits in lower case",
    ),
    "a transit engine without TLS": (
        {"seal": {"kind": "transit", "transit": {**TRANSIT, "address": "http://x"}}},
        "seal.transit.address: is not reached over TLS, got 'http://x'; write it as 'https://...'",
    ),
    "a schedule": (
        {"backups": {**BACKUPS, "schedule": "@daily"}},
        "backups.schedule: is not a schedule, got '@daily'; write five fields in UTC",
    ),
    "an hour of a schedule": ({"backups": {**BACKUPS, "schedule": "0 24 * * *"}}, "backups.schedule: is not a"),
    "a step of nothing": ({"backups": {**BACKUPS, "schedule": "*/0 * * * *"}}, "backups.schedule: is not a"),
    "a schedule of a drill": (
        {"backups": {**BACKUPS, "drill": {"schedule": "1 2 3"}}},
        "backups.drill.schedule: is not a schedule",
    ),
    "a region": (
        {"backups": {**BACKUPS, "copies": {**COPIES, "region": "Frankfurt"}}},
        "backups.copies.region: is not the name of an AWS region, got 'Frankfurt'",
    ),
    "a range": (
        {"listener": {"aws_cidrs": ["10.0.0.0/8", "10.0.0.1/8"]}},
        "listener.aws_cidrs[1]:",
    ),
    "a range twice": (
        {"listener": {"aws_cidrs": ["10.0.0.0/8", "10.0.0.0/8"]}},
        "listener.aws_cidrs[1]: is given twice",
    ),
    "a port": ({"listener": {"egress_ports": [0]}}, "listener.egress_ports[0]: is not a port, got 0; use 1 to 65535"),
    "a namespace twice": (
        {"listener": {"client_namespaces": ["a", "a"]}},
        "listener.client_namespaces[1]: is given twice",
    ),
    "a namespace of callers": ({"listener": {"client_namespaces": ["A"]}}, "listener.client_namespaces: must be"),
    "an administrator twice": (
        {"administrators": [*vault_args()["administrators"], *vault_args()["administrators"]]},
        "administrators[1].name: is given twice",
    ),
    "an administrator's name": (
        {"administrators": [{"name": "A", "namespace": "a", "service_account": "a"}]},
        "administrators[0].name: must be lower-case letters",
    ),
    "an administrator's account": (
        {"administrators": [{"name": "a", "namespace": "a", "service_account": "-"}]},
        "administrators[0].service_account: must be up to 63",
    ),
    "a secret's name": (
        {"tls": {"ca_certificate": "PEM", "secret_name": "X"}},
        "tls.secret_name: must be up to 63",
    ),
    "a scraper": ({"telemetry": {"scraper_namespace": "X"}}, "telemetry.scraper_namespace: must be up to 63"),
    "a tag": ({"tags": {"owner": "me"}}, "tags.owner: is set from the context"),
    "a volume": ({"storage": {"data_gib": 1}}, "storage.data_gib: must be at least 5, got 1"),
    "memory": ({"resources": {"memory_mib": 1}}, "resources.memory_mib: must be at least 256, got 1"),
    "an engine": ({"engine": "bao"}, "engine: must be one of 'openbao', 'vault', got 'bao'"),
}


@pytest.mark.parametrize("case", BAD_ARGS)
def test_what_does_not_fit_the_arguments_is_said_with_the_way_out(case):
    asked, expected = BAD_ARGS[case]
    with pytest.raises(ArgsError) as refused:
        VaultClusterArgs.parse(SUBJECT, vault_args(**asked))
    assert f"{SUBJECT}: {expected}" in str(refused.value)


def test_no_message_repeats_a_private_key():
    with pytest.raises(ArgsError) as refused:
        VaultClusterArgs.parse(SUBJECT, vault_args(tls={"ca_certificate": "PEM", "private_key": ["-----KEY-----"]}))
    assert "KEY" not in str(refused.value)


@pytest.mark.parametrize("schedule", ["* * * * *", "0,30 */2 1-7 * 1-5", "17 * * * *", "5 4 * * 7"])
def test_schedules_of_cron_jobs_are_taken(schedule):
    assert planned(backups={**BACKUPS, "schedule": schedule}).backups.schedule == schedule
