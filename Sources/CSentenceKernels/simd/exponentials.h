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
