// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// SHA-1 and SHA-256 (FIPS 180-4) of bytes that arrive in pieces.
//
// No allocation, and no state except the caller's `sh_hash`. The hashes show whether a file arrived intact; they
// process no secrets, so nothing is wiped.

#ifndef CSENTENCEHASHES_H
#define CSENTENCEHASHES_H

#include <stddef.h>
#include <stdint.h>

#if defined(__clang__)
#pragma clang assume_nonnull begin
#endif

#define SH_BLOCK_SIZE 64
#define SH_LONGEST_DIGEST 32

/// A hash being computed. A copy can be continued independently.
typedef struct sh_hash {
    /// Processes so many whole blocks into `state`.
    void (*compress)(uint32_t *state, const uint8_t *blocks, size_t count);
    uint32_t state[8];
    /// The number of words of `state` in the digest.
    size_t word_count;
    /// The number of bytes so far; those after the last whole block are in `rest`.
    uint64_t byte_count;
    uint8_t rest[SH_BLOCK_SIZE];
} sh_hash;

sh_hash sh_sha1(void);
/// SHA-256, with the processor's instructions for it if there are any.
sh_hash sh_sha256(void);
/// SHA-256 in plain C, which tests compare with the other one.
sh_hash sh_sha256_portable(void);

void sh_update(sh_hash *hash, const void *bytes, size_t count);

/// Writes the digest of everything added, at most `SH_LONGEST_DIGEST` bytes, and returns its length. `hash` must not be
/// used afterwards.
size_t sh_finish(sh_hash *hash, uint8_t *digest);

#if defined(__clang__)
#pragma clang assume_nonnull end
#endif

#endif
