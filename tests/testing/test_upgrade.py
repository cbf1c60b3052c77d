import pulumi
import pulumi_aws as aws
import pytest

from platform_lib.testing import ExpectationError, UnreachedAssertionError

TABLE = "aws:dynamodb/table:Table"


def table(name="orders", key="id", **options):
    return aws.dynamodb.Table(
        name,
        attributes=[{"name": key, "type": "S"}],
        hash_key=key,
        billing_mode="PAY_PER_REQUEST",
        opts=pulumi.ResourceOptions(**options),
    )


def names(urns):
    return [urn.rsplit("::", 1)[-1] for urn in urns]


def test_replacement_names_what_forces_it(upgrade):
    found = upgrade(table, lambda: table(key="number") and None)
    assert names(found.replaced) == ["orders"]
    with pytest.raises(ExpectationError, match=r"Table 'orders': is replaced, as hashKey changes"):
        found.assert_keeps(TABLE)


def test_rename_without_alias_loses_the_old_one(upgrade):
    found = upgrade(table, lambda: table("purchases") and None)
    assert (names(found.created), names(found.deleted), found.replaced) == (["purchases"], ["orders"], ())
    with pytest.raises(ExpectationError, match="'orders': is deleted"):
        found.assert_keeps(TABLE, "orders")


def test_rename_with_alias_keeps_it(upgrade):
    found = upgrade(table, lambda: table("purchases", aliases=[pulumi.Alias(name="orders")]) and None)
    found.assert_keeps(TABLE)
    assert (found.created, found.deleted, found.replaced) == ((), (), ())
    assert names(found.same) == ["purchases"]


def test_replacement_under_an_alias_is_a_loss_too(upgrade):
    found = upgrade(table, lambda: table("purchases", "number", aliases=[pulumi.Alias(name="orders")]) and None)
    with pytest.raises(ExpectationError, match="'purchases': is replaced"):
        found.assert_keeps(TABLE)


def test_configuration_alone_may_make_the_difference(upgrade):
    def program():
        aws.s3.Bucket("site", tags={"team": pulumi.Config().require("team")})

    found = upgrade(program, program, config={"team": "web"}, new_config={"team": "data"})
    assert names(found.updated) == ["site"]
    assert (found.before.one("*", "site").input("tags.team"), found.after.one("*", "site").input("tags.team")) == (
        "web",
        "data",
    )
    with pytest.raises(ExpectationError, match="::site: update"):
        found.assert_unchanged()


def test_preview_alone_tells_the_same_and_changes_nothing(upgrade):
    found = upgrade(table, lambda: table(key="number") and None, mode="preview")
    assert found.after.mode == "preview"
    assert names(found.replaced) == ["orders"]


def test_what_was_never_there_cannot_be_kept(upgrade):
    found = upgrade(table, table)
    with pytest.raises(ExpectationError, match="'order': is not there; did you mean 'orders'"):
        found.assert_keeps(TABLE, "order")
    with pytest.raises(ExpectationError, match="expected at least one of aws:s3/bucket:Bucket, got 0"):
        found.assert_keeps("aws:s3/bucket:Bucket")


def test_assertions_of_both_programs_are_watched(upgrade):
    def old():
        def check(found):
            for value in found or []:
                assert value

        table().replicas.apply(check)

    with pytest.raises(UnreachedAssertionError, match="output 'replicas'"):
        upgrade(old, table)
