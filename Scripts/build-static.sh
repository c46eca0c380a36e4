#!/usr/bin/env bash
# Builds the command line as one file that needs no Swift on the machine, only the system's own libraries.
# libcurl is one of them, and is looked for only when something is downloaded.
set -euo pipefail
cd "$(dirname "$0")/.."

options=(-c release --product sentence-transformers --static-swift-stdlib)
# Without the table of symbols, a third of the file.
[[ $(uname -s) != Linux ]] || options+=(-Xlinker --strip-all)
exec swift build "${options[@]}" "$@"
