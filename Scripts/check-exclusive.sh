#!/usr/bin/env bash
# Checks that the compiler keeps readers out of a model while training changes it: a program that reads it then is refused,
# and the same program without that line is not. Needs a release build.
set -euo pipefail
cd "$(dirname "$0")/.."

modules=$(swift build -c release --show-bin-path)/Modules
# SwiftPM calls a root package as its folder.
package=$(basename "$PWD" | tr 'A-Z' 'a-z' | tr -c 'a-z0-9\n' _)
maps=()
for map in "$modules"/../CSentence*.build/module.modulemap; do maps+=(-Xcc "-fmodule-map-file=$map"); done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Compiles a program whose step does what $1 says.
compile() {
    cat > "$work/main.swift" << END
import Foundation
import SentenceTensors
import SentenceTransformers

func train(_ model: consuming SentenceTransformer) throws -> SentenceTransformer {
    var training = TrainableModel(model)
    try training.step { model in
        let embeddings = try $1.features(of: [TokenizerInput("a text")]).sentenceEmbedding
        return embeddings == nil ? ParameterValues() : ParameterValues()
    }
    return try training.finish()
}
END
    swiftc -emit-sil -o "$work/main.sil" -swift-version 6 -package-name "$package" -I "$modules" "${maps[@]}" \
        "$work/main.swift" 2> "$work/errors"
}

if ! compile model; then
    echo "a step that reads the model that it is given does not compile:" >&2
    cat "$work/errors" >&2
    exit 1
fi
if compile training; then
    echo "a step reads the model while it is changed, and the compiler accepts it" >&2
    exit 1
fi
if ! grep -q "overlapping accesses to 'training'" "$work/errors"; then
    echo "the compiler refuses a step for another reason than reading what it changes:" >&2
    cat "$work/errors" >&2
    exit 1
fi
echo "the compiler refuses to read a model while training changes it"
