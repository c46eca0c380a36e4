#!/usr/bin/env bash
# Compiles the kernels for 64-bit Arm and runs their checks there, or in an emulator.
# Needs clang (the Swift toolchain has it) and, off Arm, Debian's cross libraries and qemu-user, which it installs.
set -euo pipefail
cd "$(dirname "$0")/.."

out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
sources=(Sources/CSentenceKernels/*.c Tests/CSentenceKernelChecks/*.c Tests/CSentenceKernelChecks/standalone/main.c)
options=(-std=c11 -O2 -Wall -Wextra -Werror -ISources/CSentenceKernels/include -ITests/CSentenceKernelChecks/include)

if [[ $(uname -m) == aarch64 || $(uname -m) == arm64 ]]; then
    clang "${options[@]}" "${sources[@]}" -lm -o "$out/checks"
    "$out/checks"
    exit
fi

if ! command -v qemu-aarch64 >/dev/null || [[ ! -d /usr/aarch64-linux-gnu/include ]]; then
    echo "installing qemu-user and the cross libraries" >&2
    { apt-get update && apt-get install --yes --no-install-recommends qemu-user gcc-aarch64-linux-gnu \
        libc6-dev-arm64-cross; } >"$out/install.log" 2>&1 || {
        tail -n 3 "$out/install.log" >&2
        echo "cannot install qemu-user, gcc-aarch64-linux-gnu and libc6-dev-arm64-cross; install them by hand" >&2
        exit 1
    }
fi
clang --target=aarch64-linux-gnu --gcc-toolchain=/usr --ld-path=/usr/bin/aarch64-linux-gnu-ld -static \
    -isystem /usr/aarch64-linux-gnu/include "${options[@]}" "${sources[@]}" -lm -o "$out/checks"
qemu-aarch64 "$out/checks" neon neon-dotprod neon-i8mm
