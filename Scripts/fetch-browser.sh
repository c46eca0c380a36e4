#!/usr/bin/env bash
# Prints the path of Chromium, the only line on standard output; installs it from Debian's packages if it is missing and
# this user may. Prints nothing if there is none.
set -euo pipefail
find_browser() { command -v chromium || command -v chromium-browser || command -v google-chrome; }
if ! find_browser; then
    echo "installing chromium" >&2
    { apt-get update && apt-get install --yes --no-install-recommends chromium; } >/dev/null 2>&1 ||
        echo "cannot install chromium; pages are not looked at in a browser" >&2
    find_browser || true
fi
