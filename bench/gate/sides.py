"""The code that is compared with: a git ref, or an installed version, laid out in a directory."""

# ruff: noqa: S603 - it runs git and pip with what was typed

from __future__ import annotations

import io
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parents[2]  # what holds this package: the checkout, or site-packages' cacheproof
MEASURING = ("bench", "conformance", "reports")  # the same for both sides: that of the working tree


class BaseError(ValueError):
    """There is no such thing to compare with, or it has nothing of what is to be compared."""


@dataclass(frozen=True)
class Base:
    """What is compared with, in words; where it lies; and the tree in whose place it is, where it is a ref."""

    title: str
    directory: Path
    tree: Path | None = None

    def check(self, column: str, files: Collection[Path]) -> None:
        """Whether it is its own code that runs where ``column``, whose code lies in ``files``, is the base.

        Raises:
            BaseError: it is what the working tree runs, too, so that any difference would be overlooked.
        """
        own = {each for each in files if each.is_relative_to(self.directory)}
        for each in sorted(set(files) - own):
            if self.tree and each.is_relative_to(self.tree) and not {"site-packages", "dist-packages"} & {*each.parts}:
                raise BaseError(
                    f"{self.title} would run {each.relative_to(self.tree)} of the working tree for {column}: the base "
                    "needs a file of its own at that place, on a path that is in sys.path"
                )
        if not own:
            raise BaseError(
                f"{self.title} has nothing of what {column} runs, which would be compared with itself: "
                "name a ref or a version that has it"
            )


def lay_out(base: str, directory: Path) -> Base:
    """Put the code of ``base`` into ``directory``.

    Args:
        base: a git ref of the repository in the current directory, or a requirement such as ``cachetools==5.5.0``.
        directory: an empty one.

    Raises:
        BaseError: neither git nor pip knows it.
    """
    return _installed(base, directory) if "==" in base else _checked_out(base, directory)


def _checked_out(ref: str, directory: Path) -> Base:
    commit = _run("git", "rev-parse", "--verify", "--quiet", "--short", f"{ref}^{{commit}}", wrong=ref).decode().strip()
    with tarfile.open(fileobj=io.BytesIO(_run("git", "archive", commit, wrong=ref))) as archive:
        archive.extractall(directory, filter="data")
    for name in MEASURING:
        if Path(name).resolve() == HERE / name:
            shutil.rmtree(directory / name, ignore_errors=True)
    return Base(f"{ref} ({commit})", directory, Path.cwd())


def _installed(requirement: str, directory: Path) -> Base:
    _run(sys.executable, "-m", "pip", "install", "--quiet", "--target", str(directory), requirement, wrong=requirement)
    return Base(requirement, directory)


def _run(*command: str, wrong: str) -> bytes:
    done = subprocess.run(command, capture_output=True, check=False)
    if done.returncode:
        said = done.stderr.decode(errors="replace").strip().splitlines()
        raise BaseError(
            f"--base={wrong!r} is neither a git ref here nor a version that pip can install, such as 'main' or "
            f"'cachetools==5.5.0'{': ' + said[-1] if said else ''}"
        )
    return done.stdout
