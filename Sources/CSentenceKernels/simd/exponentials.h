// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// The steps of softmax, for rows of scores.

// The largest element; NaN if there is one.
SK_INLINE float row_maximum(const float *x, size_t n) {
    vf largest = vset(-INFINITY);
    vi nan = {0};
    SK_FOR_EACH_VECTOR(n) {
        const vf v = count == SK_WIDTH ? vload(x + i) : vset(x[i]);
        largest = vselect(v > largest, v, largest);
        nan |= v != v;
        for (size_t j = 1; count < SK_WIDTH && j < count; j++) {
            const vf tail = vset(x[i + j]);
            largest = vselect(tail > largest, tail, largest);
            nan |= tail != tail;
        }
    }
    return vmax(vselect(nan != 0, vset(INFINITY), largest)) + vsum((vf)(nan & (vi)vset(NAN)));
}

// What to subtract from scores before taking exponentials: their maximum, or 0 if all are -infinity.
SK_INLINE float row_shift(const float *x, size_t n) {
    const float maximum = row_maximum(x, n);
    return maximum == -INFINITY ? 0.0f : maximum;
}

// y = exp(x * scale - maximum * scale), and the sum; lanes after n are not counted.
SK_INLINE float row_exponentials(float *y, const float *x, size_t n, float scale, float maximum) {
    const vf bias = vset(-maximum * scale), factor = vset(scale);
    vf sum = {0};
    SK_FOR_EACH_VECTOR(n) {
        const vf e = vexp(vfma(SK_LOAD(x), factor, bias));
        SK_STORE(y, e);
        sum += count == SK_WIDTH ? e : vload_first(y + i, count);
    }
    return vsum(sum);
}

// 2^x within a ten-thousandth, for numbers that are rounded to bfloat16 afterwards; 0 for x <= -126 and for NaN. x is at
// most 0, or little more.
SK_INLINE vf vexp2_short(vf x) {
    const vf shift = vset(0x1.8p23f), shifted = x + shift;
    const vf r = x - (shifted - shift);
    // Fitted for r from -0.5 to 0.5, with the least relative error.
    const vf p = vfma(vfma(vfma(vset(0x1.c3f76p-5f), r, vset(0x1.f0de1ap-3f)), r, vset(0x1.62f31ap-1f)), r, vset(0x1.fff692p-1f));
    return vselect(x > -126.0f, (vf)((vi)p + ((vi)shifted << 23)), (vf){0});
}
