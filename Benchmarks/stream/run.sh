#!/usr/bin/env bash
# Encodes a million lines from a pipe, and prints memory use and when the first result arrived; options go to stream.py.
set -euo pipefail
cd "$(dirname "$0")/../.."
exec python3 Benchmarks/stream/stream.py --command .build/release/sentence-transformers "$@"
