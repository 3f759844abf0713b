#!/usr/bin/env bash
# Makes the two pictures of README from real runs, into docs/pictures. It needs spof on the path, or named in SPOF,
# and for the report Chromium, or another one named in CHROMIUM. A test draws the topology as well and holds it
# equal; the report is drawn by a browser, whose letters differ from machine to machine, so it is made by hand.
set -euo pipefail

spof="${SPOF:-spof}"

# Who calls whom, and what has no second.
topology() {
    "$spof" simulate scenarios/course/3-scaled-up.yaml --set run.fidelity=components --rows none --quiet --out "$1/scaled-up"
    "$spof" render "$1/scaled-up" --chart topology --out "$1" > /dev/null
}

# The first screen of a report: the only server fails at 14:00.
report() {
    local browser
    browser="${CHROMIUM:-$(command -v chromium || command -v chromium-browser || command -v google-chrome)}"
    "$spof" simulate scenarios/one-server.yaml --set run.starts=13:55 \
        --set 'timeline=[{ at: 14:00, fail: server, for: 2m }]' --rows none --quiet --out "$1/server-down" || [ "$?" = 1 ]
    "$browser" --headless --no-sandbox --disable-gpu --no-first-run --hide-scrollbars --user-data-dir="$1/profile" \
        --window-size=1200,690 --screenshot="$1/report.png" "file://$1/server-down/report.html" > /dev/null 2>&1
}

# In the test nothing runs but what is asked for.
if [ "${BASH_SOURCE[0]:-}" = "$0" ]; then
    cd "$(dirname "$0")/.."
    made="$(mktemp -d)"
    trap 'rm -rf "$made"' EXIT
    topology "$made"
    report "$made"
    mkdir -p docs/pictures
    cp "$made/topology.svg" "$made/report.png" docs/pictures/
fi
