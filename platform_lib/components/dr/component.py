"""``DrReplica``: the resources of a planned recovery."""

from typing import Any

import pulumi

from platform_lib.components.dr import report
from platform_lib.components.dr.addresses import Addresses
from platform_lib.components.dr.args import DrReplicaArgs
from platform_lib.components.dr.backup_maker import BackupMaker
from platform_lib.components.dr.copy_maker import CopyMaker
from platform_lib.components.dr.document import write_plan
from platform_lib.components.dr.kind import Mechanism, Site, SourceKind
from platform_lib.components.dr.maker import Maker
from platform_lib.components.dr.plan import plan_replica
from platform_lib.components.dr.planning.sources import KEPT_CONTINUOUSLY
from platform_lib.components.dr.policies import Documents
from platform_lib.components.dr.record_maker import RecordMaker
from platform_lib.components.dr.refs import DrReplicaReference
from platform_lib.components.dr.replica_maker import ReplicaMaker
from platform_lib.components.dr.report import RecoveryEstimate
from platform_lib.components.dr.site_maker import SiteMaker
from platform_lib.core.component import PlatformComponent
from platform_lib.core.tagging import tags


class DrReplica(PlatformComponent):
    """Copies of what holds data in a second region, and what it takes to go there and back.

    Creates, at the second site, a key, a topic for alarms and a bucket for records of access, unless its baseline has
    them; a vault of AWS Backup on each site with a lock and a policy against deletion, a plan with copies to the second
    site, one for the copies themselves, and tests of restores; for each source what its mechanism needs: a replica or
    copied logs (RDS), a global database with a secondary cluster (Aurora), a replica of a table (DynamoDB), a bucket
    with replication both ways (S3), a replication that makes a file system (EFS), replication of registries (ECR);
    alarms on copies that fall behind, and on backups that are missed or fail; a record of DNS that answers with the
    site that users are to be at.

    Keys, buckets, vaults and their locks, replicas, clusters, tables and replications are stateful: they are protected
    unless the environment is ``dev``. A change of a source's name, of its kind or of its mechanism makes another copy
    before the old one goes, which is refused while that is protected; both hold the data until then. The class and the
    network of a replica change in place.

    What a failover does is not undone by an update, whichever site is said to be active: which instance is a replica,
    which cluster of a global database is written to, and where users are sent is left alone. Only the replication of
    file systems is made or not by ``active_site``, since a failover ends it.

    Objectives that a mechanism cannot reach are refused when the recovery is planned, before anything is made.

    One component a pair of regions and account may copy repositories: a registry has one configuration of replication
    in each region.

    Physical names that are a contract: global databases and restore tests are named after the component, since their
    types take no automatic name; the namespace of the metric that withdraws the primary site is ``DrReplica/<name>``.
    """

    key_arn: pulumi.Output[str]
    """ARN of the key of the second site."""

    alarm_topic_arn: pulumi.Output[str]
    """Topic of alarms at the second site."""

    primary_vault_arn: pulumi.Output[str]
    """ARN of the vault of the primary site; empty where nothing is backed up."""

    secondary_vault_arn: pulumi.Output[str]
    """ARN of the vault of the second site; empty where nothing is backed up."""

    backup_plan_id: pulumi.Output[str]
    """Id of the plan whose backups are copied to the second site; empty where nothing is backed up."""

    copies: pulumi.Output[dict[str, str]]
    """ARN or id of the copy of each source, by its name; without those that its owner or AWS Backup makes."""

    sources: pulumi.Output[dict[str, str]]
    """ARN of each source, by its name; without those that its owner copies to a bucket of ours."""

    copy_bucket_arns: pulumi.Output[dict[str, str]]
    """ARN of the bucket for the copy of each bucket, by the name of its source."""

    routing_controls: pulumi.Output[dict[str, str]]
    """ARN of the routing control of each site; empty without."""

    active_region: pulumi.Output[str]
    """Region of the site that users are at."""

    estimates: pulumi.Output[list[RecoveryEstimate]]
    """What is reached for each source when the primary site is lost."""

    drill_every_days: pulumi.Output[int]
    """At least every so many days the way is gone for a drill."""

    last_drill_day: pulumi.Output[str]
    """The day of the last drill, as ``2026-03-31``; empty where there was none yet."""

    plan: pulumi.Output[str]
    """The whole plan as JSON: runbooks and drills are made from it."""

    def __init__(self, name: str, args: DrReplicaArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        with self.planning(name) as subject:
            args = DrReplicaArgs.parse(subject, args)
            plan = plan_replica(name, args, subject=subject)
            all_tags = tags(args.context, args.tags, subject=subject)
        super().__init__(name, args.context, opts)
        self._plan = plan
        self._args = args
        self._asked = {source.name: source for source in args.sources}
        self._documents = Documents(plan.partition, args.account_id)
        self._addresses = Addresses(plan, args.account_id, args.sources)
        self._make = Maker(self, plan, all_tags, args.account_id)
        self._copies: dict[str, pulumi.Output[str]] = {}
        self._outputs: dict[str, Any] = {}

        self._make_site()
        self._make_replicas()
        self._make_storage()
        self._make_backups()
        self._make_record()
        self._finish()

    @property
    def reference(self) -> DrReplicaReference:
        """The second site as other components take it."""
        return DrReplicaReference(
            primary_region=self._plan.primary.region,
            secondary_region=self._plan.secondary.region,
            active_site=self._plan.active,
            key_arn=self.key_arn,
            backup_plan_id=self.backup_plan_id if self._plan.has_backups else None,
            copy_bucket_arns=self.copy_bucket_arns,
        )

    def _make_site(self) -> None:
        self._there = SiteMaker(self._make, self._documents).make(self._args, self._plan.buckets)
        self._make.topics = {
            Site.PRIMARY: self._args.primary.baseline.alarm_topic_arn,
            Site.SECONDARY: self._there.topic_arn,
        }
        self._outputs |= {"key_arn": self._there.key_arn, "alarm_topic_arn": self._there.topic_arn}

    def _make_replicas(self) -> None:
        maker = ReplicaMaker(self._make, self._documents, self._addresses, self._there.key_arn)
        for source in self._plan.sources:
            if (copy := maker.make(source, self._asked[source.name])) is not None:
                self._copies[source.name] = copy

    def _make_storage(self) -> None:
        maker = CopyMaker(self._make, self._documents, self._addresses, self._there)
        plans = dict(self._plan.buckets.copies)
        for source in self._plan.sources:
            if source.name in plans:
                maker.make_bucket(source, plans[source.name], self._key_of(source.name))
            elif source.kind is SourceKind.EFS and source.mechanism.kind is Mechanism.REPLICATION:
                self._copies |= maker.make_file_system(source)
        if images := [source for source in self._plan.sources if source.kind is SourceKind.ECR]:
            maker.make_images(images)
        self._copies |= maker.buckets
        self._outputs["copy_bucket_arns"] = maker.buckets

    def _key_of(self, source: str) -> pulumi.Input[str]:
        """The key of a source: its own, or that of the primary site's data."""
        key_arn = self._asked[source].key_arn
        return self._args.primary.baseline.data_key_arn if key_arn is None else key_arn

    def _make_backups(self) -> None:
        self._outputs |= {"primary_vault_arn": "", "secondary_vault_arn": "", "backup_plan_id": ""}
        if not self._plan.has_backups:
            return
        maker = BackupMaker(self._make, self._documents)
        keys = {Site.PRIMARY: self._args.primary.baseline.data_key_arn, Site.SECONDARY: self._there.key_arn}
        self._outputs["backup_plan_id"] = maker.make(keys)
        for site, vault in maker.vaults.items():
            self._outputs[f"{site.value}_vault_arn"] = vault.arn
        known = {
            source.name: self._addresses.arn(source.name)
            for source in self._plan.sources
            if source.backed_up and self._addresses.known(source.name)
        }
        if known:
            maker.copy(list(known.values()))
        if continuous := [arn for name, arn in known.items() if self._asked[name].kind in KEPT_CONTINUOUSLY]:
            maker.keep_points_in_time(continuous)
        if standing := [self._copies[name] for name in self._plan.standing_copies]:
            maker.back_copies_up(standing)
        if self._plan.restore_tests is not None:
            maker.test_restores(self._plan.restore_tests)

    def _make_record(self) -> None:
        self._outputs["routing_controls"] = {}
        if self._plan.record is not None and self._args.failover_record is not None:
            maker = RecordMaker(self._make, self._plan.record, self._args.failover_record)
            maker.make()
            self._outputs["routing_controls"] = maker.controls

    def _finish(self) -> None:
        plan = self._plan
        known = [source.name for source in plan.sources if self._addresses.known(source.name)]
        self._outputs |= {
            "copies": self._copies,
            "sources": {name: self._addresses.arn(name) for name in known},
            "active_region": plan.site(plan.active).region,
            "estimates": report.estimates(plan),
            "drill_every_days": plan.drill.every_days,
            "last_drill_day": plan.drill.last_day or "",
            "plan": write_plan(plan),
        }
        self.finish(self._outputs, cost_drivers=report.cost_drivers(plan), evidence=report.evidence(plan))
