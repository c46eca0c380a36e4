#!/usr/bin/env bash
# Runs the kernel checks of levels that this machine lacks (AVX-512, AMX) on an emulated processor.
#
#     BOCHS=/path/to/bochs BOCHS_SHARE=/path/to/share/bochs Scripts/test-emulated.sh [LEVEL …]
#
# Needs a Bochs of version 3 or later, configured with --enable-x86-64 --enable-avx --enable-evex --enable-amx
# --with-nogui, in whose processor "sapphire_rapids" two things may have to be mended: Linux hands out tiles only if CPUID
# leaf 13 announces XFD (with its two registers), and TDPBUSD has to take the bytes of its second operand as signed.
# A static build of the checks becomes the only program of a Linux system that boots there; minutes a level.
set -euo pipefail
cd "$(dirname "$0")/.."
: "${BOCHS:?names no emulator}" "${BOCHS_SHARE:?names no folder with the BIOS images of Bochs}"
[[ $# -gt 0 ]] || set -- avx2-vnni avx512 avx512-vnni avx512-bf16 amx

out=$(mktemp -d)
trap 'rm -rf "$out"' EXIT
mkdir -p "$out/root" "$out/disk/isolinux"
{ apt-get update && apt-get install --yes --no-install-recommends isolinux syslinux-common xorriso cpio &&
    (cd "$out" && apt-get download "$(apt-cache depends linux-image-amd64 | awk '/Depends: linux-image/ {print $2}')"); } \
    >"$out/install.log" 2>&1
dpkg -x "$out"/linux-image-*.deb "$out/kernel"
cp "$out"/kernel/boot/vmlinuz-* "$out/disk/vmlinuz"
cp /usr/lib/ISOLINUX/isolinux.bin /usr/lib/syslinux/modules/bios/ldlinux.c32 "$out/disk/isolinux/"

clang -std=c11 -O2 -Wall -Wextra -Werror -Wno-psabi -static -ISources/CSentenceKernels/include \
    -ITests/CSentenceKernelChecks/include Sources/CSentenceKernels/*.c Tests/CSentenceKernelChecks/*.c \
    Tests/CSentenceKernelChecks/standalone/main.c -lm -o "$out/root/checks"
# The first process: runs the checks, copies what they print to the emulator's console port and switches off.
cat >"$out/init.c" <<'C'
#include <stdio.h>
#include <sys/io.h>
#include <sys/wait.h>
#include <unistd.h>

static void print(const char *text) {
    for (; *text; text++) outb((unsigned char)*text, 0xe9);
}

int main(void) {
    int ends[2], status = 0;
    char line[256] = {0};
    if (iopl(3) || pipe(ends)) return 1;
    if (fork() == 0) {
        dup2(ends[1], 1), dup2(ends[1], 2), close(ends[0]);
        execl("/checks", "/checks", LEVELS, (char *)0);
        _exit(127);
    }
    for (close(ends[1]); read(ends[0], line, 1) == 1;) print(line);
    wait(&status);
    snprintf(line, sizeof line, "checks ended with status %d\n", status);
    print(line);
    for (const char *c = "Shutdown"; *c; c++) outb((unsigned char)*c, 0x8900);
    for (;;) pause();
}
C
levels=$(printf '"%s",' "$@")
clang -O1 -static "-DLEVELS=${levels%,}" "$out/init.c" -o "$out/root/init"
(cd "$out/root" && find . | cpio -o -H newc --quiet) >"$out/disk/initrd"
# Some string instructions and paging features trip the emulator while Linux boots; the checks need none of them.
cat >"$out/disk/isolinux/isolinux.cfg" <<'C'
DEFAULT linux
PROMPT 0
TIMEOUT 1
LABEL linux
 KERNEL /vmlinuz
 APPEND initrd=/initrd console=ttyS0 nokaslr no5lvl lsm=none init_on_alloc=0 panic=-1 acpi=off clearcpuid=297,580,smap,smep,invpcid,pcid
C
xorriso -as mkisofs -quiet -o "$out/disk.iso" -b isolinux/isolinux.bin -c isolinux/boot.cat -no-emul-boot \
    -boot-load-size 4 -boot-info-table "$out/disk" 2>/dev/null
cat >"$out/bochsrc" <<C
display_library: nogui
cpu: model=sapphire_rapids, count=1, ips=100000000, exclude_features="la57,cet,uintr,pks,pku,pcid"
memory: guest=512, host=512
romimage: file=$BOCHS_SHARE/BIOS-bochs-latest
vgaromimage: file=$BOCHS_SHARE/VGABIOS-lgpl-latest.bin
ata0-master: type=cdrom, path=$out/disk.iso, status=inserted
boot: cdrom
log: $out/log
port_e9_hack: enabled=1
com1: enabled=1, mode=file, dev=$out/serial
clock: sync=none
C
echo c | "$BOCHS" -q -f "$out/bochsrc" 2>&1 | tr -d '\000' | tee "$out/console" | grep -aE "passed|: " || true
grep -aq "checks ended with status 0" "$out/console"
