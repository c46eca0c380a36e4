// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// What both hashes share: whole blocks are processed in place, the rest is buffered, and the length ends the message.

#include "internal.h"

#include <string.h>

sh_hash sh_sha1(void) {
    return (sh_hash){
        .compress = sh_sha1_blocks,
        .state = {0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476, 0xc3d2e1f0},
        .word_count = 5,
    };
}

sh_hash sh_sha256_portable(void) {
    return (sh_hash){
        .compress = sh_sha256_blocks,
        .state = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a, 0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19},
        .word_count = 8,
    };
}

sh_hash sh_sha256(void) {
    sh_hash hash = sh_sha256_portable();
#if defined(__x86_64__)
    if (sh_has_sha_instructions()) hash.compress = sh_sha256_blocks_x86;
#endif
    return hash;
}

void sh_update(sh_hash *hash, const void *bytes, size_t count) {
    if (count == 0) return;
    const uint8_t *next = bytes;
    size_t waiting = hash->byte_count % SH_BLOCK_SIZE;
    hash->byte_count += count;
    if (waiting > 0) {
        size_t taken = SH_BLOCK_SIZE - waiting < count ? SH_BLOCK_SIZE - waiting : count;
        memcpy(hash->rest + waiting, next, taken);
        next += taken;
        count -= taken;
        if (waiting + taken < SH_BLOCK_SIZE) return;
        hash->compress(hash->state, hash->rest, 1);
    }
    hash->compress(hash->state, next, count / SH_BLOCK_SIZE);
    memcpy(hash->rest, next + count / SH_BLOCK_SIZE * SH_BLOCK_SIZE, count % SH_BLOCK_SIZE);
}

size_t sh_finish(sh_hash *hash, uint8_t *digest) {
    static const uint8_t padding[SH_BLOCK_SIZE] = {0x80};
    const uint64_t bit_count = hash->byte_count * 8;
    uint8_t length[8];
    sh_store(length, (uint32_t)(bit_count >> 32));
    sh_store(length + 4, (uint32_t)bit_count);
    // A one bit, then zeros until the length completes a block.
    const size_t waiting = hash->byte_count % SH_BLOCK_SIZE;
    sh_update(hash, padding, (waiting < SH_BLOCK_SIZE - 8 ? 1 : 2) * SH_BLOCK_SIZE - 8 - waiting);
    sh_update(hash, length, sizeof length);
    for (size_t i = 0; i < hash->word_count; i++) sh_store(digest + 4 * i, hash->state[i]);
    return 4 * hash->word_count;
}
