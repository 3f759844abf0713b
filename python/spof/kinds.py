"""The kinds of nodes, as functions that read like the YAML: each gives back the settings of a node,
for `Scenario.build`. docs/settings.md tells all that each takes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def user(**settings: Any) -> dict[str, Any]:
    """Who sends requests.

    >>> user(arrivals="60/s", timeout="10s")
    {'kind': 'user', 'arrivals': '60/s', 'timeout': '10s'}
    """
    return {"kind": "user", **settings}


def dns(**settings: Any) -> dict[str, Any]:
    """A resolver with its records."""
    return {"kind": "dns", **settings}


def server(**settings: Any) -> dict[str, Any]:
    """A host, on which others stand and share its cores."""
    return {"kind": "server", **settings}


def web_server(**settings: Any) -> dict[str, Any]:
    """A web server, as nginx is one."""
    return {"kind": "web_server", **settings}


def app_server(**settings: Any) -> dict[str, Any]:
    """An application server, as gunicorn, uWSGI and PHP-FPM are."""
    return {"kind": "app_server", **settings}


def database(**settings: Any) -> dict[str, Any]:
    """A database, as MySQL is one."""
    return {"kind": "database", **settings}


def load_balancer(**settings: Any) -> dict[str, Any]:
    """A load balancer."""
    return {"kind": "load_balancer", **settings}


def cache(**settings: Any) -> dict[str, Any]:
    """A cache."""
    return {"kind": "cache", **settings}


def storage(**settings: Any) -> dict[str, Any]:
    """A shared file system."""
    return {"kind": "storage", **settings}


def station(**settings: Any) -> dict[str, Any]:
    """A bare queue, for theory."""
    return {"kind": "station", **settings}


def request(*path: str | Mapping[str, Any], **settings: Any) -> dict[str, Any]:
    """A class of requests with the nodes on its path, each with its work.

    >>> request({"nginx": "0.2ms"}, {"gunicorn": "exp(6ms)"}, share="70%")
    {'path': [{'nginx': '0.2ms'}, {'gunicorn': 'exp(6ms)'}], 'share': '70%'}
    """
    return {"path": [dict(step) if isinstance(step, Mapping) else step for step in path], **settings}
