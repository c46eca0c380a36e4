#!/usr/bin/env bash
# Builds the documentation of the library into .build/documentation; a link that leads nowhere is an error.
set -euo pipefail
cd "$(dirname "$0")/.."

# With the flag that debug builds want, so that they share this one.
exec swift package -Xcc -O2 --allow-writing-to-directory .build/documentation \
    generate-documentation --target SentenceTransformers --warnings-as-errors --output-path .build/documentation
