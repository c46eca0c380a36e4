// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// The peak performance of a core, to compare kernels with.

#ifndef CPEAK_H
#define CPEAK_H

/// The unit that computes: fused multiply-adds on vectors of 4, 8 or 16 floats in registers, dot products of two bfloat16
/// or four bytes in each of 8 or 16 lanes, or AMX tiles from the L1 cache in a process to which the system has granted the
/// tiles.
typedef enum cpeak_unit {
    CPEAK_FMA_4,
    CPEAK_FMA_8,
    CPEAK_FMA_16,
    CPEAK_DOT_BF16_16,
    CPEAK_DOT_INT8_8,
    CPEAK_DOT_INT8_16,
    CPEAK_AMX_BF16,
    CPEAK_AMX_INT8,
} cpeak_unit;

/// The number of operations of `cpeak_run(unit, rounds)`, where a multiply-add counts as two.
double cpeak_operations(cpeak_unit unit, long rounds);

/// Runs independent multiply-adds on a unit, which the machine must have; the result depends on all of them.
float cpeak_run(cpeak_unit unit, long rounds);

#endif
