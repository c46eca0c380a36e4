// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// Checks of one kernel table against the portable one. Written in C so that the same checks run from the
// Swift tests and, cross-compiled, under an emulator (Scripts/test-neon.sh).

#ifndef CSENTENCEKERNELCHECKS_H
#define CSENTENCEKERNELCHECKS_H

#include "CSentenceKernels.h"

/// The number of checks, and their names.
size_t skc_count(void);
const char *skc_name(size_t check);

/// Runs a check; false, and the first failure in `message`, if it does not hold.
bool skc_run(size_t check, const sk_kernels *kernels, char *message, size_t capacity);

/// The vector kernels compiled with the tile of another level, so that its logic is tested on machines
/// that lack its instructions: vectors of 4 floats as on NEON, of 16 as on AVX-512. Null on x86-64 without AVX2.
const sk_kernels *skc_shape(size_t vector_width);

#endif
