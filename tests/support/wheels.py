"""The built wheel: made once, whatever number of processes the tests run in."""

import fcntl
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def run(*words: str | Path, cwd: Path, expect: int = 0) -> "subprocess.CompletedProcess[str]":
    """Runs a command without anything of the checkout in its environment."""
    env = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "PULUMI"))}
    done = subprocess.run([str(word) for word in words], cwd=cwd, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == expect, f"{words}: exit {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done


def shared_folder(factory: pytest.TempPathFactory) -> Path:
    """A folder that all processes of this run of the tests have in common."""
    base = factory.getbasetemp()
    return base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base


def built_wheel(factory: pytest.TempPathFactory) -> Path:
    """The wheel of the checkout; whoever asks first builds it."""
    out = shared_folder(factory) / "dist"
    out.mkdir(exist_ok=True)
    with (out / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (found := list(out.glob("*.whl"))):
            run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", out, ROOT, cwd=out)
            found = list(out.glob("*.whl"))
    return found[0]


def installed_wheel(factory: pytest.TempPathFactory) -> Path:
    """A folder with what is in the wheel, to put in front of the path of a Python; its dependencies are not in it."""
    wheel = built_wheel(factory)
    out = shared_folder(factory) / "installed"
    with (wheel.parent / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not out.exists():
            pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-compile", "--no-deps"]
            run(*pip, "--target", out, wheel, cwd=wheel.parent)
    return out
