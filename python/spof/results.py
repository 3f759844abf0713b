"""What came of commands: figures, tables and charts."""

from __future__ import annotations

import functools
import html
import json
import shutil
import tempfile
import weakref
from pathlib import Path
from typing import Any

from . import _spof
from .chart import Chart
from .errors import InputOutputError
from .table import Table

WIDTH = 1000
"""Of pictures, unless somebody wants another."""


class Folder:
    """Where a command leaves its files: where somebody wants them, or for as long as its results
    are looked at."""

    def __init__(self, wanted: str | Path | None) -> None:
        self.is_kept = wanted is not None
        if wanted is None:
            self.path = Path(tempfile.mkdtemp(prefix="spof-"))
            self._end = weakref.finalize(self, shutil.rmtree, self.path, ignore_errors=True)
        else:
            self.path = Path(wanted)

    def json(self, name: str) -> dict[str, Any]:
        tree: dict[str, Any] = json.loads(self._text(name))
        return tree

    def table(self, name: str) -> Table:
        try:
            found = _spof.read_table(str(self.path), name)
        except OSError as error:
            raise InputOutputError(str(error)) from error
        if found is None:
            raise InputOutputError(f"there is no {name} in {self.path}")
        return Table(found)

    def picture(self, name: str) -> Chart:
        return Chart(self._text(name))

    def has(self, name: str) -> bool:
        return (self.path / name).exists()

    def _text(self, name: str) -> str:
        try:
            return (self.path / name).read_text(encoding="utf-8")
        except OSError as error:
            raise InputOutputError(f"cannot read {self.path / name}: {error}") from error


class Result:
    """What all results have in common: the text that a terminal shows, and `data`, the same as the
    command's JSON."""

    def __init__(self, folder: Folder, text: str, data: dict[str, Any], holds: bool) -> None:
        self._folder = folder
        # Where files go that nobody asked for is no news.
        paragraphs = text.split("\n\n")
        shown = [each for each in paragraphs if folder.is_kept or str(folder.path) not in each]
        self._text = "\n\n".join(shown)
        self.data = data
        self.holds = holds
        """Whether all that was expected holds, or could be found."""

    @property
    def told(self) -> dict[str, Any]:
        """What the first lines say: `headline`, the sentence that answers; whether that `is_bad` news;
        `how_sure` it is; and what else there is to say."""
        found: dict[str, Any] = self.data.get("told", {})
        return found

    def save(self, folder: str | Path) -> Path:
        """Copies all files into a folder."""
        return Path(shutil.copytree(self._folder.path, folder, dirs_exist_ok=True))

    def __repr__(self) -> str:
        return self._text.strip("\n")

    def _charts(self) -> list[Chart]:
        return []

    def _repr_html_(self) -> str:
        return f"<pre>{html.escape(repr(self))}</pre>" + "".join(chart.svg for chart in self._charts())


