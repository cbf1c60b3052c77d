"""The tables of a store: one a view in DynamoDB and in Glue, those of retired views, and the table of watermarks."""

from collections.abc import Mapping

import pulumi
from pulumi_aws import dynamodb, glue

from platform_lib.components.features.maker import Maker
from platform_lib.components.features.planning.model import PARTITION_COLUMN, RetiredPlan, StorePlan, ViewPlan
from platform_lib.components.features.repository import VIEWS_PREFIX
from platform_lib.core.naming import physical

ENTITY_ID = "entity_id"
"""The key of every table (Feast 0.67, ``infra/online_stores/dynamodb.py``)."""

RETIRED_UNTIL = "retired-until"
RETIRED_DATA = "retired-data"
"""Tags by which the policy ``aws-dynamodb-retired-table-kept-until`` knows tables of retired views."""

FIRST_DAY = "2015-01-01"
"""The first day whose folder is looked at."""

_PARQUET = "org.apache.hadoop.hive.ql.io.parquet"


class TableMaker:
    """Makes the tables of one store."""

    def __init__(self, maker: Maker, plan: StorePlan, key_arn: pulumi.Input[str]) -> None:
        self._maker = maker
        self._plan = plan
        self._key_arn = key_arn

    def make_online(self) -> Mapping[str, dynamodb.Table]:
        """Tables of views by the name of the view; a view that is retired keeps the table that it had."""
        tables = {view.name: self._make_view_table(view) for view in self._plan.views}
        return tables | {view.name: self._make_retired_table(view) for view in self._plan.retired}

    def make_state(self) -> dynamodb.Table:
        """The table of watermarks and leases: without it views begin again, and runs do not know of each other."""
        return self._make_table(
            self._maker.name("state"), self._plan.state_table, "name", protected=self._plan.deletion_protection
        )

    def _make_view_table(self, view: ViewPlan) -> dynamodb.Table:
        return self._make_table(
            self._maker.name("table", view.name),
            self._plan.table(view.name),
            ENTITY_ID,
            protected=self._plan.deletion_protection,
            sensitivity=view.sensitivity,
        )

    def _make_retired_table(self, view: RetiredPlan) -> dynamodb.Table:
        protected = self._plan.deletion_protection and not view.released
        more = {RETIRED_UNTIL: view.until, RETIRED_DATA: "released" if view.released else "kept"}
        opts = {"protect": False} if view.released else {}
        name = self._maker.name("table", view.name)
        return self._make_table(name, self._plan.table(view.name), ENTITY_ID, protected=protected, opts=opts, **more)

    def _make_table(
        self, name: str, table: str, key: str, *, protected: bool, opts: Mapping[str, bool] | None = None, **tags: str
    ) -> dynamodb.Table:
        return dynamodb.Table(
            name,
            region=self._plan.region,
            name=physical("aws:dynamodb/table:Table", table),
            billing_mode="PAY_PER_REQUEST",
            hash_key=key,
            attributes=[{"name": key, "type": "S"}],
            server_side_encryption={"enabled": True, "kms_key_arn": self._key_arn},
            point_in_time_recovery={"enabled": True},
            deletion_protection_enabled=protected,
            tags=self._maker.tags(name, **tags),
            opts=self._maker.options(stateful=True, **(opts or {})),
        )

    def make_catalogue(self, bucket: pulumi.Output[str]) -> None:
        """Database and tables by which Athena reads the files of views.

        Files of a view lie in folders by day (``event_date=2026-11-29``), which the table knows by a rule instead of by
        a list that somebody would have to keep
        (https://docs.aws.amazon.com/athena/latest/ug/partition-projection.html).
        """
        name = self._maker.name("catalogue")
        database = glue.CatalogDatabase(
            name,
            region=self._plan.region,
            name=physical("aws:glue/catalogDatabase:CatalogDatabase", self._plan.project),
            description=f"Offline store of {self._plan.name}",
            tags=self._maker.tags(name),
            opts=self._maker.options(),
        )
        for view in self._plan.views:
            self._make_glue_table(view, database, bucket)

    def _make_glue_table(self, view: ViewPlan, database: glue.CatalogDatabase, bucket: pulumi.Output[str]) -> None:
        location = pulumi.Output.concat("s3://", bucket, f"/{VIEWS_PREFIX}/{view.name}/")
        glue.CatalogTable(
            self._maker.name("files", view.name),
            region=self._plan.region,
            name=physical("aws:glue/catalogTable:CatalogTable", view.name),
            database_name=database.name,
            description=view.description or f"View {view.name}",
            table_type="EXTERNAL_TABLE",
            parameters={
                "EXTERNAL": "TRUE",
                "classification": "parquet",
                "projection.enabled": "true",
                f"projection.{PARTITION_COLUMN}.type": "date",
                f"projection.{PARTITION_COLUMN}.format": "yyyy-MM-dd",
                f"projection.{PARTITION_COLUMN}.range": f"{FIRST_DAY},NOW+1DAY",
            },
            partition_keys=[{"name": PARTITION_COLUMN, "type": "string"}],
            storage_descriptor={
                "location": location,
                "input_format": f"{_PARQUET}.MapredParquetInputFormat",
                "output_format": f"{_PARQUET}.MapredParquetOutputFormat",
                "ser_de_info": {"serialization_library": f"{_PARQUET}.serde.ParquetHiveSerDe"},
                "columns": [{"name": column, "type": kind.in_glue} for column, kind in view.columns],
            },
            opts=self._maker.options(),
        )
