#!/usr/bin/env bash
# Builds the command line as one file that needs no Swift on the machine, only the system's own libraries.
# Foundation's network code uses the system's libcurl, whose name for linkers comes with a development package that
# most machines lack; a link beside the build stands in for it. With --disable-default-traits there is no network code,
# and no libcurl is needed.
set -euo pipefail
cd "$(dirname "$0")/.."

options=(-c release --product sentence-transformers --static-swift-stdlib)
if [[ $(uname -s) == Linux ]]; then
    names=$PWD/.build/system-libraries
    mkdir -p "$names"
    for library in /usr/lib/*-linux-gnu/libcurl.so.4 /usr/lib64/libcurl.so.4 /usr/lib/libcurl.so.4; do
        [[ ! -e $library ]] || ln -sf "$library" "$names/libcurl.so"
    done
    # Without the table of symbols, a third of the file.
    options+=(-Xlinker "-L$names" -Xlinker --strip-all)
fi
exec swift build "${options[@]}" "$@"