class Run(Result):
    """A run, or a study of many replications: see `spof.simulate`.

    >>> import spof
    >>> run = spof.simulate(spof.one_server(), seed=7)
    >>> run.holds, round(run.availability, 3)
    (True, 1.0)
    >>> run.quantile("p99", "page") > run.quantile("p50", "page") > 0
    True
    """

    def __init__(self, folder: Folder, text: str, holds: bool, rows: _spof.Table | None = None) -> None:
        super().__init__(folder, text, folder.json("summary.json"), holds)
        self._rows = rows

    @property
    def summary(self) -> dict[str, Any]:
        """summary.json: every figure with its interval, or with the reason why it has none."""
        return self.data

    @functools.cached_property
    def latencies(self) -> Table:
        """A row for each request: when it began, how long it took, how it ended, and the time that
        it spent at each node, all as in latency.csv."""
        return Table(self._rows) if self._rows is not None else self._folder.table("latency.csv")

    @functools.cached_property
    def timeline(self) -> Table:
        """timeline.csv: requests and latencies in each time bucket."""
        return self._folder.table("timeline.csv")

    @functools.cached_property
    def histogram(self) -> Table:
        """histogram.csv: how latencies are spread, in each time bucket."""
        return self._folder.table("histogram.csv")

    @functools.cached_property
    def nodes(self) -> Table:
        """nodes.csv: how full each replica was, and its line."""
        return self._folder.table("nodes.csv")

    @functools.cached_property
    def nodes_timeline(self) -> Table:
        """nodes_timeline.csv: each node in each time bucket."""
        return self._folder.table("nodes_timeline.csv")

    @functools.cached_property
    def resources(self) -> Table:
        """resources.csv: how full everything was that there is only so much of, and who waited for it."""
        return self._folder.table("resources.csv")

    @functools.cached_property
    def resources_timeline(self) -> Table:
        """resources_timeline.csv: each resource in each time bucket."""
        return self._folder.table("resources_timeline.csv")

    @functools.cached_property
    def events(self) -> Table:
        """events.csv: faults, maintenance and surges."""
        return self._folder.table("events.csv")

    @functools.cached_property
    def outages(self) -> Table:
        """outages.csv: the stretches in which users met errors, with their causes."""
        return self._folder.table("outages.csv")

    @functools.cached_property
    def replications(self) -> Table | None:
        """replications.csv of a study: each run's own figures."""
        return self._folder.table("replications.csv") if self._folder.has("replications.csv") else None

    @functools.cached_property
    def study(self) -> dict[str, Any] | None:
        """replications.json of a study: what its runs say together."""
        return self._folder.json("replications.json") if self._folder.has("replications.json") else None

    @property
    def told(self) -> dict[str, Any]:
        """What the first lines say: of a study that of all its runs, or else that of the run."""
        found: dict[str, Any] = (self.study or self.data).get("told", {})
        return found

    def figure(self, name: str) -> dict[str, Any]:
        """A figure of a study over its runs, such as `"page p99"`: its mean as `value`, `half_width`,
        `least` and `most`. The other figures of a study's result are those of its first run."""
        if self.study is None:
            raise KeyError("one run is no study; simulate with replications= or until=")
        known: dict[str, dict[str, Any]] = {each["name"]: each for each in self.study["figures"]}
        if name not in known:
            raise KeyError(f"there is no figure {name!r}; there are {', '.join(known)}")
        return known[name]

    @property
    def availability(self) -> float:
        """The share of requests that were answered with success, as users see it."""
        return float(self.summary["availability"]["views"]["user"]["value"])

    def quantile(self, name: str, request_class: str | None = None) -> float:
        """A quantile of good answers' latencies in milliseconds, such as `"p99"`."""
        known = self._class(request_class)
        figure = known.get(f"{name.replace('.', '')}_ms")
        if not name.startswith("p") or figure is None:
            quantiles = ", ".join(key.removesuffix("_ms") for key in known if key.startswith("p"))
            raise KeyError(f"there is no quantile {name!r} in a summary; there are {quantiles}, and `latencies`")
        return float(figure["value"])

    def mean(self, request_class: str | None = None) -> float:
        """The mean latency of good answers in milliseconds."""
        return float(self._class(request_class)["mean_ms"]["value"])

    def _class(self, name: str | None) -> dict[str, Any]:
        known = {each["name"]: each for each in self.summary["classes"]}
        if name is None:
            total: dict[str, Any] = self.summary["total"]
            return total
        if name not in known:
            raise KeyError(f"there is no class {name!r}; there are {', '.join(known)}")
        found: dict[str, Any] = known[name]
        return found

    def to_pandas(self) -> Any:
        """`latencies` as a pandas DataFrame."""
        return self.latencies.to_pandas()

    def plot(self, chart: str, theme: str = "light", width: int = WIDTH) -> Chart:
        """One of the charts that the command line draws: availability, timeline, latency, heatmap,
        utilisation, waterfall or topology."""
        return plot_together({self.summary["scenario"]: self}, chart, theme, width)

    def plot_availability(self, theme: str = "light", width: int = WIDTH) -> Chart:
        """When the site and its nodes were up, degraded or down."""
        return self.plot("availability", theme, width)

    def plot_timeline(self, theme: str = "light", width: int = WIDTH) -> Chart:
        """Requests and latencies over time."""
        return self.plot("timeline", theme, width)

    def plot_latency(self, theme: str = "light", width: int = WIDTH) -> Chart:
        """How latencies are spread, and their tail."""
        return self.plot("latency", theme, width)

    def plot_heatmap(self, theme: str = "light", width: int = WIDTH) -> Chart:
        """How latencies are spread, over time."""
        return self.plot("heatmap", theme, width)

    def plot_utilisation(self, theme: str = "light", width: int = WIDTH) -> Chart:
        """How full each node was, and its line; and what else was at least half full."""
        return self.plot("utilisation", theme, width)

    def plot_waterfall(self, theme: str = "light", width: int = WIDTH) -> Chart:
        """Where the time goes, on average and in the slowest requests."""
        return self.plot("waterfall", theme, width)

    def plot_topology(self, theme: str = "light", width: int = WIDTH) -> Chart:
        """Who calls whom, how full all is, and what has no second."""
        return self.plot("topology", theme, width)

    def _charts(self) -> list[Chart]:
        return [self.plot_timeline(), self.plot_latency()]


