// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// Attention of one head over one text. Keys and values are packed as panels, so that scores and outputs are tiles of
// the matrix product; only a few rows of scores exist at a time.

// The number of query rows that the backward pass processes together.
#define SK_BACKWARD_ROWS (SK_TILE_ROWS * (48 / SK_TILE_ROWS))

static size_t attention_scratch_f32(size_t length, size_t head_size) {
    const size_t padded_length = sk_round_up(length, SK_PANEL), padded_size = sk_round_up(head_size, SK_PANEL);
    return (padded_length * head_size + padded_size * length + SK_TILE_ROWS * padded_length) * sizeof(float);
}

// k rows of a packed panel that has `depth` rows.
SK_INLINE panel_rows packed_rows(const float *first, size_t k, size_t depth) {
    return (panel_rows){first, k, (const char *)(first + depth * SK_PANEL), 0};
}

// c[rows, keys] = a · panels for the visible keys, which begin at a panel; c has whole panels of columns.
SK_INLINE void panels_product(const float *a, size_t a_row_stride, size_t a_column_stride, const float *panels,
                              size_t rows, sk_key_range keys, size_t k, float *c, size_t c_stride) {
    for (size_t j = keys.first; j < keys.last; j += SK_PANEL)
        panel_product_f32((left_rows){a, a_row_stride, a_column_stride, 0}, packed_rows(panels + j * k, k, k), rows, c + j,
                          c_stride, false);
}

// Leaves out what a dropout leaves out of the numbers of query i, of which that for key j is at row[j].
SK_INLINE void drop_probabilities(const sk_attention *t, float *row, size_t i, sk_key_range range) {
    // What stands before the first key of its group is not looked at by anybody.
    const size_t first = range.first / 64 * 64;
    if (t->dropout)
        dropout_f32(row + first, row + first, range.last - first, t->dropout, sk_dropout_group(t, i, first));
}

static void attend_f32(const sk_attention *t) {
    const size_t length = t->length, size = t->head_size;
    const size_t padded_length = sk_round_up(length, SK_PANEL);
    float *keys = t->scratch; // Kᵀ `[size, length]`
    float *values = keys + padded_length * size; // V `[length, size]`
    float *scores = values + sk_round_up(size, SK_PANEL) * length; // `[SK_TILE_ROWS, padded_length]`
    pack_panels_f32(keys, t->k, length, size, t->k_stride, 1);
    pack_panels_f32(values, t->v, size, length, 1, t->v_stride);
    for (size_t i = 0; i < t->query_count; i += SK_TILE_ROWS) {
        const size_t rows = sk_min(t->query_count - i, SK_TILE_ROWS);
        const sk_key_range range = sk_keys_in_reach(t, i, rows, SK_PANEL);
        const size_t first = range.first, count = range.last - range.first;
        panels_product(t->q + i * t->q_stride, t->q_stride, 1, keys, rows, range, size, scores, padded_length);
        float reciprocal_sums[SK_TILE_ROWS];
        for (size_t r = 0; r < rows; r++) {
            const float scale = sk_place_scores(t, scores + r * padded_length, i + r, range);
            float *row = scores + r * padded_length + first;
            // Up to a whole vector, so that none is handled number by number.
            const size_t padded = sk_round_up(count, SK_WIDTH);
            for (size_t j = count; j < padded; j++) row[j] = -INFINITY;
            const float shift = row_shift(row, padded);
            const float sum = row_exponentials(row, row, padded, scale, shift);
            reciprocal_sums[r] = sk_finish_row(t, i + r, shift * scale, sum);
            drop_probabilities(t, scores + r * padded_length, i + r, range);
        }
        for (size_t j = 0; j < size; j += SK_PANEL) {
            const size_t columns = sk_min(size - j, SK_PANEL);
            float *out = t->out + i * t->out_stride + j;
            const panel_rows panel = packed_rows(values + j * length + first * SK_PANEL, count, length);
            const left_rows probabilities = {scores + first, padded_length, 1, 0};
            columns_product(PANEL_F32, probabilities, panel, rows, columns, out, t->out_stride, false);
            for (size_t r = 0; r < rows; r++)
                scale_f32(out + r * t->out_stride, reciprocal_sums[r], out + r * t->out_stride, columns);
        }
    }
}

static const sk_attention_kernel attention_f32 = {attention_scratch_f32, attend_f32};

static size_t attention_backward_scratch(size_t length, size_t head_size) {
    const size_t padded_length = sk_round_up(length, SK_PANEL), padded_size = sk_round_up(head_size, SK_PANEL);
    return 2 * padded_length * head_size + padded_size * length + 2 * SK_BACKWARD_ROWS * padded_length +
           2 * padded_size * SK_BACKWARD_ROWS;
}

