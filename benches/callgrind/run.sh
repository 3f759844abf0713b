#!/usr/bin/env bash
# Instructions per event, counted by valgrind: a figure that holds on a noisy machine.
#
#   benches/callgrind/run.sh            compares with baseline.txt, fails if more than 3 % worse
#   benches/callgrind/run.sh --update   writes baseline.txt anew
#
# Each scenario runs twice, for few and for more requests, in as many time buckets; the
# difference leaves out reading, compiling, the first peak, and writing the tables.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cd "$here/../.."

cargo build --quiet --release
spof=${CARGO_TARGET_DIR:-target}/release/spof
folder=$(mktemp -d)

# Prints instructions and events of one run.
count() {
    local told instructions events
    told=$(valgrind --tool=callgrind --callgrind-out-file=/dev/null \
        "$spof" simulate "$1" --set "$2" --set "run.bucket=$3" --rows none --no-charts --no-report --quiet --out "$folder" 2>&1)
    instructions=$(sed -n 's/.*Collected : \([0-9]*\).*/\1/p' <<<"$told")
    events=$(sed -n 's/.*"events": \([0-9]*\).*/\1/p' "$folder/summary.json")
    echo "$instructions $events"
}

measured=$(mktemp)
trap 'rm -rf "$measured" "$folder"' EXIT
while read -r scenario setting small short large long; do
    few=$(count "scenarios/$scenario.yaml" "$setting=$small" "$short")
    more=$(count "scenarios/$scenario.yaml" "$setting=$large" "$long")
    awk -v scenario="$scenario" -v few="$few" -v more="$more" 'BEGIN {
        split(few, a, " "); split(more, b, " ")
        printf "%s %.1f\n", scenario, (b[1] - a[1]) / (b[2] - a[2])
    }' | tee -a "$measured"
done <<'RUNS'
theory/mm1 run.requests 100000 10000s 400000 40000s
theory/three-tier run.requests 100000 100s 300000 300s
one-server run.duration 10m 1m 30m 3m
RUNS

if [[ ${1:-} == --update ]]; then
    { echo "# Instructions per event; written by benches/callgrind/run.sh --update"; cat "$measured"; } >"$here/baseline.txt"
    exit
fi

awk 'NR == FNR { if ($1 != "#") baseline[$1] = $2; next }
    !($1 in baseline) { printf "%s has no baseline: run with --update\n", $1; failed = 1; next }
    {
        change = 100 * ($2 / baseline[$1] - 1)
        printf "%-20s %7.1f, was %7.1f: %+.1f %%\n", $1, $2, baseline[$1], change
        if (change > 3) failed = 1
    }
    END { exit failed }' "$here/baseline.txt" "$measured"
