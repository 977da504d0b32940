"""The suite as its users get it: two names in site-packages, and a ten-line cache judged from its owner's folder."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parent.parent
SOURCES = {
    "cache_impl": "cache_impl",
    "cacheproof": "cacheproof",
    "bench": "cacheproof/bench",
    "conformance": "cacheproof/conformance",
    "reports": "cacheproof/reports",
}
DATA = {".py", ".json", ".html", ".css", ".js", ".typed"}

PLAIN = '''
class Plain:
    """A dict."""

    def __init__(self):
        self._entries = {}

    def get(self, key, default=None):
        return self._entries.get(self._text(key), default)

    def set(self, key, value):
        self._entries[self._text(key)] = value

    def delete(self, key):
        return self._entries.pop(self._text(key), self) is not self

    def clear(self):
        self._entries.clear()

    def _text(self, key):
        if not isinstance(key, str):
            raise TypeError(f"{key!r} is no text")
        return key
'''


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files that git knows of."""
    folder = tmp_path_factory.mktemp("source")
    for file in _tracked():
        target = folder / file
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(CHECKOUT.joinpath(file).read_bytes())
    return folder


@pytest.fixture(scope="module")
def wheel(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The distribution, built from them."""
    folder = tmp_path_factory.mktemp("wheel")
    _run("-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "-w", str(folder), str(source))
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def site(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that the wheel, and nothing else, is installed into."""
    target = tmp_path_factory.mktemp("site")
    _run("-m", "pip", "install", "--quiet", "--no-deps", "--target", str(target), str(wheel))
    return target


def test_the_wheel_holds_what_the_checkout_holds(wheel: Path) -> None:
    """Each module and data file of the five folders, under its installed name, and no more."""
    names = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    expected = {
        str(Path(SOURCES[file.parts[0]], *file.parts[1:]))
        for file in map(Path, _tracked())
        if file.parts[0] in SOURCES and file.suffix in DATA
    }
    assert names == expected


def test_a_stranger_judges_a_cache_with_the_installed_suite(site: Path, tmp_path: Path) -> None:
    """One line in conftest.py, one command, and a page at the end."""
    options = _project(tmp_path)
    _run("-m", "pytest", *options, cwd=tmp_path, path=site)
    _run("-m", "cacheproof.reports", "out", cwd=tmp_path, path=site)
    assert tmp_path.joinpath("out", "report.html").is_file()


def test_the_suite_works_from_a_checkout_that_is_installed(source: Path, tmp_path: Path) -> None:
    """With ``pip install -e``: nothing is there twice, though pytest names modules by their folders."""
    site, project = tmp_path / "site", tmp_path / "project"
    _run("-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "-t", str(site), "-e", str(source))
    project.mkdir()
    made_known = f"import site\nsite.addsitedir({str(site)!r})\n"  # what a folder of packages is to Python by itself
    site.joinpath("sitecustomize.py").write_text(made_known, encoding="utf-8")
    _run("-m", "pytest", *_project(project), cwd=project, path=site)
    verdicts = json.loads(project.joinpath("out", "conformance.json").read_text(encoding="utf-8"))["verdicts"]
    assert {each["outcome"] for each in verdicts} == {"pass", "not-offered"}


def _project(folder: Path) -> list[str]:
    """A cache in ``folder``, and how pytest judges it there."""
    folder.joinpath("plain.py").write_text(PLAIN, encoding="utf-8")
    folder.joinpath("conftest.py").write_text('pytest_plugins = ["cacheproof.conformance.plugin"]\n', encoding="utf-8")
    options = ["--cache=plain:Plain", "--profile=quick", "--results=out/conformance.json"]
    return ["--pyargs", "cacheproof.conformance", *options]


def _tracked() -> list[str]:
    listed = subprocess.run(["git", "ls-files"], cwd=CHECKOUT, capture_output=True, text=True, check=True)
    return [file for file in listed.stdout.splitlines() if CHECKOUT.joinpath(file).is_file()]


def _run(*arguments: str, cwd: Path | None = None, path: Path | None = None) -> None:
    environment = {**os.environ, "PYTHONPATH": str(path or "")}
    run = subprocess.run(
        [sys.executable, *arguments], cwd=cwd, env=environment, capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stdout + run.stderr