// c[rows, size] (+)= a · panels for a head's `size` columns, over k rows of panels that have `depth` rows.
SK_INLINE void head_product(const float *a, size_t a_row_stride, size_t a_column_stride, const float *panels,
                            size_t rows, size_t size, size_t k, size_t depth, float *c, size_t c_stride, bool add) {
    for (size_t j = 0; j < size; j += SK_PANEL, panels += depth * SK_PANEL)
        columns_product(PANEL_F32, (left_rows){a, a_row_stride, a_column_stride, 0}, packed_rows(panels, k, depth), rows,
                        sk_min(size - j, SK_PANEL), c + j, c_stride, add);
}

// With probabilities P: dV = Pᵀ dO, dP = dO Vᵀ (both without what a dropout leaves out), dS = P (dP - rowsum(dO O)) scale, dQ = dS K, dK = dSᵀ Q.
//
// Dao et al., FlashAttention, 2022, https://arxiv.org/abs/2205.14135, appendix B.
static void attention_backward_f32(const sk_attention_backward_f32 *t) {
    const sk_attention *f = &t->forward;
    const size_t length = f->length, size = f->head_size;
    const size_t padded_length = sk_round_up(length, SK_PANEL), padded_size = sk_round_up(size, SK_PANEL);
    float *keys_transposed = t->scratch; // Kᵀ `[size, length]`
    float *values_transposed = keys_transposed + padded_length * size; // Vᵀ `[size, length]`
    float *keys = values_transposed + padded_length * size; // K `[length, size]`
    float *probabilities = keys + padded_size * length; // `[SK_BACKWARD_ROWS, padded_length]`
    float *slopes = probabilities + SK_BACKWARD_ROWS * padded_length; // dS, likewise
    float *queries = slopes + SK_BACKWARD_ROWS * padded_length; // a block of Q `[rows, size]`
    float *d_outs = queries + padded_size * SK_BACKWARD_ROWS; // a block of dO `[rows, size]`
    pack_panels_f32(keys_transposed, f->k, length, size, f->k_stride, 1);
    pack_panels_f32(values_transposed, f->v, length, size, f->v_stride, 1);
    pack_panels_f32(keys, f->k, size, length, 1, f->k_stride);
    for (size_t i = 0; i < length; i += SK_BACKWARD_ROWS) {
        const size_t rows = sk_min(length - i, SK_BACKWARD_ROWS);
        const float *q = f->q + i * f->q_stride, *d_out = t->d_out + i * t->d_out_stride;
        const sk_key_range range = sk_keys_in_reach(f, i, rows, SK_PANEL);
        const size_t first = range.first, key_count = range.last - range.first;
        panels_product(q, f->q_stride, 1, keys_transposed, rows, range, size, probabilities, padded_length);
        panels_product(d_out, t->d_out_stride, 1, values_transposed, rows, range, size, slopes, padded_length);
        for (size_t r = 0; r < rows; r++) {
            const float *out = f->out + (i + r) * f->out_stride;
            const float d_sum = dot_f32(d_out + r * t->d_out_stride, out, size);
            const float log_sum_exp = f->log_sum_exp[i + r];
            const float scale = sk_place_scores(f, probabilities + r * padded_length, i + r, range);
            float *p = probabilities + r * padded_length + first, *d_s = slopes + r * padded_length + first;
            drop_probabilities(f, slopes + r * padded_length, i + r, range);
            SK_FOR_EACH_VECTOR(key_count) {
                const vf probability = vexp(SK_LOAD(p) * scale - log_sum_exp);
                SK_STORE(p, probability);
                SK_STORE(d_s, probability * (SK_LOAD(d_s) - d_sum));
            }
            sk_collect_slopes(t, slopes + r * padded_length, i + r, range);
            scale_f32(d_s, f->scale, d_s, key_count);
            drop_probabilities(f, probabilities + r * padded_length, i + r, range);
        }
        pack_panels_f32(queries, q, size, rows, 1, f->q_stride);
        pack_panels_f32(d_outs, d_out, size, rows, 1, t->d_out_stride);
        head_product(slopes + first, padded_length, 1, keys + first * SK_PANEL, rows, size, key_count, length,
                     t->d_q + i * f->q_stride, f->q_stride, false);
        head_product(slopes + first, 1, padded_length, queries, key_count, size, rows, rows,
                     t->d_k + first * f->k_stride, f->k_stride, true);
        head_product(probabilities + first, 1, padded_length, d_outs, key_count, size, rows, rows,
                     t->d_v + first * f->v_stride, f->v_stride, true);
    }
}
