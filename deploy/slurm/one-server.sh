#!/usr/bin/env bash
#SBATCH --job-name=spof-one-server
#SBATCH --array=1-8
#SBATCH --cpus-per-task=2
#SBATCH --output=spof-one-server-%A-%a.log
#
# 1000 replications in 8 shards, each on a machine of its own. Submit this from a folder that
# all machines see, and in which the scenario can be found as it is named below. When all have ended:
#
#   spof merge output/one-server/shard-*-of-8.spof
#
# This names shards that are lost; `sbatch --array=3,5` with this script makes the third and the fifth again.
set -euo pipefail

# A shard uses the cores that it has been given, and no others.
export RAYON_NUM_THREADS="${SLURM_CPUS_PER_TASK:-2}"

spof simulate scenarios/one-server.yaml --replications 1000 --shard auto/8 --out output/one-server --rows none --quiet
