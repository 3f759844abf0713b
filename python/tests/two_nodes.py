"""A Ray cluster of two nodes on the loopback, each with one core, for as long as a test needs it."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PATIENCE_S = 60.0
"""A node takes some seconds to come up; on a busy machine, many."""
HEAD, SECOND = "127.0.0.2", "127.0.0.3"
"""Where Linux has its loopback as well. Ray takes 127.0.0.1 for a mistake, and would use an address that
others can reach."""
HEALTH = {"health_check_period_ms": 500, "health_check_failure_threshold": 3}
"""A node that refuses to answer is dead after 1.5 s, instead of 15 s; one that is only slow is not."""


class TwoNodes:
    """The head, to which the driver belongs, and a second node, which can be killed and come back.

    Ray's own `ray stop` ends all that looks like Ray on a machine. Here each node is a session of
    processes that this test has begun, and only those are ended."""

    def __init__(self) -> None:
        # Ray puts sockets there, whose paths may have about 100 characters.
        self._folder = Path(tempfile.mkdtemp(prefix="spof-ray-", dir="/tmp"))
        self.address = f"{HEAD}:{_free_port()}"
        # Ray looks for a secret when it is imported, which is too early for one of this cluster's own.
        self.surroundings = {
            "RAY_ADDRESS": self.address,
            "RAY_AUTH_MODE": "disabled",
            "RAY_USAGE_STATS_ENABLED": "0",
        }
        self._nodes: dict[str, subprocess.Popen[bytes]] = {}

    def start(self) -> None:
        """Those nodes that are not there. They are there at once, but can be used only later."""
        port = self.address.rpartition(":")[2]
        if HEAD not in self._nodes:
            words = ["--head", f"--port={port}", f"--temp-dir={self._folder}"]
            words += ["--include-dashboard=false", f"--system-config={json.dumps(HEALTH)}"]
            self._start(HEAD, words)
            self._wait_for(int(port))
        if SECOND not in self._nodes:
            self._start(SECOND, [f"--address={self.address}", f"--temp-dir={self._folder}"])

    def kill_second_at(self, work: str) -> None:
        """As a machine fails that loses its power: all its processes, without a word, and in the
        middle of such a task."""
        until = time.monotonic() + PATIENCE_S
        second = self._nodes[SECOND]
        while time.monotonic() < until:
            # A machine that stands still cannot end its task while we look.
            _signal(second, signal.SIGSTOP)
            if any(work in title for title in _titles(second)):
                break
            _signal(second, signal.SIGCONT)
            time.sleep(0.02)
        else:
            raise TimeoutError(f"the second node never did {work}: {_titles(second)}")
        self._end(SECOND)

    def end(self) -> None:
        for name in list(self._nodes):
            self._end(name)
        shutil.rmtree(self._folder, ignore_errors=True)

    def told(self) -> str:
        """What the nodes have said, for when something is wrong."""
        return "\n".join(path.read_text(errors="replace") for path in self._folder.glob("*.log"))

    def _start(self, name: str, words: list[str]) -> None:
        command = [sys.executable, "-m", "ray.scripts.scripts", "start", "--block", "--num-cpus=1"]
        command += [f"--node-ip-address={name}", "--object-store-memory=100000000", *words]
        variables = {**os.environ, **self.surroundings}
        del variables["RAY_ADDRESS"]
        with open(self._folder / f"{name}.log", "ab") as log:
            self._nodes[name] = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=variables,
                # Not where the tests are, as machines of a cluster are not.
                cwd=self._folder,
                start_new_session=True,
            )

    def _wait_for(self, port: int) -> None:
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until:
            with contextlib.suppress(OSError), socket.create_connection((HEAD, port)):
                return
            time.sleep(0.05)
        raise TimeoutError(f"Ray's head does not answer: {self.told()}")

    def _end(self, name: str) -> None:
        node = self._nodes.pop(name)
        # Ray's workers have groups of their own, but stay in the session that was begun for the node.
        while _signal(node, signal.SIGKILL):
            time.sleep(0.02)
        node.wait()


def _session(node: subprocess.Popen[bytes]) -> list[Path]:
    """The processes of a node that are alive."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            state = (process / "stat").read_text().rpartition(")")[2].split()[0]
            if os.getsid(int(process.name)) == node.pid and state not in "ZX":
                found.append(process)
    return found


def _signal(node: subprocess.Popen[bytes], number: signal.Signals) -> int:
    """How many got it."""
    processes = _session(node)
    for process in processes:
        with contextlib.suppress(ProcessLookupError):
            os.kill(int(process.name), number)
    return len(processes)


def _titles(node: subprocess.Popen[bytes]) -> list[str]:
    """What its processes say they are doing; Ray's workers say their task."""
    titles = []
    for process in _session(node):
        with contextlib.suppress(OSError):
            titles.append((process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace"))
    return titles


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind((HEAD, 0))
        return int(listener.getsockname()[1])
