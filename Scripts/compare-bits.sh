#!/usr/bin/env bash
# Compares the results of two builds of the command, bit by bit: every fixture model, every level of kernels that the
# machine has, every precision. For a change that must not change a number.
#
#     Scripts/compare-bits.sh BEFORE NOW
set -euo pipefail
cd "$(dirname "$0")/.."
before=$1 now=$2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

python3 - "$work" << 'END'
import json, pathlib, sys
fixture = json.loads(pathlib.Path("Tests/Fixtures/models/texts.json").read_text())
work = pathlib.Path(sys.argv[1])
work.joinpath("texts.txt").write_text("".join(text.replace("\n", " ") + "\n" for text in fixture["texts"]))
work.joinpath("pairs.jsonl").write_text("".join(json.dumps(pair) + "\n" for pair in fixture["pairs"]))
END

# What one build gives for one model, with the status where it gives nothing.
results() {
    local verb=encode input=$work/texts.txt
    if [[ $2 == */cross_encoders/* ]]; then verb=predict input=$work/pairs.jsonl; fi
    "$1" "$verb" --model "$2" --input "$input" --compute "$3" --quiet 2> /dev/null || echo "status $?"
}

compared=0 differing=0
levels=(portable avx2 avx512 avx512-vnni avx512-bf16 amx neon)
for level in "${levels[@]}"; do
    export SENTENCE_KERNELS=$level
    [[ $("$now" info --json --model Tests/Fixtures/models/mean 2> /dev/null | sed -n 's/.*"kernels": "\([^"]*\)".*/\1/p') == "$level" ]] || continue
    for config in Tests/Fixtures/{models,architectures,modules,words,sparse,cross_encoders,vectors}/*/; do
        model=$PWD/${config%/}
        for compute in float32 float32-highest bfloat16 int8; do
            compared=$((compared + 1))
            if ! cmp -s <(results "$before" "$model" "$compute") <(results "$now" "$model" "$compute"); then
                differing=$((differing + 1))
                echo "$level, $compute: ${config%/} differs" >&2
            fi
        done
    done
done
echo "$compared results compared, $differing differ"
((compared > 0 && differing == 0))
