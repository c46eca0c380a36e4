// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// Attention of one head over one text in bfloat16, for levels with a dot product of it: keys and values are panels as
// those of a product, and a few rows of queries at a time are compared with all keys. Exponentials are written as the
// codes that the product with the values reads.

typedef struct attention_layout {
    size_t key_panels, value_panels;
    size_t key_panel, value_panel; // bytes
    size_t padded_length; // a whole number of panels, for scores and probabilities
    size_t query_codes; // of a row
} attention_layout;

SK_INLINE attention_layout bf16_attention_layout(size_t length, size_t size) {
    const size_t key_panels = sk_ceil_div(length, SK_PANEL);
    return (attention_layout){
        .key_panels = key_panels,
        .value_panels = sk_ceil_div(size, SK_PANEL),
        .key_panel = bf16_panel_size(size),
        .value_panel = bf16_panel_size(length),
        .padded_length = key_panels * SK_PANEL,
        .query_codes = sk_round_up(size, SK_GROUP),
    };
}

static size_t attention_scratch_bf16(size_t length, size_t size) {
    const attention_layout layout = bf16_attention_layout(length, size);
    const size_t row = layout.padded_length * (sizeof(float) + sizeof(bf16_code)) + layout.query_codes * sizeof(bf16_code);
    return layout.key_panels * layout.key_panel + layout.value_panels * layout.value_panel + SK_TILE_ROWS * row;
}

// The codes of e^((x - maximum) * scale) of whole vectors of scores, and the sum of these numbers.
SK_INLINE float bf16_exponentials(bf16_code *out, const float *x, size_t n, float scale, float maximum) {
    const float base = scale * 1.44269504f;
    const vf factor = vset(base), bias = vset(-maximum * base);
    vf sum = {0}; // NaN if the largest score is
    for (size_t i = 0; i < n; i += 2 * SK_WIDTH) {
        const vf first = vexp2_short(vfma(vload(x + i), factor, bias));
        const vf second = vexp2_short(vfma(vload(x + i + SK_WIDTH), factor, bias));
        const vu codes = bf16_rounded(first, second);
        memcpy(out + i, &codes, sizeof codes);
        sum += first + second;
    }
    return vsum(sum) + maximum * 0.0f;
}

static void attend_bf16(const sk_attention *t) {
    const size_t length = t->length, size = t->head_size;
    const attention_layout layout = bf16_attention_layout(length, size);
    const size_t score_stride = layout.padded_length;
    char *keys = t->scratch, *values = keys + layout.key_panels * layout.key_panel;
    float *scores = (float *)(values + layout.value_panels * layout.value_panel);
    bf16_code *probabilities = (bf16_code *)(scores + SK_TILE_ROWS * score_stride);
    bf16_code *queries = probabilities + SK_TILE_ROWS * score_stride;
    bf16_pack(keys, t->k, NULL, length, size, t->k_stride, 1);
    bf16_pack(values, t->v, NULL, size, length, 1, t->v_stride);
    for (size_t first = 0, rows; first < t->query_count; first += rows) {
        rows = tile_height(t->query_count - first);
        for (size_t r = 0; r < rows; r++)
            bf16_encode_row(queries + r * layout.query_codes, t->q + (first + r) * t->q_stride, size, layout.query_codes);
        const sk_key_range range = sk_keys_in_reach(t, first, rows, SK_PANEL);
        const size_t count = sk_round_up(range.last - range.first, SK_PANEL);
        const bf16_codes query_rows = {(const char *)queries, layout.query_codes * sizeof *queries, SK_GROUP * sizeof *queries};
        for (size_t j = range.first; j < range.first + count; j += SK_PANEL)
            bf16_tile_of(rows, &query_rows, keys + j / SK_PANEL * layout.key_panel, bf16_groups(size), scores + j,
                         score_stride);
        float reciprocal_sums[SK_TILE_ROWS];
        for (size_t r = 0; r < rows; r++) {
            float *row = scores + r * score_stride;
            const float scale = sk_place_scores(t, row, first + r, range);
            for (size_t j = range.last; j < range.first + count; j++) row[j] = -INFINITY;
            const float shift = row_shift(row + range.first, count);
            const float sum = bf16_exponentials(probabilities + r * score_stride, row + range.first, count, scale, shift);
            reciprocal_sums[r] = sk_finish_row(t, first + r, shift * scale, sum);
        }
        const bf16_codes probability_rows = {(const char *)probabilities, score_stride * sizeof *probabilities,
                                             SK_GROUP * sizeof *probabilities};
        for (size_t j = 0; j < size; j += SK_PANEL) {
            float wide[SK_TILE_ROWS * SK_PANEL];
            const char *panel = values + j / SK_PANEL * layout.value_panel + range.first / SK_GROUP * bf16_panel_row_size();
            bf16_tile_of(rows, &probability_rows, panel, bf16_groups(range.last - range.first), wide, SK_PANEL);
            const size_t columns = sk_min(size - j, SK_PANEL);
            for (size_t r = 0; r < rows; r++) {
                float *out = t->out + (first + r) * t->out_stride + j;
                const float *sums = wide + r * SK_PANEL;
                SK_FOR_EACH_VECTOR(columns) SK_STORE(out, reciprocal_sums[r] * SK_LOAD(sums));
            }
        }
    }
}
