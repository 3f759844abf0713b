"""Scenarios: from files, texts and dictionaries, with settings changed."""

from __future__ import annotations

import difflib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from . import _spof
from .asking import asked, written
from .chart import Chart
from .errors import Diagnostic, InputOutputError, ScenarioError
from .shapes import Given


class Scenario:
    """A scenario without errors: who sends requests, and what they pass through.

    A scenario never changes: `set` gives back another one.

    >>> shop = Scenario.from_text('''
    ... name: A shop
    ... run: { duration: 1m, seed: 1 }
    ... nodes:
    ...   visitors: { kind: user, arrivals: 20/s }
    ...   app: { kind: app_server, workers: 2 }
    ... requests: { page: { path: [ app: exp(20ms) ] } }
    ... ''')
    >>> shop.name, shop.classes, list(shop.nodes)
    ('A shop', ('page',), ['visitors', 'app'])
    >>> shop.set("app.workers", 8).nodes["app"]["workers"]
    '8'
    """

    def __init__(self, path: str, text: str, settings: tuple[tuple[str, str], ...] = ()) -> None:
        self._given: Given = (path, text, list(settings))
        try:
            known = json.loads(_spof.load(self._given))
        except OSError as error:
            raise InputOutputError(f"cannot read {path}: {error}") from error
        problems = tuple(Diagnostic(**problem) for problem in known["problems"])
        if known["scenario"] is None:
            errors = [problem for problem in problems if problem.severity == "error"]
            raise ScenarioError("\n\n".join(["", *map(str, errors)]), problems)
        self._known: dict[str, Any] = known["scenario"]
        self._warnings = problems

    @staticmethod
    def from_file(path: str | Path) -> Scenario:
        """Reads a scenario file (YAML, TOML or JSON). Files that it names lie beside it."""
        try:
            text = Path(path).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise InputOutputError(f"cannot read {path}: {error}{_nearest(Path(path))}") from error
        return Scenario(str(path), text)

    @staticmethod
    def from_text(text: str, name: str = "scenario.yaml") -> Scenario:
        """Takes a text as it would stand in a file of this name, whose ending tells the format."""
        return Scenario(name, text)

    @staticmethod
    def from_dict(tree: Mapping[str, Any], name: str = "scenario.json") -> Scenario:
        """Takes a dictionary with the same sections and words as a file.

        >>> Scenario.from_dict({
        ...     "nodes": {"visitors": {"kind": "user", "arrivals": "20/s"}, "app": {"kind": "app_server"}},
        ...     "requests": {"page": {"path": [{"app": "20ms"}]}},
        ... }).classes
        ('page',)
        """
        return Scenario(name, json.dumps(tree, indent=2, ensure_ascii=False))

    @staticmethod
    def build(
        name: str,
        *,
        nodes: Mapping[str, Mapping[str, Any]],
        requests: Mapping[str, Mapping[str, Any]],
        **sections: Any,
    ) -> Scenario:
        """Puts a scenario together from sections that read like the YAML; `user`, `web_server` and
        the other kinds of nodes are functions of this package, and so is `request`.

        >>> import spof
        >>> shop = Scenario.build(
        ...     "A shop",
        ...     run={"duration": "1m"},
        ...     nodes={
        ...         "visitors": spof.user(arrivals="20/s", timeout="5s"),
        ...         "nginx": spof.web_server(),
        ...         "app": spof.app_server(workers=2),
        ...     },
        ...     links={"visitors -> nginx": {"latency": "20ms"}},
        ...     requests={"page": spof.request({"nginx": "0.2ms"}, {"app": "exp(20ms)"}, objective="500ms")},
        ...     expect=["page p99 < 500ms"],
        ... )
        >>> shop.expectations
        ('page p99 < 500ms',)
        """
        tree = {"name": name, "nodes": dict(nodes), "requests": dict(requests), **sections}
        return Scenario.from_dict(tree, f"{name}.json".replace("/", "-"))

    def set(self, path: str | Mapping[str, Any], value: Any = None) -> Scenario:
        """The same scenario with a setting changed, as `--set` does it; or with several of a
        dictionary. A value is what would stand in the file, or a Python value.

        >>> import spof
        >>> busy = spof.one_server().set("visitors.arrivals", "200/s").set({"gunicorn.workers": 8})
        >>> busy.changed
        {'visitors.arrivals': '200/s', 'gunicorn.workers': '8'}
        """
        changes = path if isinstance(path, Mapping) else {path: value}
        name, text, settings = self._given
        more = tuple((str(path), written(value)) for path, value in changes.items())
        return Scenario(name, text, (*settings, *more))

    @property
    def name(self) -> str:
        """Its own name, or else that of its file."""
        return str(self._known["name"])

    @property
    def path(self) -> str:
        """The file that it comes from, or the name that it was given."""
        return self._given[0]

    @property
    def text(self) -> str:
        """What stands in the file, without what `set` has changed."""
        return self._given[1]

    @property
    def changed(self) -> dict[str, str]:
        """What `set` has changed."""
        return dict(self._given[2])

    @property
    def seed(self) -> int:
        """The seed of all chance, if nobody says another."""
        return int(self._known["seed"])

    @property
    def classes(self) -> tuple[str, ...]:
        """The names of its classes of requests."""
        return tuple(self._known["classes"])

    @property
    def expectations(self) -> tuple[str, ...]:
        """What is to hold, as it is written."""
        return tuple(self._known["expectations"])

    @property
    def nodes(self) -> dict[str, dict[str, str]]:
        """Its nodes, each with its kind and all settings in force, defaults included."""
        return {
            node["node"]: {
                "kind": node["kind"],
                **{setting["setting"]: setting["value"] for setting in node["settings"]},
            }
            for node in self._known["script"]["nodes"]
        }

    @property
    def defaults(self) -> dict[str, dict[str, str]]:
        """Where each setting comes from that the scenario does not say, node by node."""
        return {
            node["node"]: {
                setting["setting"]: setting["source"] for setting in node["settings"] if not setting["given"]
            }
            for node in self._known["script"]["nodes"]
        }

    @property
    def warnings(self) -> tuple[Diagnostic, ...]:
        """What looks odd: more load than a node can carry, for instance."""
        return self._warnings

    def topology(self, theme: str = "light", width: int = 1000) -> Chart:
        """Draws who calls whom."""
        picture = _spof.site(self._given, theme, width)
        assert picture is not None, "a scenario has no errors"
        return Chart(picture)

    def explain(self, request_class: str | None = None) -> dict[str, Any]:
        """A request's journey step by step, with expected times and defaults, as
        `spof explain --json` tells it; of the first class, if none is given."""
        words = ["explain", *([request_class] if request_class else []), "--json"]
        told: dict[str, Any] = json.loads(asked(words, [self._given]).text)
        return told

    def __repr__(self) -> str:
        changed = "".join(f", {path}={value}" for path, value in self._given[2])
        return f"Scenario({self.name!r}{changed})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Scenario) and self._given == other._given

    def __hash__(self) -> int:
        return hash((self._given[0], self._given[1], tuple(self._given[2])))

    def __reduce__(self) -> tuple[type[Scenario], tuple[str, str, tuple[tuple[str, str], ...]]]:
        path, text, settings = self._given
        return (Scenario, (path, text, tuple(settings)))

    def _repr_svg_(self) -> str:
        return self.topology().svg


def _nearest(path: Path) -> str:
    """A file beside it whose name is almost the same."""
    names = [other.name for other in path.parent.glob("*")] if path.parent.is_dir() else []
    found = difflib.get_close_matches(path.name, names, 1, 0.8) if not path.exists() else []
    return "".join(f"; did you mean {path.with_name(name)}?" for name in found)


ScenarioLike = Scenario | str | Path
"""A scenario, or the path of its file."""


def scenario_of(scenario: ScenarioLike) -> Scenario:
    """Read from its file, if it is a path."""
    return scenario if isinstance(scenario, Scenario) else Scenario.from_file(scenario)


def given(*scenarios: ScenarioLike) -> list[Given]:
    """As commands take them."""
    return [scenario_of(scenario)._given for scenario in scenarios]


def one_server() -> Scenario:
    """The site with which everybody starts: one server runs everything behind www.foobar.com.

    >>> one_server().name
    'One server for www.foobar.com'
    """
    return Scenario("one-server.yaml", _spof.ONE_SERVER)
