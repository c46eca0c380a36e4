#!/usr/bin/env bash
# Prints the path of a file with English sentences and definitions, one a line, for measuring models on texts that none was
# trained on: the glosses of WordNet 3.0 (Princeton University), from Debian's package wordnet-base.
#
#   fetch-texts.sh [sentences|definitions]
set -euo pipefail

kind=${1:-sentences}
folder=${XDG_CACHE_HOME:-$HOME/.cache}/swift-sentence-transformers/wordnet
if [ ! -s "$folder/$kind.txt" ]; then
    scratch=$(mktemp -d)
    trap 'rm -rf "$scratch"' EXIT
    (cd "$scratch" && { apt-get download wordnet-base || { apt-get update && apt-get download wordnet-base; }; }) >&2
    dpkg -x "$scratch"/wordnet-base_*.deb "$scratch/files"
    mkdir -p "$folder"
    python3 - "$scratch/files/usr/share/wordnet" "$folder" <<'END'
import pathlib, random, re, sys

found = {"sentences": set(), "definitions": set()}
for file in sorted(pathlib.Path(sys.argv[1]).glob("data.*")):
    for line in file.read_text(encoding="latin-1").splitlines():
        gloss = "" if line.startswith("  ") else line.partition(" | ")[2].strip()
        found["sentences"].update(re.findall(r'"([^"]+)"', gloss))
        found["definitions"].add(gloss.partition(";")[0].strip())
for kind, texts in found.items():
    kept = sorted(text for text in texts if len(text.split()) >= 4 and '"' not in text)
    random.Random(1).shuffle(kept)
    (pathlib.Path(sys.argv[2]) / f"{kind}.txt").write_text("\n".join(kept[:10_000]) + "\n", encoding="utf-8")
END
fi
echo "$folder/$kind.txt"
