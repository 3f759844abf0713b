"""Turns the drivers' lines into a Markdown table: medians, and how they compare with spof."""

import collections
import statistics
import sys

PEERS = {
    "limit": "a program for these models only (events in a 4-ary heap)",
    "spof": "**spof** (`examples/speed.rs`)",
    "simcore": "simcore 0.1.0 (Rust)",
    "nexosim": "NeXosim 1.0.0 (Rust, one thread)",
    "simpy": "SimPy 4.1.2 (Python)",
    "ciw": "Ciw 3.2.7 (Python)",
}

figures = collections.defaultdict(list)
for line in open(sys.argv[1], encoding="utf-8"):
    fields = dict(field.split("=", 1) for field in line.split())
    figures[fields["peer"], fields["model"]].append(float(fields["request_ns"]))

median = {key: statistics.median(values) for key, values in figures.items()}
print("| | three-tier, ns a request | to spof | M/M/1, ns a request | to spof |")
print("|---|--:|--:|--:|--:|")
for peer, name in PEERS.items():
    cells = []
    for model in "tq":
        nanoseconds = median[peer, model]
        cells += [f"{nanoseconds:,.0f}", f"{nanoseconds / median['spof', model]:,.2f}"]
    print(f"| {name} | " + " | ".join(cells) + " |")
