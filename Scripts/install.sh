#!/usr/bin/env bash
# Installs the command, its manual page and the completions of bash, zsh and fish.
#
#   install.sh BINARY          below PREFIX (/usr/local), inside DESTDIR if it is set
set -euo pipefail

binary=${1:?the binary, such as .build/release/sentence-transformers}
prefix=${DESTDIR:-}${PREFIX:-/usr/local}
name=sentence-transformers
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# Puts the file $1 at $2 below the prefix, with the permissions $3.
put() {
    mkdir -p "$prefix/$(dirname "$2")"
    install -m "$3" "$1" "$prefix/$2"
    echo "$prefix/$2"
}

put "$binary" "bin/$name" 755
for shell in bash zsh fish; do
    "$binary" --generate-completion-script "$shell" > "$work/$shell"
done
put "$work/bash" "share/bash-completion/completions/$name" 644
put "$work/zsh" "share/zsh/site-functions/_$name" 644
put "$work/fish" "share/fish/vendor_completions.d/$name.fish" 644
if command -v python3 > /dev/null; then
    "$(dirname "$0")/make-manual.py" "$binary" > "$work/manual"
    put "$work/manual" "share/man/man1/$name.1" 644
else
    echo "install: python3 is missing, so there is no manual page" >&2
fi
