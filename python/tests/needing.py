"""What some tests need beside the package. Whoever lacks it misses those tests, and is told so; where
nothing may be missed, as in continuous integration, they fail."""

from __future__ import annotations

import importlib
import os

import pytest


def needs(*modules: str, extra: str | None = None) -> None:
    """These modules, which come with an extra of the package: of the first one's name, if none is given."""
    for module in modules:
        try:
            importlib.import_module(module)
        except ModuleNotFoundError:
            missing(f"{module} is not installed: pip install 'spof[{extra or modules[0]}]'")


def missing(reason: str) -> None:
    """Ends a test that cannot be made here, in the way that is right for this place."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{reason} (CI=true, where no test may be left out)", pytrace=False)
    pytest.skip(reason, allow_module_level=True)
