#!/usr/bin/env bash
# Instructions a request, counted by valgrind: a figure that holds on a noisy machine.
#
#   benches/callgrind/run.sh            compares with baseline.txt, fails if more than 3 % worse
#   benches/callgrind/run.sh --update   writes baseline.txt anew
#
# benches/per_request.py does the counting, and prints more when it is called by itself.
set -euo pipefail
exec python3 "$(dirname "$0")/../per_request.py" check "$@"
