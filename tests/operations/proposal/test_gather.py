"""What a proposal is gathered from: files by their content, packs by their folders, versions in their order."""

import hashlib
from pathlib import Path

import pytest

from platform_lib.core.errors import PolicyError
from platform_lib.operations.proposal.gather import (
    LOCKS,
    decision_files,
    hashes,
    installed,
    older_packs,
    pack_of,
    settings_files,
)
from platform_lib.operations.proposal.proposal import ProposedPack
from support.releases import EXAMPLE


def write(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name, encoding="utf-8")


def sha(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()


def test_lock_files_are_found_by_their_names(tmp_path: Path) -> None:
    locks = ["poetry.lock", "requirements-dev.txt", "requirements.txt", "requirements/all.txt", "uv.lock"]
    write(tmp_path, *locks, "notes.txt", "docs/requirements.txt")
    assert hashes(tmp_path, LOCKS) == {name: sha(name) for name in locks}


def test_settings_are_the_stack_s_own_and_what_all_share(tmp_path: Path) -> None:
    write(tmp_path, "Pulumi.yaml", "pyproject.toml", "stacks/Pulumi.dev.yaml", "stacks/Pulumi.prod.yaml")
    write(tmp_path, "settings/tenant/acme.yaml")
    found = settings_files(tmp_path, tmp_path / "stacks", "prod")
    assert list(found) == ["Pulumi.yaml", "pyproject.toml", "settings/tenant/acme.yaml", "stacks/Pulumi.prod.yaml"]


def test_decisions_are_all_of_governance_and_what_is_named(tmp_path: Path) -> None:
    project = tmp_path / "project"
    write(project, "governance/waivers.yaml", "governance/notes.md", "policy.json")
    write(tmp_path, "shared.json")
    found = decision_files(project, [project / "policy.json", tmp_path / "shared.json"])
    assert set(found) == {"governance/waivers.yaml", "policy.json", (tmp_path / "shared.json").resolve().as_posix()}
    assert found["policy.json"] == sha("policy.json")


def test_a_pack_is_its_version_and_its_content(tmp_path: Path) -> None:
    one = pack_of("policy", EXAMPLE)
    assert (one.source, one.name, one.version) == ("policy", "shop", "1.2.0")
    folder = tmp_path / "policy"
    folder.mkdir()
    text = (EXAMPLE / "policy" / "pack.json").read_text(encoding="utf-8")
    (folder / "pack.json").write_text(text, encoding="utf-8")
    assert pack_of("policy", tmp_path) == one
    (folder / "rules.py").write_text("", encoding="utf-8")
    assert pack_of("policy", tmp_path).sha256 != one.sha256
    assert pack_of("baseline", tmp_path).name == "baseline"
    with pytest.raises(PolicyError, match=r"policy pack .*none.* is not there"):
        pack_of("none", tmp_path)


@pytest.mark.parametrize(
    ("now", "before", "older"),
    [
        ("1.2", "1.2.0", False),
        ("1.2.0", "1.2", False),
        ("1.9.0", "1.10.0", True),
        ("1.10.0", "1.9.0", False),
        ("1.0.0", "1.0.0", False),
        ("2.0.0rc1", "1.9.9", False),
    ],
)
def test_versions_are_compared_as_numbers(now: str, before: str, older: bool) -> None:
    def pack(version: str) -> ProposedPack:
        return ProposedPack(source="policy", name="shop", version=version, sha256="")

    assert bool(older_packs([pack(now)], [pack(before)])) is older
    assert older_packs([pack("1.0.0")], []) == []


def test_tools_are_those_that_run_programs() -> None:
    found = installed()
    assert {"python", "pulumi", "pulumi-aws", "platform-lib"} <= found.keys()
    assert "pytest" not in found
