import sys
from pathlib import Path

import pytest

pytest_plugins = ["conformance.plugin"]

if "cacheproof.conformance.plugin" in sys.modules:  # two copies of each class would accuse caches of what is not so
    here = Path(__file__).parent / "conformance"
    pytest.exit(
        f"cacheproof is installed from a checkout (pip install -e): run `pytest {here}` instead of `pytest --pyargs "
        "cacheproof.conformance`, without its line in your conftest.py, or install it without -e",
        pytest.ExitCode.USAGE_ERROR,
    )
