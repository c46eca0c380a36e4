#!/usr/bin/env bash
# Builds the documentation of the library into .build/documentation; a link that leads nowhere is an error.
#
# It shows what `import SentenceTransformers` brings, whichever of our modules it stands in. The plugin for SwiftPM knows one
# module only, so the symbols are extracted here.
set -euo pipefail
cd "$(dirname "$0")/.."

# With the flag that debug builds want, so that they share this one.
swift build -Xcc -O2 --target SentenceTransformers
build=$(swift build -Xcc -O2 --show-bin-path)
symbols=.build/documentation-symbols
rm -rf "$symbols"
mkdir -p "$symbols"

target=$(swift -print-target-info | python3 -c 'import json, sys; print(json.load(sys.stdin)["target"]["triple"])')
options=(-module-name SentenceTransformers -target "$target" -I "$build/Modules")
for map in "$build"/*.build/module.modulemap; do
    options+=(-Xcc "-fmodule-map-file=$map")
done
swift symbolgraph-extract "${options[@]}" -output-dir "$symbols" -minimum-access-level public -emit-extension-block-symbols \
    -experimental-allowed-reexported-modules=SentenceSearch,SentenceTokenizers,SentenceFiles,SentenceEncoders,SentenceHub

exec docc convert Sources/SentenceTransformers/SentenceTransformers.docc --additional-symbol-graph-dir "$symbols" \
    --fallback-display-name SentenceTransformers --fallback-bundle-identifier SentenceTransformers \
    --warnings-as-errors --output-path .build/documentation
