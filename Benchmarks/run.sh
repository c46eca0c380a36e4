#!/usr/bin/env bash
# Compares this package with its peers; options go to comparison/compare.py. The peers are installed into a virtual
# environment in this script's folder.
set -euo pipefail
cd "$(dirname "$0")/.."
environment=Benchmarks/.venv
requirements=Benchmarks/comparison/requirements.txt
if [[ ! -f $environment/installed || $requirements -nt $environment/installed ]]; then
    python3 -m venv "$environment"
    "$environment/bin/python" -m pip install --quiet --requirement "$requirements"
    touch "$environment/installed"
fi
swift build -c release --product EncodeWorker >&2
swift build -c release --product sentence-transformers >&2
exec "$environment/bin/python" Benchmarks/comparison/compare.py --model "$(Scripts/fetch-model.sh)" \
    --worker .build/release/EncodeWorker --command .build/release/sentence-transformers "$@"
