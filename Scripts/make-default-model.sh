#!/usr/bin/env bash
# Makes the model that is part of the program once more, in about five minutes, and prints how good it is: all-MiniLM-L6-v2,
# distilled and trained on texts of random words. The same machine makes the same bits; others round a little otherwise.
set -euo pipefail
cd "$(dirname "$0")/.."

swift build -c release --product sentence-transformers >&2
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
.build/release/sentence-transformers distill --model "$(Scripts/fetch-model.sh)" --generate 400000 --dimensions 240 \
    --layout model2vec --dtype int8 --output "$scratch/model"
for file in model.safetensors tokenizer.json; do
    install -m 644 "$scratch/model/$file" "Sources/CSentenceDefaultModel/$file"
done
make default-model
