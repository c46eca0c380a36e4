// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// Runs all checks over all levels of a machine without Swift: for cross-compiled builds under an emulator.

#include "CSentenceKernelChecks.h"

#include <stdio.h>
#include <string.h>

static size_t run_all(const sk_kernels *kernels) {
    size_t failures = 0;
    char message[512];
    for (size_t check = 0; check < skc_count(); check++) {
        if (skc_run(check, kernels, message, sizeof message)) continue;
        failures++;
        printf("%s: %s: %s\n", kernels->name, skc_name(check), message);
    }
    printf("%s: %zu passed, %zu failed\n", kernels->name, skc_count() - failures, failures);
    return failures;
}

// Without arguments all levels of the machine are checked; else those that the arguments name, which must be there.
int main(int count, char **names) {
    size_t failures = 0;
    int found = 0;
    for (int level = SK_LEVEL_PORTABLE; level < SK_LEVEL_COUNT; level++) {
        const sk_kernels *kernels = sk_kernels_at((sk_level)level);
        if (!kernels) continue;
        bool named = count == 1;
        for (int i = 1; i < count; i++) named = named || strcmp(names[i], kernels->name) == 0;
        if (!named) continue;
        found++;
        failures += run_all(kernels);
        fflush(stdout);
    }
    if (count > 1 && found < count - 1) printf("%d of the levels that were asked for are not there\n", count - 1 - found);
    return failures != 0 || found < count - 1;
}
