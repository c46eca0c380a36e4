#!/usr/bin/env bash
# Checks that a program built without the trait Hub links no network code.
set -euo pipefail
cd "$(dirname "$0")/.."

# A folder of its own: the builds with and without traits would replace each other.
options=(-c release --product QuickStart --scratch-path .build-local --disable-default-traits)
swift build "${options[@]}" >&2
program=$(swift build "${options[@]}" --show-bin-path)/QuickStart
if readelf -d "$program" | grep -E "NEEDED.*(Networking|curl|XML)"; then
    echo "$program links network code" >&2
    exit 1
fi
if nm "$program" | grep -q -E "sh_sha256|sc_exchange"; then
    echo "$program links code of downloads" >&2
    exit 1
fi
echo "no network code in $program"
