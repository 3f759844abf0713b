"""Reads what `spof export` has written with other people's readers, and prints what they found
as JSON: read.py openmetrics FILE, read.py otlp FILE or read.py packed FILE."""

import json
import sys


def openmetrics(path):
    from prometheus_client.openmetrics.parser import text_string_to_metric_families

    families = {}
    with open(path, encoding="utf-8") as file:
        for family in text_string_to_metric_families(file.read()):
            last = {}
            for sample in family.samples:
                key = sample.name + json.dumps(sorted(sample.labels.items()))
                last[key] = [sample.labels, sample.value, float(sample.timestamp)]
            families[family.name] = {"type": family.type, "last": list(last.values())}
    return families


def otlp(path):
    from google.protobuf import json_format
    from opentelemetry.proto.trace.v1.trace_pb2 import TracesData

    traces = []
    with open(path, encoding="utf-8") as file:
        for line in file:
            data = json_format.Parse(line, TracesData())
            spans = [
                {
                    "service": resource.resource.attributes[0].value.string_value,
                    "id": span.span_id.hex(),
                    "parent": span.parent_span_id.hex(),
                    "start": span.start_time_unix_nano,
                    "end": span.end_time_unix_nano,
                    "failed": span.status.code == 2,
                }
                for resource in data.resource_spans
                for scope in resource.scope_spans
                for span in scope.spans
            ]
            traces.append(spans)
    return traces


def packed(path):
    import gzip
    import zlib

    import zstandard

    unpack = gzip.open if path.endswith(".gz") else zstandard.open
    with unpack(path, "rb") as file:
        content = file.read()
    return {"bytes": len(content), "crc32": zlib.crc32(content)}


READERS = {"openmetrics": openmetrics, "otlp": otlp, "packed": packed}
print(json.dumps(READERS[sys.argv[1]](sys.argv[2])))
