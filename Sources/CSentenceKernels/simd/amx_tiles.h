// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// AMX: the product of up to 32 rows with 32 columns; its four tiles of sums stay in registers over all of k.
//
// A tile is 16 rows of 64 bytes. Rows of A are plain codes; for every 64 bytes of a row of A (32 bfloat16 numbers or 64
// bytes), the panel of B holds 16 rows of 32 lanes of 4 bytes, each lane with neighbours in k of one column. With
// several parts, a block of k holds the tiles of each part of B one after another, and A has one plane for each part.
//
// Intel, Architectures Optimization Reference Manual, chapter "Intel Advanced Matrix Extensions".

// The number of bytes of a row of A, and of a panel of B, that one tile product consumes.
#define SK_STEP_BYTES 64
#define SK_STEP_PANEL_BYTES (16 * SK_PANEL * 4)
// The number of steps whose part of A and of the panel stay close to the core; for larger k, sums are kept in C.
#define SK_STEPS 16
#define SK_STRIP_ROWS 32

// What a product multiplies: one to three bfloat16 parts, or bytes.
typedef enum tile_kind { TILE_BF16 = 1, TILE_BF16X2 = 2, TILE_BF16X3 = 3, TILE_INT8 = 0 } tile_kind;

SK_INLINE size_t part_count(tile_kind kind) { return kind == TILE_INT8 ? 1 : (size_t)kind; }

// Tiles 0 ... 3 hold sums, 4 and 5 rows of A, 6 and 7 columns of B.
static void configure_tiles(size_t rows) {
    struct {
        uint8_t palette, start_row, reserved[14];
        uint16_t row_bytes[16];
        uint8_t rows[16];
    } configuration = {.palette = 1};
    const size_t first = sk_min(rows, 16), second = rows > 16 ? rows - 16 : 1;
    const size_t heights[8] = {first, first, second, second, first, second, 16, 16};
    for (int i = 0; i < 8; i++) configuration.row_bytes[i] = SK_STEP_BYTES, configuration.rows[i] = (uint8_t)heights[i];
    _tile_loadconfig(&configuration);
}

// One row or column operand: rows of A from a plane, columns of B from a part.
typedef struct tile_operands {
    const char *a; // part 0 of the strip's first row
    size_t a_stride; // bytes
    size_t a_plane; // bytes from a part to the next
    const char *b;
} tile_operands;

