"""A copy of a sandbox is whole, and leaves the original alone."""

from pathlib import Path

import pytest

from platform_lib.core.errors import CloudError, EngineError
from platform_lib.operations.drill.place import copied
from platform_lib.sandbox.workspace import Workspace
from support.cli_project import CliProject


@pytest.fixture
def shop(tmp_path: Path) -> Workspace:
    project = CliProject(tmp_path / "shop")
    assert project.run("up", "--no-policy", "--json").code == 0
    return Workspace(project.folder)


def test_state_and_cloud_are_copied(shop: Workspace) -> None:
    shop.fixtures_path.write_text("{}", encoding="utf-8")

    with copied(shop, "dev") as copy:
        assert copy.directory != shop.directory
        assert copy.fixtures_path.is_file()
        assert copy.stack("dev").outputs() == shop.stack("dev").outputs()
        with copy.cloud() as there, shop.cloud() as here:
            assert [row.id for row in there.ls()] == [row.id for row in here.ls()]
            there.take_down("eu-west-1")
            there.remove(there.ls(type="aws:s3/bucket:Bucket")[0].urn)
            assert not here.down()
            assert here.ls(type="aws:s3/bucket:Bucket")
    assert not copy.directory.exists()


def test_a_copy_can_be_kept(shop: Workspace, tmp_path: Path) -> None:
    with copied(shop, "dev", keep=tmp_path / "kept") as copy:
        pass

    assert copy.directory == tmp_path / "kept"
    assert copy.stack("dev").exists()


def test_a_stack_that_somebody_works_on_is_not_copied(shop: Workspace) -> None:
    with shop.store("dev").lock("up"), pytest.raises(EngineError, match="stack 'dev'"), copied(shop, "dev"):
        pass


def test_a_cloud_that_is_damaged_is_refused(shop: Workspace) -> None:
    shop.cloud_path.write_bytes(b"no database")

    with pytest.raises(CloudError, match="cannot be copied"), copied(shop, "dev"):
        pass
