// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// AMX: attention of one head over one text. Keys and values are packed into panels, and 32 query rows at a time are
// compared with all keys; exponentials are written directly as the parts that the product with the values reads.

typedef struct attention_room {
    size_t key_steps, value_panels; // of a head
    size_t key_panels, value_steps; // of a text
    size_t query_stride, probability_stride; // bytes of a row of codes
    size_t keys, values, queries, probabilities, scores; // bytes
} attention_room;

SK_INLINE attention_room measure(tile_kind kind, size_t length, size_t size) {
    const size_t key_panels = sk_ceil_div(length, SK_PANEL), value_panels = sk_ceil_div(size, SK_PANEL);
    const size_t key_steps = step_count(kind, size), value_steps = step_count(kind, length);
    const size_t step = part_count(kind) * SK_STEP_PANEL_BYTES;
    const size_t query_stride = code_stride(2 * size), probability_stride = code_stride(2 * length);
    return (attention_room){
        .key_steps = key_steps,
        .value_panels = value_panels,
        .key_panels = key_panels,
        .value_steps = value_steps,
        .query_stride = query_stride,
        .probability_stride = probability_stride,
        .keys = key_panels * key_steps * step,
        .values = value_panels * value_steps * step,
        .queries = part_count(kind) * SK_STRIP_ROWS * query_stride,
        .probabilities = part_count(kind) * SK_STRIP_ROWS * probability_stride,
        .scores = SK_STRIP_ROWS * key_panels * SK_PANEL * sizeof(float),
    };
}

SK_INLINE size_t amx_attention_scratch(tile_kind kind, size_t length, size_t size) {
    const attention_room room = measure(kind, length, size);
    return 64 + room.keys + room.values + room.queries + room.probabilities + room.scores;
}

// Kᵀ as panels of 32 keys: a lane holds neighbours in the head dimension, which are adjacent in K already.
SK_INLINE void pack_keys(const tile_kind kind, char *out, const sk_attention *t, attention_room room, char *row,
                         size_t plane) {
    const size_t step_bytes = part_count(kind) * SK_STEP_PANEL_BYTES;
    memset(out, 0, room.keys);
    for (size_t key = 0; key < t->length; key++) {
        split_row(kind, row, plane, t->k + key * t->k_stride, t->head_size);
        char *panel = out + key / SK_PANEL * room.key_steps * step_bytes + key % SK_PANEL * 4;
        for (size_t step = 0; step < room.key_steps; step++)
            for (size_t part = 0; part < part_count(kind); part++) {
                char *lane = panel + step * step_bytes + part * SK_STEP_PANEL_BYTES;
                const char *codes = row + part * plane + step * SK_STEP_BYTES;
#pragma clang loop unroll(full)
                for (int pair = 0; pair < 16; pair++) memcpy(lane + pair * SK_PANEL * 4, codes + pair * 4, 4);
            }
    }
}

// V as panels of 32 columns: a lane holds neighbouring tokens, one in the low and one in the high half.
SK_INLINE void pack_values(const tile_kind kind, char *out, const sk_attention *t, attention_room room) {
    const size_t step_bytes = part_count(kind) * SK_STEP_PANEL_BYTES;
    memset(out, 0, room.values);
    for (size_t token = 0; token < t->length; token += 2) {
        const float *low = t->v + token * t->v_stride;
        const float *high = token + 1 < t->length ? low + t->v_stride : NULL;
        SK_FOR_EACH_VECTOR(t->head_size) {
            vf x = SK_LOAD(low), y = high ? SK_LOAD(high) : vset(0.0f);
            char *lane = out + (i / SK_PANEL * room.value_steps + token / 32) * step_bytes + token % 32 / 2 * SK_PANEL * 4 +
                         i % SK_PANEL * 4;
            for (size_t part = 0; part < part_count(kind); part++, lane += SK_STEP_PANEL_BYTES) {
                const vu x_bits = __builtin_convertvector((vu16)_mm512_cvtneps_pbh((__m512)x), vu);
                const vu y_bits = __builtin_convertvector((vu16)_mm512_cvtneps_pbh((__m512)y), vu) << 16;
                *(vu *)lane = x_bits | y_bits;
                x -= (vf)(x_bits << 16);
                y -= (vf)y_bits;
            }
        }
    }
}

