#!/usr/bin/env bash
# Compares this package with its peers: encoding, then training, or with --training first only that. Options go to
# comparison/compare.py, or to comparison/training.py. The peers are installed into a virtual environment in this
# script's folder.
set -euo pipefail
cd "$(dirname "$0")/.."
environment=Benchmarks/.venv
requirements=Benchmarks/comparison/requirements.txt
if [[ ! -f $environment/installed || $requirements -nt $environment/installed ]]; then
    python3 -m venv "$environment"
    "$environment/bin/python" -m pip install --quiet --requirement "$requirements"
    touch "$environment/installed"
fi
model=$(Scripts/fetch-model.sh)
train() {
    swift build -c release --product TrainWorker >&2
    "$environment/bin/python" Benchmarks/comparison/training.py --model "$model" \
        --worker .build/release/TrainWorker "$@"
}
if [[ ${1:-} == --training ]]; then
    train "${@:2}"
    exit
fi
swift build -c release --product EncodeWorker >&2
swift build -c release --product sentence-transformers >&2
"$environment/bin/python" Benchmarks/comparison/compare.py --model "$model" \
    --worker .build/release/EncodeWorker --command .build/release/sentence-transformers "$@"
# Options are for encoding; a run of some sets is no run of all.
[[ $# -gt 0 ]] || train
