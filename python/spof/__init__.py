"""spof simulates web infrastructure request by request: what breaks, what does it cost, and what
would fix it?

>>> import spof
>>> run = spof.simulate(spof.one_server())
>>> print(f"{len(run.latencies):,} requests, page p99 {run.quantile('p99', 'page'):.0f} ms")
36,382 requests, page p99 150 ms
"""

from ._spof import __version__
from .chart import Chart
from .commands import advise, analyze, compare, open_run, simulate, solve, sweep
from .errors import Diagnostic, InputOutputError, ScenarioError, SpofError, UsageError
from .kinds import (
    app_server,
    cache,
    database,
    dns,
    load_balancer,
    request,
    server,
    station,
    storage,
    user,
    web_server,
)
from .results import Advice, Comparison, Ledger, Run, Solution, Sweep, plot_together
from .scenario import Scenario, one_server
from .table import Table

__all__ = [
    "Advice",
    "Chart",
    "Comparison",
    "Diagnostic",
    "InputOutputError",
    "Ledger",
    "Run",
    "Scenario",
    "ScenarioError",
    "Solution",
    "SpofError",
    "Sweep",
    "Table",
    "UsageError",
    "__version__",
    "advise",
    "analyze",
    "app_server",
    "cache",
    "compare",
    "database",
    "dns",
    "load_balancer",
    "one_server",
    "open_run",
    "plot_together",
    "request",
    "server",
    "simulate",
    "solve",
    "station",
    "storage",
    "sweep",
    "user",
    "web_server",
]
