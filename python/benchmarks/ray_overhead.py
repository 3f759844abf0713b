"""How much of the time of a Ray cluster goes into runs: `python python/benchmarks/ray_overhead.py`.

Ray is started on this machine with two cores, and a study of many replications is made there. The busy
share is the time that runs took on their cores, by the cores and the time from the first batch that
was handed out to the last that came back. What is missing went into the start of the workers, into
handing over, and into the end, where one core waits for the other.

With other work on the machine, runs take longer, and the share says nothing about that; so it also
tells how long a run took on the processor, before the study on an idle cluster and in the study.
"""

from __future__ import annotations

import argparse
import logging
import re
import time
from typing import Any

import ray
import spof
from spof import batches, on_ray
from spof.shapes import Runs


class Watch(logging.Handler):
    """What the crew says of each batch."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.batches = self.runs = 0
        self.busy_s = 0.0
        self.ended_at = 0.0

    def emit(self, record: logging.LogRecord) -> None:
        told = re.match(r"(\d+) runs took (\S+) s", record.getMessage())
        assert told
        self.batches += 1
        self.runs += int(told[1])
        self.busy_s += float(told[2])
        self.ended_at = time.perf_counter()


@ray.remote(num_cpus=1)
def processor_s(job: batches.Job, runs: Runs) -> float:
    """What a run takes of a processor, however many others want it."""
    batches.timed(job, runs[:5])
    begun = time.process_time()
    batches.timed(job, runs)
    return (time.process_time() - begun) / len(runs)


def processor_s_on_all(cores: int, job: batches.Job) -> float:
    runs = [(0, number) for number in range(50)]
    took = ray.get([processor_s.remote(job, runs) for _ in range(cores)])
    return float(sum(took) / cores)


def watched(site: spof.Scenario, replications: int) -> tuple[Watch, float]:
    """Makes the study, and tells how long from the first batch to the last."""
    watch, begun_at = Watch(), 0.0
    spread = on_ray.RayCrew.spread

    def timed_spread(crew: Any, runs: Runs) -> Any:
        nonlocal begun_at
        begun_at = time.perf_counter()
        return spread(crew, runs)

    on_ray.RayCrew.spread = timed_spread  # type: ignore
    batches.LOG.addHandler(watch)
    batches.LOG.setLevel(logging.DEBUG)
    spof.simulate(site, replications=replications, rows="none", engine="ray")
    return watch, watch.ended_at - begun_at


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--replications", type=int, default=2500)
    options.add_argument("--cores", type=int, default=2)
    options.add_argument("--duration", default="10m", help="simulated, of each run")
    asked = options.parse_args()
    site = spof.one_server().set({"run.duration": asked.duration, "run.warmup": "10s"})
    ray.init(num_cpus=asked.cores, log_to_driver=False, logging_level=logging.WARNING)
    job = batches.job_of(["simulate", "--replications=50", "--rows=none"], [site._given])
    before_s = processor_s_on_all(asked.cores, job)
    watch, wall_s = watched(site, asked.replications)
    after_s = processor_s_on_all(asked.cores, job)
    assert watch.runs == asked.replications
    run_s = watch.busy_s / watch.runs
    print(f"{watch.runs} runs in {watch.batches} batches on {asked.cores} cores: {wall_s:.1f} s")
    print(f"a run: {1000 * run_s:.1f} ms by the clock, in the study;")
    print(f"       {1000 * before_s:.1f} ms of a processor before it, {1000 * after_s:.1f} ms after it")
    print(f"busy share: {watch.busy_s / (asked.cores * wall_s):.1%}")


if __name__ == "__main__":
    main()
