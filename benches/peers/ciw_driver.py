"""The models in Ciw: a network of queues."""

import time

import ciw

from models import from_arguments, report

name, requests, rate, stations = from_arguments()
count = len(stations)
network = ciw.create_network(
    arrival_distributions=[ciw.dists.Exponential(rate)] + [None] * (count - 1),
    service_distributions=[ciw.dists.Exponential(1.0 / mean) for _, mean in stations],
    number_of_servers=[servers for servers, _ in stations],
    routing=[[1.0 if to == place + 1 else 0.0 for to in range(count)] for place in range(count)],
)
ciw.seed(1)
simulation = ciw.Simulation(network)
start = time.perf_counter()
simulation.simulate_until_max_customers(requests, method="Finish")
wall_s = time.perf_counter() - start
left = simulation.nodes[-1].all_individuals
latencies = [one.data_records[-1].exit_date - one.data_records[0].arrival_date for one in left]
report("ciw", name, wall_s, latencies)
