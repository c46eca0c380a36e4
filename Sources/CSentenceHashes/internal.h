// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

#ifndef SH_INTERNAL_H
#define SH_INTERNAL_H

#include "CSentenceHashes.h"

#include <stdbool.h>

static inline uint32_t sh_load(const uint8_t *bytes) {
    return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static inline void sh_store(uint8_t *bytes, uint32_t word) {
    for (int i = 0; i < 4; i++) bytes[i] = (uint8_t)(word >> (24 - 8 * i));
}

// FIPS 180-4, 4.2.2.
extern const uint32_t sh_sha256_constants[64];

void sh_sha1_blocks(uint32_t *state, const uint8_t *blocks, size_t count);
void sh_sha256_blocks(uint32_t *state, const uint8_t *blocks, size_t count);

#if defined(__x86_64__)
bool sh_has_sha_instructions(void);
void sh_sha256_blocks_x86(uint32_t *state, const uint8_t *blocks, size_t count);
#endif

#endif
