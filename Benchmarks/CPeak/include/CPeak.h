// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// What a core gives at most, to compare kernels with.

#ifndef CPEAK_H
#define CPEAK_H

/// Floating-point operations of `cpeak_run(level, rounds)`.
double cpeak_operations(int level, long rounds);

/// Runs independent fused multiply-adds from registers with the vectors of a level of CSentenceKernels, which the
/// machine must have; the result depends on all of them.
float cpeak_run(int level, long rounds);

#endif
