"""What the Python drivers share: the two models and the line that each prints."""

import sys

MODELS = {
    "t": (80.0, [(1, 0.002), (4, 0.040), (1, 0.005)]),
    "q": (0.8, [(1, 1.0)]),
}


def from_arguments():
    """Model's name, requests, arrivals per second, (servers, mean service) of each station."""
    name, requests = sys.argv[1], int(sys.argv[2])
    rate, stations = MODELS[name]
    return name, requests, rate, stations


def report(peer, name, wall_s, latencies):
    count = len(latencies)
    print(
        f"peer={peer} model={name} requests={count} "
        f"request_ns={wall_s * 1e9 / count:.2f} mean_s={sum(latencies) / count:.5f}"
    )
