"""The models in SimPy: a process for each request."""

import random
import time

import simpy

from models import from_arguments, report

name, requests, rate, stations = from_arguments()
chance = random.Random(1)
environment = simpy.Environment()
resources = [(simpy.Resource(environment, capacity=servers), 1.0 / mean) for servers, mean in stations]
latencies = []


def request():
    arrived = environment.now
    for resource, service_rate in resources:
        with resource.request() as turn:
            yield turn
            yield environment.timeout(chance.expovariate(service_rate))
    latencies.append(environment.now - arrived)


def source():
    for _ in range(requests):
        yield environment.timeout(chance.expovariate(rate))
        environment.process(request())


environment.process(source())
start = time.perf_counter()
environment.run()
report("simpy", name, time.perf_counter() - start, latencies)
