// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// SHA-1 and SHA-256 (FIPS 180-4) of bytes that come in pieces.
//
// No allocation and no state but that of the caller's `sh_hash`. They tell whether a file arrived whole; nothing secret
// passes through them, so nothing is wiped.

#ifndef CSENTENCEHASHES_H
#define CSENTENCEHASHES_H

#include <stddef.h>
#include <stdint.h>

#if defined(__clang__)
#pragma clang assume_nonnull begin
#endif

#define SH_BLOCK_SIZE 64
#define SH_LONGEST_DIGEST 32

/// A hash on its way. A copy goes on by itself.
typedef struct sh_hash {
    /// Takes so many whole blocks into `state`.
    void (*compress)(uint32_t *state, const uint8_t *blocks, size_t count);
    uint32_t state[8];
    /// Words of `state` that the digest consists of.
    size_t word_count;
    /// Bytes so far; those beyond the last whole block wait in `rest`.
    uint64_t byte_count;
    uint8_t rest[SH_BLOCK_SIZE];
} sh_hash;

sh_hash sh_sha1(void);
/// SHA-256 with the instructions that the processor has for it.
sh_hash sh_sha256(void);
/// SHA-256 in plain C, which tests compare with the other.
sh_hash sh_sha256_portable(void);

void sh_update(sh_hash *hash, const void *bytes, size_t count);

/// Writes the digest of all that came, at most `SH_LONGEST_DIGEST` bytes, and returns its length. `hash` is used up.
size_t sh_finish(sh_hash *hash, uint8_t *digest);

#if defined(__clang__)
#pragma clang assume_nonnull end
#endif

#endif
