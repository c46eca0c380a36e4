// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// Elementary functions on vectors, to float accuracy.

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
    vf p = vset(0x1.694000p-10f);
    p = vfma(p, r, vset(0x1.125edcp-7f));
    p = vfma(p, r, vset(0x1.555b5ap-5f));
    p = vfma(p, r, vset(0x1.555450p-3f));
    p = vfma(p, r, vset(0x1.fffff6p-2f));
    p = vfma(p, r, vset(1.0f));
    p = vfma(p, r, vset(1.0f));
    // 2^n in two factors, since n may lie outside the range of one exponent.
    const vi exponent = (vi)shifted - (vi)shift;
    const vi half = exponent >> 1;
    return p * (vf)((half + 127) << 23) * (vf)((exponent - half + 127) << 23);
}

// The error function, within 1 ulp or so: a polynomial near 0, 1 - e^polynomial elsewhere.
SK_INLINE vf verf(vf x) {
    const vf t = vabs(x), s = x * x;
    vf r = vfma(vset(-1.72853470e-5f), t, vset(3.83197126e-4f));
    const vf u = vfma(vset(-3.88396438e-3f), t, vset(2.42546219e-2f));
    r = vfma(r, s, u);
    r = vfma(r, t, vset(-1.06777877e-1f));
    r = vfma(r, t, vset(-6.34846687e-1f));
    r = vfma(r, t, vset(-1.28717512e-1f));
    r = vfma(r, t, -t);
    const vf outer = vcopysign(1.0f - vexp(r), x);
    vf q = vset(-5.96761703e-4f);
    q = vfma(q, s, vset(4.99119423e-3f));
    q = vfma(q, s, vset(-2.67681349e-2f));
    q = vfma(q, s, vset(1.12819925e-1f));
    q = vfma(q, s, vset(-3.76125336e-1f));
    q = vfma(q, s, vset(1.28379166e-1f));
    const vf inner = vfma(q, x, x);
    const vf result = vselect(t > 0.927734375f, outer, inner);
    return vselect(x == x, result, x);
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

#define SK_SQRT_HALF 0.70710678118654752440f
#define SK_INV_SQRT_2PI 0.39894228040143267794f
#define SK_GELU_TANH_SCALE 0.79788456080286535588f
#define SK_GELU_TANH_CUBE 0.044715f

SK_INLINE vf vactivation(sk_activation activation, vf x) {
    switch (activation) {
    case SK_ACTIVATION_IDENTITY: return x;
    case SK_ACTIVATION_RELU: return vselect(x < 0.0f, vset(0.0f), x);
    case SK_ACTIVATION_GELU: return 0.5f * x * (1.0f + verf(x * SK_SQRT_HALF));
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
        return 0.5f * (1.0f + verf(x * SK_SQRT_HALF)) + x * SK_INV_SQRT_2PI * vexp(-0.5f * x * x);
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
