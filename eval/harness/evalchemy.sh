#!/usr/bin/env bash
# Run the paper's seven benchmarks in its own harness, evalchemy (github.com/mlfoundations/evalchemy), on vLLM.
#
#   bash evalchemy.sh MODEL [GPUS] [BATCH_SIZE] [OUTPUT]      # in a checkout of evalchemy
#
# MODEL is a Hub id or a local path; vLLM spreads it over GPUS (1). Results are written to OUTPUT (logs).
#
# Its numbers are not comparable with those of tarot-bench: it shows CodeForces' editorials to the model and compares
# outputs loosely. `tarot-bench import` grades the LiveCodeBench and CodeForces programs in its result file again.
# CodeForces is open-r1's test split, not the Elo rating of CodeElo. The paper's repository writes
# tensor_parallele_size, which vLLM refuses.
set -euo pipefail

exec python -m eval.eval \
    --model vllm \
    --tasks HumanEval,HumanEvalPlus,MBPP,MBPPPlus,LiveCodeBenchv5_official,CodeForces,CruxEval \
    --model_args "pretrained=${1:?usage: evalchemy.sh MODEL [GPUS] [BATCH_SIZE] [OUTPUT]},tensor_parallel_size=${2:-1}" \
    --batch_size "${3:-16}" \
    --output_path "${4:-logs}"