def plot_together(runs: dict[str, Run], chart: str, theme: str = "light", width: int = WIDTH) -> Chart:
    """A chart of several runs over each other, each under its name.

    >>> import spof
    >>> calm, busy = (spof.simulate(spof.one_server().set("visitors.arrivals", load)) for load in ["60/s", "200/s"])
    >>> spof.plot_together({"calm": calm, "busy": busy}, "latency").svg.startswith("<svg")
    True
    """
    folders = [(name, str(run._folder.path)) for name, run in runs.items()]
    return Chart(_spof.chart(folders, chart, theme, width, "svg").decode())


class Comparison(Result):
    """How far variants are from the first one: see `spof.compare`."""

    def __init__(self, folder: Folder, text: str, holds: bool) -> None:
        super().__init__(folder, text, folder.json("compare.json"), holds)

    @functools.cached_property
    def runs(self) -> Table:
        """compare.csv: the figures of each run of each variant."""
        return self._folder.table("compare.csv")

    def plot_differences(self) -> Chart:
        """How far each variant is from the first, with intervals."""
        return self._folder.picture("compare-differences.svg")

    def plot_latency(self) -> Chart:
        """How the latencies of the first runs are spread, over each other."""
        return self._folder.picture("compare-latency.svg")

    def plot_timeline(self) -> Chart:
        """The first runs over time, over each other."""
        return self._folder.picture("compare-timeline.svg")

    def plot_availability(self) -> Chart:
        """When the first runs were up, below each other."""
        return self._folder.picture("compare-availability.svg")

    def _charts(self) -> list[Chart]:
        return [self.plot_differences()]


class Sweep(Result):
    """Every figure at every point: see `spof.sweep`."""

    def __init__(self, folder: Folder, text: str, holds: bool) -> None:
        super().__init__(folder, text, folder.json("sweep.json"), holds)

    @functools.cached_property
    def points(self) -> Table:
        """sweep.csv: a row for each point."""
        return self._folder.table("sweep.csv")

    def plot(self) -> Chart:
        """Its curve, or its map."""
        return self._folder.picture("sweep.svg")

    def to_pandas(self) -> Any:
        """`points` as a pandas DataFrame."""
        return self.points.to_pandas()

    def _charts(self) -> list[Chart]:
        return [self.plot()] if self._folder.has("sweep.svg") else []


class Solution(Result):
    """The smallest settings that meet goals: see `spof.solve`."""

    def __init__(self, folder: Folder, text: str, holds: bool) -> None:
        super().__init__(folder, text, folder.json("solve.json"), holds)

    @property
    def answer(self) -> dict[str, str] | None:
        """What to set, or nothing if nothing is enough."""
        found = self.data["answer"]
        return None if found is None else dict(zip(self.data["axes"], found["values"]))


class Ledger(Result):
    """Single points of failure, and what each part costs in a year: see `spof.analyze`."""


class Advice(Result):
    """Changes that were tried, and what each of them does: see `spof.advise`."""

    def __init__(self, folder: Folder, text: str, holds: bool) -> None:
        super().__init__(folder, text, folder.json("advice.json"), holds)

    @property
    def tried(self) -> list[dict[str, Any]]:
        """Each change with its figures, the best first."""
        found: list[dict[str, Any]] = self.data["tried"]
        return found

    @property
    def together(self) -> list[dict[str, Any]]:
        """The same of two changes at once."""
        found: list[dict[str, Any]] = self.data["together"]
        return found

    @property
    def best(self) -> dict[str, str] | None:
        """The settings of what helps most, as `Scenario.set` takes them, or nothing if nothing does."""
        found = self.data.get("best")
        if found is None:
            return None
        ((among, place),) = found.items()
        changes = self.data[among][place]["changes"]
        settings = [setting.split("=", 1) for change in changes for setting in change["settings"]]
        return {path: value for path, value in settings}
