"""The command line `spof`, which `pip install` puts on the path: the same as the one that cargo
builds."""

from __future__ import annotations

import sys

from . import _spof


def main() -> None:
    """Runs it with the words of the process, and ends with its exit code."""
    sys.exit(_spof.run_command_line(["spof", *sys.argv[1:]]))
