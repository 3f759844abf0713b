"""A Ray cluster of two nodes on the loopback, each with one core, for as long as a test needs it."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

PATIENCE_S = 60.0
"""A node takes some seconds to come up; on a busy machine, many."""


class TwoNodes:
    """The head, to which the driver belongs, and a second node, which can be killed and come back.

    Ray's own `ray stop` ends all that looks like Ray on a machine. Here each node is a group of
    processes that only this test knows, and only those are ended."""

    def __init__(self) -> None:
        # Ray puts sockets there, whose paths may have about 100 characters.
        self._folder = Path(tempfile.mkdtemp(prefix="rays-", dir="/tmp"))
        self.address = f"127.0.0.1:{_free_port()}"
        self._nodes: dict[str, subprocess.Popen[bytes]] = {}
        self._keepers: list[int] = []

    def start_head(self) -> None:
        port = self.address.rpartition(":")[2]
        words = ["--head", f"--port={port}", "--include-dashboard=false", f"--temp-dir={self._folder}"]
        self._start("head", words)

    def start_second(self) -> None:
        self._start("second", [f"--address={self.address}"])

    def kill_second(self) -> None:
        """As a machine fails that loses its power: all its processes, without a word."""
        _kill(self._nodes.pop("second"))

    def end(self) -> None:
        for name in ["second", "head"]:
            if name in self._nodes:
                _kill(self._nodes.pop(name))
        shutil.rmtree(self._folder, ignore_errors=True)

    def _start(self, name: str, words: list[str]) -> None:
        command = [sys.executable, "-m", "ray.scripts.scripts", "start", "--block", "--num-cpus=1"]
        command += ["--node-ip-address=127.0.0.1", "--disable-usage-stats", *words]
        with open(self._folder / f"{name}.log", "ab") as log:
            self._nodes[name] = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True
            )


def _kill(node: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(node.pid, signal.SIGKILL)
    node.wait()


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
