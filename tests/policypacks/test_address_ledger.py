"""The rule about the address ledger on a deployment of the reference platform, and how the ledger gets to it."""

from pathlib import Path

import pytest

from platform_lib.core.errors import PolicyError
from policypacks import load
from policypacks.engine.ledger import find_reviewed, read_blocks
from support.reference_platform import TODAY, ReferencePlatform

RULE = "platform-address-ledger-kept"
LEDGER = Path("governance", "address-ledger.yaml")


def evaluator(ledger: Path | None):
    return load(["baseline"], today=TODAY, environment="dev", ledger=ledger, preview=True)


def problems(platform: ReferencePlatform, ledger: Path | None) -> list[str]:
    policy = evaluator(ledger)
    result = platform.run("preview", "dev", policy=policy)
    return [one.message for one in result.findings if one.rule == RULE]


def test_a_deployment_that_keeps_the_ledger_passes_and_others_are_told(tmp_path: Path) -> None:
    platform = ReferencePlatform.copy(tmp_path)
    ledger = platform.root / LEDGER
    assert problems(platform, ledger) == []
    assert problems(platform, None) == []

    text = ledger.read_text(encoding="utf-8")
    changed = tmp_path / "changed.yaml"
    changed.write_text(
        text.replace("10.10.128.0/20", "10.10.64.0/20").replace(
            "      public/euc1-az2: 10.10.1.0/24\n", "      edge/euc1-az2: 10.10.2.0/24\n", 1
        ),
        encoding="utf-8",
    )
    (message,) = problems(platform, changed)
    assert "is 10.10.128.0/20, the address ledger holds 10.10.64.0/20 for private/euc1-az1" in message
    assert "put the range back: a live subnet cannot move; add a tier or zone beside it" in message
    assert "has no subnet edge/euc1-az2, whose 10.10.2.0/24 the address ledger holds as in use" in message
    assert "main-subnet-public-euc1-az2: is not in the address ledger; run 'platform network plan --write'" in message


def test_the_ledger_is_found_above_a_pack_and_read_whole(tmp_path: Path) -> None:
    path = tmp_path / LEDGER
    path.parent.mkdir()
    path.write_text(
        "version: 1\nnetworks:\n  dev/aws/r/main:\n    ranges: [10.0.0.0/16]\n    blocks: {app/z: 10.0.0.0/20}\n"
    )
    assert find_reviewed("address-ledger.yaml", tmp_path / "policies" / "own") == path
    assert read_blocks(path) == {"dev/aws/r/main": {"app/z": "10.0.0.0/20"}}
    assert read_blocks(None) == {}
    path.write_text("version: 1\n")
    assert read_blocks(path) == {}


@pytest.mark.parametrize(
    ("text", "problem"), [("[", "cannot be read"), ("- a\n", "has no networks"), ("networks: [a]", "has")]
)
def test_a_file_that_is_no_ledger_is_refused(tmp_path: Path, text: str, problem: str) -> None:
    path = tmp_path / "ledger.yaml"
    path.write_text(text)
    with pytest.raises(PolicyError, match=f"address ledger .*ledger.yaml: {problem}"):
        read_blocks(path)
