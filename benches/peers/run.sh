#!/usr/bin/env bash
# The same two models in other simulators, side by side in one sitting; see docs/performance.md.
#
#   benches/peers/run.sh [ROUNDS]
#
# Installs SimPy and Ciw from PyPI (into an environment of their own under the target
# folder), simcore and nexosim from crates.io, and prints a Markdown table. All programs
# take turns on one core; each figure is the median over the rounds.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cd "$here/../.."
rounds=${1:-5}
core=${CORE:-0}
target=${CARGO_TARGET_DIR:-$PWD/target}

cargo build --quiet --release --example speed
cargo build --quiet --release --manifest-path "$here/rust/Cargo.toml" --target-dir "$target/peers"
python=$target/peers/python/bin/python
if [[ ! -x $python ]]; then
    python3 -m venv "$target/peers/python"
    "$python" -m pip install --quiet simpy==4.1.2 ciw==3.2.7
fi

# Prints one line of `peer=… model=… request_ns=…`.
measure() {
    local peer=$1 model=$2
    local file=theory/mm1
    [[ $model == t ]] && file=theory/three-tier
    case $peer in
        spof)
            taskset -c "$core" "$target/release/examples/speed" "scenarios/$file.yaml" 1000000 |
                sed "s/^scenario=[^ ]*/peer=spof model=$model/"
            ;;
        limit | simcore | nexosim) taskset -c "$core" "$target/peers/release/$peer" "$model" 1000000 ;;
        simpy | ciw) taskset -c "$core" "$python" "$here/${peer}_driver.py" "$model" 20000 ;;
    esac
}

told=$(mktemp)
trap 'rm -f "$told"' EXIT
for ((round = 1; round <= rounds; round++)); do
    for peer in limit spof simcore nexosim simpy ciw; do
        for model in t q; do
            measure "$peer" "$model" | tee -a "$told" >&2
        done
    done
done

"$python" "$here/table.py" "$told"