// exp((x - maximum) * scale) in parts, zeros after n; returns the sum of the exponentials.
SK_INLINE float split_exponentials(const tile_kind kind, char *out, size_t plane, const float *x, size_t n, float scale,
                                   float maximum) {
    const vf bias = vset(-maximum * scale), factor = vset(scale);
    vf sum = {0};
    SK_FOR_EACH_VECTOR(n) {
        vf e = vexp(vfma(SK_LOAD(x), factor, bias));
        for (size_t j = count; j < SK_WIDTH; j++) e[j] = 0.0f;
        split(kind, out + 2 * i, plane, e);
        sum += e;
    }
    const size_t written = sk_round_up(n, SK_WIDTH);
    for (size_t part = 0; part < part_count(kind); part++)
        memset(out + part * plane + 2 * written, 0, 2 * (sk_round_up(n, SK_STEP_BYTES / 2) - written));
    return vsum(sum);
}

SK_INLINE void amx_product(const tile_kind kind, size_t rows, tile_operands operands, size_t steps, float *sums,
                           size_t stride) {
    if (rows > 16)
        tile_product(kind, true, operands, steps, (char *)sums, stride * sizeof *sums, false);
    else
        tile_product(kind, false, operands, steps, (char *)sums, stride * sizeof *sums, false);
}

SK_INLINE void amx_attend(const tile_kind kind, const sk_attention *t) {
    const attention_room room = measure(kind, t->length, t->head_size);
    const size_t step_bytes = part_count(kind) * SK_STEP_PANEL_BYTES;
    char *keys = (char *)(((uintptr_t)t->scratch + 63) & ~(uintptr_t)63), *values = keys + room.keys;
    char *queries = values + room.values, *probabilities = queries + room.queries;
    float *scores = (float *)(probabilities + room.probabilities);
    const size_t query_plane = SK_STRIP_ROWS * room.query_stride;
    const size_t probability_plane = SK_STRIP_ROWS * room.probability_stride, score_stride = room.key_panels * SK_PANEL;
    pack_keys(kind, keys, t, room, queries, query_plane);
    pack_values(kind, values, t, room);
    size_t configured = 0;
    for (size_t first = 0; first < t->query_count; first += SK_STRIP_ROWS) {
        const size_t rows = sk_min(t->query_count - first, SK_STRIP_ROWS);
        if (rows != configured) configure_tiles(configured = rows);
        for (size_t r = 0; r < rows; r++)
            split_row(kind, queries + r * room.query_stride, query_plane, t->q + (first + r) * t->q_stride, t->head_size);
        // A step of values has as many tokens as a panel of keys, so both begin at the start of the range.
        const sk_key_range range = sk_keys_in_reach(t, first, rows, SK_PANEL);
        const size_t count = range.last - range.first, first_panel = range.first / SK_PANEL;
        for (size_t panel = first_panel; panel < sk_ceil_div(range.last, SK_PANEL); panel++)
            amx_product(kind, rows,
                        (tile_operands){.a = queries, .a_stride = room.query_stride, .a_plane = query_plane,
                                        .b = keys + panel * room.key_steps * step_bytes},
                        room.key_steps, scores + panel * SK_PANEL, score_stride);
        float reciprocal_sums[SK_STRIP_ROWS];
        for (size_t r = 0; r < rows; r++) {
            const float scale = sk_place_scores(t, scores + r * score_stride, first + r, range);
            const float *row = scores + r * score_stride + range.first;
            const float shift = row_shift(row, count);
            const float sum = split_exponentials(kind, probabilities + r * room.probability_stride, probability_plane,
                                                 row, count, scale, shift);
            reciprocal_sums[r] = sk_finish_row(t, first + r, shift * scale, sum);
        }
        for (size_t panel = 0; panel < room.value_panels; panel++) {
            float wide[SK_STRIP_ROWS * SK_PANEL];
            amx_product(kind, rows,
                        (tile_operands){.a = probabilities, .a_stride = room.probability_stride,
                                        .a_plane = probability_plane,
                                        .b = values + (panel * room.value_steps + first_panel) * step_bytes},
                        step_count(kind, count), wide, SK_PANEL);
            const size_t columns = sk_min(t->head_size - panel * SK_PANEL, SK_PANEL);
            for (size_t r = 0; r < rows; r++) {
                float *out = t->out + (first + r) * t->out_stride + panel * SK_PANEL;
                const float *sums = wide + r * SK_PANEL;
                SK_FOR_EACH_VECTOR(columns) SK_STORE(out, reciprocal_sums[r] * SK_LOAD(sums));
            }
        }
    }
    _tile_release();
}

#define SK_AMX_ATTENTION(suffix, kind)                                                                                 \
    static size_t attention_scratch_##suffix(size_t length, size_t size) {                                             \
        return amx_attention_scratch(kind, length, size);                                                              \
    }                                                                                                                  \
    static void attend_##suffix(const sk_attention *t) { amx_attend(kind, t); }

SK_AMX_ATTENTION(1, TILE_BF16)
SK_AMX_ATTENTION(2, TILE_BF16X2)
