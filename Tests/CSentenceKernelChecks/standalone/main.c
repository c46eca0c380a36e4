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

// The arguments name levels that must be there.
int main(int count, char **names) {
    size_t failures = 0;
    for (int level = SK_LEVEL_PORTABLE; level < SK_LEVEL_COUNT; level++) {
        const sk_kernels *kernels = sk_kernels_at((sk_level)level);
        if (!kernels) continue;
        failures += run_all(kernels);
        for (int i = 1; i < count; i++)
            if (names[i] && strcmp(names[i], kernels->name) == 0) names[i] = NULL;
    }
    for (int i = 1; i < count; i++)
        if (names[i]) failures++, printf("%s: this machine lacks it\n", names[i]);
    return failures != 0;
}
