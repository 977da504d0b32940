"""An adapter that is made for one test, beside the library that it adapts, and scripts that run with that alone."""

from __future__ import annotations

import ast
import importlib.util
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

import pytest


@contextmanager
def adapted(folder: Path, package: ModuleType, name: str, library: str, adapter: str) -> Iterator[ModuleType]:
    """The module that ``adapter`` is the source of, as ``name`` in ``package``; ``library`` is that of the library."""
    folder.joinpath(f"{name}.py").write_text(library, encoding="utf-8")
    path = folder / "adapter.py"
    path.write_text(adapter, encoding="utf-8")
    spec = importlib.util.spec_from_file_location(f"{package.__name__}.{name}", path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path} is no module")
    module = importlib.util.module_from_spec(spec)
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(folder)
        patch.setitem(sys.modules, spec.name, module)
        spec.loader.exec_module(module)
        yield module


def run_alone(script: str, adapter: ModuleType, folder: Path) -> subprocess.CompletedProcess[str]:
    """``script`` in ``folder``, where it finds the library of ``adapter``, and no suite."""
    folder.joinpath("replay.py").write_text(script, encoding="utf-8")
    environment = {"PYTHONPATH": str(Path(str(adapter.__file__)).parent)}
    command = [sys.executable, "-P", "replay.py"]
    return subprocess.run(command, cwd=folder, env=environment, check=False, capture_output=True, text=True)


def imports(script: str) -> list[str]:
    """What ``script`` imports, a line each."""
    return [ast.unparse(node) for node in ast.walk(ast.parse(script)) if isinstance(node, ast.Import | ast.ImportFrom)]
