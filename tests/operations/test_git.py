"""What operations ask of git, on small repositories."""

import shutil
import subprocess
from pathlib import Path

import pytest

from platform_lib.operations.errors import InputError, RefusedError
from platform_lib.operations.git import Repository, git_text
from platform_lib.operations.proposal.gather import clean_commit

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")


def git(folder: Path, *arguments: str) -> str:
    who = ["-c", "user.name=Dora", "-c", "user.email=Dora@Example.org", "-c", "commit.gpgsign=false"]
    done = subprocess.run(["git", *who, *arguments], cwd=folder, check=True, capture_output=True, text=True)
    return done.stdout.strip()


def commit(folder: Path, message: str, *more: str) -> str:
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "--allow-empty", "-m", message, *more)
    return git(folder, "rev-parse", "HEAD")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    git(tmp_path, "init", "-q", "-b", "main")
    (tmp_path / "shop").mkdir()
    (tmp_path / "shop" / "Pulumi.yaml").write_text("name: shop\n", encoding="utf-8")
    commit(tmp_path, "one")
    return tmp_path / "shop"


def test_a_clean_tree_is_its_commit(folder: Path) -> None:
    repository = Repository(folder)
    assert clean_commit(repository) == repository.head() == git(folder, "rev-parse", "HEAD")
    assert repository.resolve("main") == repository.head()
    assert repository.resolve("nowhere") is None


@pytest.mark.parametrize("how", ["edit", "add", "new", "delete", "beside", "assume", "skip", "rename"])
def test_every_kind_of_change_counts(folder: Path, how: str) -> None:
    file = folder / "Pulumi.yaml"
    if how in ("assume", "skip"):
        # Flags of the index hide an edit from `git status`.
        git(folder, "update-index", "--assume-unchanged" if how == "assume" else "--skip-worktree", "Pulumi.yaml")
    if how in ("edit", "add", "assume", "skip"):
        file.write_text("name: store\n", encoding="utf-8")
    if how == "add":
        git(folder, "add", "-A")
    if how == "new":
        (folder / "local.py").write_text("", encoding="utf-8")
    if how == "delete":
        file.unlink()
    if how == "beside":
        (folder.parent / "other.txt").write_text("", encoding="utf-8")
    if how == "rename":
        git(folder, "mv", "Pulumi.yaml", "Pulumi.yml")
    with pytest.raises(RefusedError, match=r"the work tree differs from it: .*; commit or remove that") as caught:
        clean_commit(Repository(folder))
    named = {"new": "shop/local.py", "beside": "other.txt"}.get(how, "shop/Pulumi.yaml")
    assert named in str(caught.value)


def test_a_long_list_of_changes_is_cut(folder: Path) -> None:
    for number in range(8):
        (folder / f"{number}.txt").write_text("", encoding="utf-8")
    with pytest.raises(RefusedError, match=r"shop/4\.txt and 3 more; commit"):
        clean_commit(Repository(folder))


def test_what_git_ignores_is_no_change(folder: Path) -> None:
    (folder / ".gitignore").write_text(".sandbox/\n", encoding="utf-8")
    commit(folder, "two")
    (folder / ".sandbox").mkdir()
    (folder / ".sandbox" / "cloud.sqlite").write_text("", encoding="utf-8")
    assert Repository(folder).changes() == []


def test_authors_are_whoever_had_a_hand_in_it_since_the_deployed_commit(folder: Path) -> None:
    base = git(folder, "rev-parse", "HEAD")
    commit(folder, "two\n\nCo-authored-by: Bob B <bob@example.org>", "--author=Alice <alice@example.org>")
    last = commit(folder, "three")
    repository = Repository(folder)
    people = [str(item) for item in repository.authors(last, base)]
    assert people == ["Alice <alice@example.org>", "Bob B <bob@example.org>", "Dora <dora@example.org>"]
    assert [item.name for item in repository.authors(last)] == ["Dora"]
    # Back to an earlier commit: what lies between is not this change's.
    assert [item.name for item in repository.authors(base, last)] == ["Dora"]
    # From another branch: whatever the deployed commit does not have.
    git(folder, "checkout", "-q", "-b", "other", base)
    aside = commit(folder, "aside", "--author=Eve <eve@example.org>")
    assert [item.name for item in repository.authors(aside, last)] == ["Dora", "Eve"]
    with pytest.raises(
        RefusedError, match=r"000000000000, which is deployed, is not in this checkout, .*; fetch the whole"
    ):
        repository.authors(last, "0" * 40)


def test_files_are_read_as_a_commit_has_them(folder: Path) -> None:
    (folder / "governance").mkdir()
    (folder / "governance" / "environments.yaml").write_text("version: 1\n", encoding="utf-8")
    last = commit(folder, "two")
    (folder / "governance" / "environments.yaml").write_text("version: 2\n", encoding="utf-8")
    repository = Repository(folder)
    assert repository.file_at(last, Path("governance/environments.yaml")) == b"version: 1\n"
    assert repository.file_at(last, Path("governance/none.yaml")) is None


def test_ancestors(folder: Path) -> None:
    first = git(folder, "rev-parse", "HEAD")
    second = commit(folder, "two")
    repository = Repository(folder)
    assert repository.is_ancestor(first, second)
    assert repository.is_ancestor(second, second)
    assert not repository.is_ancestor(second, first)


def test_variables_that_point_git_elsewhere_are_left_out(
    folder: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    other = tmp_path_factory.mktemp("other")
    git(other, "init", "-q")
    elsewhere = commit(other, "elsewhere")
    monkeypatch.setenv("GIT_DIR", str(other / ".git"))
    assert Repository(folder).head() != elsewhere


def test_without_a_repository_or_commit_it_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputError, match="is in no git repository; a change is bound to a commit"):
        Repository(tmp_path)
    git(tmp_path, "init", "-q")
    with pytest.raises(InputError, match="has no commit yet; commit the program first"):
        Repository(tmp_path).head()
    monkeypatch.setenv("PATH", str(tmp_path))
    assert git_text(tmp_path, "version") is None
    with pytest.raises(InputError, match="git is not installed; a change is bound"):
        Repository(tmp_path)
