"""The code that is compared with: a git ref, or an installed version, laid out in a directory."""

# ruff: noqa: S603 - it runs git and pip with what was typed

from __future__ import annotations

import io
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

HERE = Path(__file__).resolve().parents[2]  # what holds this package: the checkout, or site-packages' cacheproof
MEASURING = ("bench", "conformance", "reports")  # the same for both sides: that of the working tree


class BaseError(ValueError):
    """There is no such thing to compare with."""


def lay_out(base: str, directory: Path) -> str:
    """Put the code of ``base`` into ``directory``; return what it is, in words.

    Args:
        base: a git ref of the repository in the current directory, or a requirement such as ``cachetools==5.5.0``.
        directory: an empty one.

    Raises:
        BaseError: neither git nor pip knows it.
    """
    return _installed(base, directory) if "==" in base else _checked_out(base, directory)


def _checked_out(ref: str, directory: Path) -> str:
    commit = _run("git", "rev-parse", "--verify", "--quiet", "--short", f"{ref}^{{commit}}", wrong=ref).decode().strip()
    with tarfile.open(fileobj=io.BytesIO(_run("git", "archive", commit, wrong=ref))) as archive:
        archive.extractall(directory, filter="data")
    for name in MEASURING:
        if Path(name).resolve() == HERE / name:
            shutil.rmtree(directory / name, ignore_errors=True)
    return f"{ref} ({commit})"


def _installed(requirement: str, directory: Path) -> str:
    _run(sys.executable, "-m", "pip", "install", "--quiet", "--target", str(directory), requirement, wrong=requirement)
    return requirement


def _run(*command: str, wrong: str) -> bytes:
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        raise BaseError(
            f"--base={wrong!r} is neither a git ref here nor a version that pip can install, such as 'main' or "
            f"'cachetools==5.5.0'{': ' + said[-1] if said else ''}"
        )
    return done.stdout
