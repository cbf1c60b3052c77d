from platform_lib.operations.stateful import STATEFUL, stateful
from platform_lib.sandbox import schema


def test_every_type_of_the_list_is_one_of_the_installed_sdks() -> None:
    known = {token for package in {token.partition(":")[0] for token in STATEFUL} for token in schema.tokens(package)}
    assert sorted(set(STATEFUL) - known) == []


def test_what_is_not_listed_holds_nothing() -> None:
    assert stateful("aws:s3/bucket:Bucket") == "holds data"
    assert stateful("aws:ec2/route:Route") == ""