// sums[rows, 32] = A · panel, or += with `add`: 4-byte sums, with rows `stride` bytes apart. The tiles are configured
// for the number of rows; `tall` says that there are more than 16.
SK_INLINE void tile_product(const tile_kind kind, const bool tall, tile_operands t, size_t steps, char *sums,
                            size_t stride, bool add) {
    if (add) {
        _tile_loadd(0, sums, stride);
        _tile_loadd(1, sums + 64, stride);
        if (tall) _tile_loadd(2, sums + 16 * stride, stride);
        if (tall) _tile_loadd(3, sums + 16 * stride + 64, stride);
    } else {
        _tile_zero(0);
        _tile_zero(1);
        if (tall) _tile_zero(2);
        if (tall) _tile_zero(3);
    }
#define SK_LOAD_A(part)                                                                                                \
    do {                                                                                                               \
        _tile_loadd(4, t.a + (part) * t.a_plane, t.a_stride);                                                          \
        if (tall) _tile_loadd(5, t.a + (part) * t.a_plane + 16 * t.a_stride, t.a_stride);                              \
    } while (0)
#define SK_LOAD_B(part)                                                                                                \
    do {                                                                                                               \
        _tile_loadd(6, t.b + (part) * SK_STEP_PANEL_BYTES, 2 * SK_STEP_BYTES);                                         \
        _tile_loadd(7, t.b + (part) * SK_STEP_PANEL_BYTES + SK_STEP_BYTES, 2 * SK_STEP_BYTES);                         \
    } while (0)
#define SK_MULTIPLY(instruction)                                                                                       \
    do {                                                                                                               \
        instruction(0, 4, 6);                                                                                          \
        instruction(1, 4, 7);                                                                                          \
        if (tall) instruction(2, 5, 6);                                                                                \
        if (tall) instruction(3, 5, 7);                                                                                \
    } while (0)
    for (; steps > 0; steps--) {
        // Each product shares an operand with the one before it. With two parts, low times low is omitted; with three,
        // everything below the 24 bits of float32.
        if (kind == TILE_INT8) {
            SK_LOAD_A(0);
            SK_LOAD_B(0);
            SK_MULTIPLY(_tile_dpbusd);
        } else if (kind == TILE_BF16) {
            SK_LOAD_A(0);
            SK_LOAD_B(0);
            SK_MULTIPLY(_tile_dpbf16ps);
        } else if (kind == TILE_BF16X2) {
            SK_LOAD_A(1);
            SK_LOAD_B(0);
            SK_MULTIPLY(_tile_dpbf16ps);
            SK_LOAD_A(0);
            SK_MULTIPLY(_tile_dpbf16ps);
            SK_LOAD_B(1);
            SK_MULTIPLY(_tile_dpbf16ps);
        } else {
            SK_LOAD_A(2);
            SK_LOAD_B(0);
            SK_MULTIPLY(_tile_dpbf16ps);
            SK_LOAD_A(0);
            SK_MULTIPLY(_tile_dpbf16ps);
            SK_LOAD_B(2);
            SK_MULTIPLY(_tile_dpbf16ps);
            SK_LOAD_B(1);
            SK_MULTIPLY(_tile_dpbf16ps);
            SK_LOAD_A(1);
            SK_MULTIPLY(_tile_dpbf16ps);
            SK_LOAD_B(0);
            SK_MULTIPLY(_tile_dpbf16ps);
        }
        // Prefetches the panel of the step after the next one: with few rows, a product waits for its weights.
        const char *ahead = t.b + 2 * part_count(kind) * SK_STEP_PANEL_BYTES;
#pragma clang loop unroll(full)
        for (size_t line = 0; line < part_count(kind) * SK_STEP_PANEL_BYTES; line += 64) __builtin_prefetch(ahead + line);
        t.a += SK_STEP_BYTES;
        t.b += part_count(kind) * SK_STEP_PANEL_BYTES;
    }
#undef SK_LOAD_A
#undef SK_LOAD_B
#undef SK_MULTIPLY
    _tile_stored(0, sums, stride);
    _tile_stored(1, sums + 64, stride);
    if (tall) _tile_stored(2, sums + 16 * stride, stride);
    if (tall) _tile_stored(3, sums + 16 * stride + 64, stride);
}

// The parts of 16 numbers: what rounding leaves of a number is its next part. Each part goes to its plane.
SK_INLINE void split(const tile_kind kind, char *out, size_t plane, vf x) {
    for (size_t part = 0; part < part_count(kind); part++, out += plane) {
        const __m256bh rounded = _mm512_cvtneps_pbh((__m512)x);
        _mm256_storeu_si256((__m256i *)out, (__m256i)rounded);
        if (part + 1 < part_count(kind)) x -= (vf)(__builtin_convertvector((vu16)rounded, vu) << 16);
    }
}

// A row of A in its parts, padded with zeros after k to a full step.
SK_INLINE void split_row(const tile_kind kind, char *out, size_t plane, const float *a, size_t k) {
    SK_FOR_EACH_VECTOR(k) split(kind, out + 2 * i, plane, SK_LOAD(a));
    const size_t written = sk_round_up(k, SK_WIDTH);
    for (size_t part = 0; part < part_count(kind); part++)
        memset(out + part * plane + 2 * written, 0, 2 * (sk_round_up(k, SK_STEP_BYTES / 2) - written));
}

// The distance in bytes between rows of codes: an odd number of cache lines, so that rows do not share cache sets.
SK_INLINE size_t code_stride(size_t bytes) { return sk_round_up(bytes, SK_STEP_BYTES) | SK_STEP_BYTES; }
