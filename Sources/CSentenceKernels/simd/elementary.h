// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// Elementary functions on vectors, to float accuracy.

#define SK_SQRT_HALF 0.70710678118654752440f
#define SK_INV_SQRT_2PI 0.39894228040143267794f
#define SK_GELU_TANH_SCALE 0.79788456080286535588f
#define SK_GELU_TANH_CUBE 0.044715f

// e^x, within 1 ulp; overflows to infinity, underflows through denormals to 0, keeps NaN.
//
// Cody and Waite, Software Manual for the Elementary Functions, 1980: x = n ln 2 + r, e^r by a polynomial.
SK_INLINE vf vexp(vf x) {
    x = vselect(x > 89.0f, vset(89.0f), x);
    x = vselect(x < -105.0f, vset(-105.0f), x);
    const vf shift = vset(0x1.8p23f); // adding it rounds to an integer, which then stands in the low bits
    const vf shifted = vfma(x, vset(0x1.715476p0f), shift);
    const vf n = shifted - shift;
    vf r = vfma(n, vset(-0x1.62e400p-1f), x);
    r = vfma(n, vset(-0x1.7f7d1cp-20f), r);
    const vf r2 = r * r;
    const vf high = vfma(vfma(vset(0x1.694000p-10f), r, vset(0x1.125edcp-7f)), r2,
                         vfma(vset(0x1.555b5ap-5f), r, vset(0x1.555450p-3f)));
    const vf p = vfma(vfma(high, r, vset(0x1.fffff6p-2f)), r2, r) + 1.0f;
    // 2^n in two factors, since n may lie outside the range of one exponent.
    const vi exponent = (vi)shifted - (vi)shift;
    const vi half = exponent >> 1;
    return p * (vf)((half + 127) << 23) * (vf)((exponent - half + 127) << 23);
}

// The distribution function of the normal distribution, erfc(-x / sqrt(2)) / 2, within 1e-7.
//
// -log(erfc(t)) is a smooth function, here t times a polynomial fitted on 0 ... 4.2 for the least error of erfc; beyond
// that erfc(t) / 2 is less than 1.5e-9. So no branch near 0 is needed, and nothing cancels for negative x. Pairs of terms
// are summed side by side (Estrin's scheme), since the length of the chain is what takes time.
SK_INLINE vf vnormal_distribution(vf x) {
    const vf t = vabs(x) * SK_SQRT_HALF;
    const vf t2 = t * t, t4 = t2 * t2;
    const vf low = vfma(vfma(vset(-0x1.3ada8ep-6f), t, vset(0x1.a510cap-4f)), t2,
                        vfma(vset(0x1.45f28cp-1f), t, vset(0x1.20dd78p+0f)));
    const vf high = vfma(vfma(vset(0x1.bcb42cp-14f), t, vset(-0x1.3440eep-11f)), t2,
                         vfma(vset(0x1.9d5626p-10f), t, vset(-0x1.ed0a10p-15f)));
    const vf p = vfma(vfma(vset(-0x1.0de6eap-17f), t4, high), t4, low);
    const vf tail = vselect(t > 4.2f, vset(0.0f), 0.5f * vexp(-p * t));
    return vselect(x < 0.0f, tail, 1.0f - tail);
}

SK_INLINE vf vsigmoid(vf x) { return 1.0f / (1.0f + vexp(-x)); }

// tanh: an odd polynomial near 0, 1 - 2 / (e^2x + 1) elsewhere (Cephes tanhf).
SK_INLINE vf vtanh(vf x) {
    const vf t = vabs(x), s = x * x;
    vf p = vset(-5.70498872745e-3f);
    p = vfma(p, s, vset(2.06390887954e-2f));
    p = vfma(p, s, vset(-5.37397155531e-2f));
    p = vfma(p, s, vset(1.33314422036e-1f));
    p = vfma(p, s, vset(-3.33332819422e-1f));
    const vf inner = vfma(p * s, x, x);
    const vf outer = vcopysign(1.0f - 2.0f / (vexp(t + t) + 1.0f), x);
    return vselect(t < 0.625f, inner, vselect(x == x, outer, x));
}

SK_INLINE vf vactivation(sk_activation activation, vf x) {
    switch (activation) {
    case SK_ACTIVATION_IDENTITY: return x;
    case SK_ACTIVATION_RELU: return vselect(x < 0.0f, vset(0.0f), x);
    case SK_ACTIVATION_GELU: return x * vnormal_distribution(x);
    case SK_ACTIVATION_GELU_TANH:
        return 0.5f * x * (1.0f + vtanh(SK_GELU_TANH_SCALE * (x + SK_GELU_TANH_CUBE * x * x * x)));
    case SK_ACTIVATION_TANH: return vtanh(x);
    case SK_ACTIVATION_SIGMOID: return vsigmoid(x);
    case SK_ACTIVATION_SILU: return x * vsigmoid(x);
    }
    return x;
}

// The derivative of the activation at x.
SK_INLINE vf vactivation_slope(sk_activation activation, vf x) {
    switch (activation) {
    case SK_ACTIVATION_IDENTITY: return vset(1.0f);
    case SK_ACTIVATION_RELU: return vselect(x > 0.0f, vset(1.0f), vset(0.0f));
    case SK_ACTIVATION_GELU:
        return vnormal_distribution(x) + x * SK_INV_SQRT_2PI * vexp(-0.5f * x * x);
    case SK_ACTIVATION_GELU_TANH: {
        const vf t = vtanh(SK_GELU_TANH_SCALE * (x + SK_GELU_TANH_CUBE * x * x * x));
        const vf inner = SK_GELU_TANH_SCALE * (1.0f + 3.0f * SK_GELU_TANH_CUBE * x * x);
        return 0.5f * (1.0f + t) + 0.5f * x * (1.0f - t * t) * inner;
    }
    case SK_ACTIVATION_TANH: {
        const vf t = vtanh(x);
        return 1.0f - t * t;
    }
    case SK_ACTIVATION_SIGMOID: {
        const vf s = vsigmoid(x);
        return s * (1.0f - s);
    }
    case SK_ACTIVATION_SILU: {
        const vf s = vsigmoid(x);
        return s * (1.0f + x * (1.0f - s));
    }
    }
    return vset(1.0f);
}
