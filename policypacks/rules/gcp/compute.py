"""Compute Engine instances, templates, disks and images: identity, metadata, boot integrity, keys."""

from policypacks.engine.rule import (
    NOT_APPLICABLE,
    PASS,
    Node,
    Resource,
    Verdict,
    all_in,
    each,
    fail,
    forbid_in,
    judge,
    require,
    require_false,
    require_set,
    require_true,
    rule,
)
from policypacks.rules.common.credentials import credential_in, credential_in_variable
from policypacks.rules.common.gcp import flag, forbid_public_members, is_default_account

PROJECT_METADATA = "gcp:compute/projectMetadata:ProjectMetadata"
PROJECT_METADATA_ITEM = "gcp:compute/projectMetadataItem:ProjectMetadataItem"
FULL_SCOPE = ("cloud-platform", "https://www.googleapis.com/auth/cloud-platform")


@rule("gcp-compute-instance-no-public-ip")
def no_public_ip(instance: Resource) -> Verdict:
    """Instances have no external address.

    An instance without one is reached through a load balancer, a bastion or Identity-Aware Proxy, and leaves by NAT.
    """

    def check(interface: Node) -> Verdict:
        for path in ("accessConfigs", "ipv6AccessConfigs"):
            if interface.items(path):
                return fail(f"{interface.path}.{path}", "gives the instance an external address", "remove it")
        return PASS

    return each(instance, "networkInterfaces", check)


@rule("gcp-compute-instance-not-default-service-account")
def not_default_account(instance: Resource) -> Verdict:
    """Instances act under a service account of their own.

    Every workload of a project shares the default account, which is often an editor of the whole project.
    """
    if not instance.present("serviceAccount"):
        return NOT_APPLICABLE
    return require(
        instance,
        "serviceAccount.email",
        test=lambda email: not is_default_account(str(email)),
        problem="is the default service account of Compute Engine",
        remedy="set {path} to an account made for this workload",
    )


@rule("gcp-compute-instance-no-full-api-scope")
def no_full_scope(instance: Resource) -> Verdict:
    """The default service account is not given every API.

    The scope is all that limits the default account; with it gone, a break-in reaches the whole project.
    """
    if instance.present("serviceAccount") and not is_default_account(instance.get("serviceAccount.email", "default")):
        return NOT_APPLICABLE
    return forbid_in(instance, "serviceAccount.scopes", FULL_SCOPE)


@rule("gcp-compute-instance-shielded")
def shielded(instance: Resource) -> Verdict:
    """Instances are shielded VMs with secure boot, vTPM and integrity monitoring.

    They prove that what booted is what was meant to boot: no rootkit below the operating system.
    """
    flags = ("enableSecureBoot", "enableVtpm", "enableIntegrityMonitoring")
    return require_true(instance, *(f"shieldedInstanceConfig.{name}" for name in flags))


@rule("gcp-compute-instance-no-ip-forwarding")
def no_ip_forwarding(instance: Resource) -> Verdict:
    """Instances do not forward packets of others.

    A forwarding instance can route around the network's rules; only network appliances need it.
    """
    return require_false(instance, "canIpForward")


@rule("gcp-compute-instance-block-project-ssh-keys")
def block_project_keys(instance: Resource) -> Verdict:
    """Instances refuse the SSH keys of the project.

    A key in the project's metadata opens every instance that does not refuse it.
    """
    if flag(instance, "block-project-ssh-keys"):
        return PASS
    return fail("metadata.block-project-ssh-keys", "is not true", "set metadata.block-project-ssh-keys to 'true'")


@rule("gcp-compute-instance-os-login")
def os_login(subject: Resource) -> Verdict:
    """SSH access goes through OS Login.

    Logins follow IAM and its multi-factor rules then, and end when a person's account ends.
    """
    advice = "set enable-oslogin to 'TRUE'"
    if subject.type == PROJECT_METADATA_ITEM:
        if subject.get("key") != "enable-oslogin":
            return NOT_APPLICABLE
        on = str(subject.get("value")).lower() in ("true", "y", "yes", "1")
        return PASS if on else fail("value", "turns OS Login off for the project", advice)
    on_or_silent = flag(subject, "enable-oslogin")
    if on_or_silent or (on_or_silent is None and subject.type != PROJECT_METADATA):
        return PASS
    return fail("metadata.enable-oslogin", "does not turn OS Login on", advice)


@rule("gcp-compute-instance-serial-port-disabled")
def serial_port_disabled(instance: Resource) -> Verdict:
    """The interactive serial console is off.

    It cannot be limited to addresses: whoever has a key and a user name reaches it from anywhere.
    """
    if flag(instance, "serial-port-enable"):
        return fail("metadata.serial-port-enable", "turns the serial console on", "remove it")
    return PASS


@rule("gcp-compute-instance-metadata-no-secrets")
def metadata_no_secrets(instance: Resource) -> Verdict:
    """Metadata and startup scripts hold no credential.

    Every process on the instance, and everyone who may view it, reads them.
    """

    def verdict(found: str | None, path: str) -> Verdict:
        if found is None:
            return PASS
        return fail(path, f"holds what looks like {found}", "read it from Secret Manager at start")

    def script(leaf: Node) -> Verdict:
        return verdict(credential_in(str(leaf.read() or "")), leaf.path)

    def entry(key: str, value: Node) -> Verdict:
        return judge(lambda leaf: verdict(credential_in_variable(key, leaf.read()), leaf.path), value)

    entries = (entry(key, value) for key, value in instance.entries("metadata") if key != "ssh-keys")
    return all_in([judge(script, instance.at("metadataStartupScript")), *entries])


@rule("gcp-compute-instance-boot-disk-customer-key")
def boot_disk_key(instance: Resource) -> Verdict:
    """Boot disks are encrypted under a key of one's own.

    Whoever holds the key decides who reads the disk, also in snapshots. A disk that exists already brings its own.
    """
    if instance.present("bootDisk.source"):
        return NOT_APPLICABLE
    return require_set(instance, "bootDisk.kmsKeySelfLink")


@rule("gcp-compute-disk-customer-key")
def disk_key(disk: Resource) -> Verdict:
    """Disks are encrypted under a key of one's own.

    Whoever holds the key decides who reads the disk, also in snapshots.
    """
    name = "kmsKeySelfLink" if disk.type == "gcp:compute/disk:Disk" else "kmsKeyName"
    return require_set(disk, f"diskEncryptionKey.{name}")


@rule("gcp-compute-image-not-public")
def image_not_public(grant: Resource) -> Verdict:
    """Machine images are not shared with everyone.

    An image holds whatever was on the disk: code, configuration, sometimes keys.
    """
    return forbid_public_members(grant)
