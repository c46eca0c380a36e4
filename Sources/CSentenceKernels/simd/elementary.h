// This source file is part of the swift-sentence-transformers project.
// Licensed under Apache License 2.0; see LICENSE.
// SPDX-License-Identifier: Apache-2.0

// Elementary functions on vectors, to float32 accuracy.

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
    // 2^n as two factors, since n may exceed the range of one exponent.
    const vi exponent = (vi)shifted - (vi)shift;
    const vi half = exponent >> 1;
    return p * (vf)((half + 127) << 23) * (vf)((exponent - half + 127) << 23);
}

// erfc(a / sqrt(2)) / 2, the share of the normal distribution beyond a, for a in 0 ... SK_NORMAL_LIMIT; within 7e-8.
//
// Its logarithm to base 2 is a smooth function, here -1 plus a times a polynomial, fitted to minimise the error of a
// times the share, which is the error of GELU. So no branch near 0 is needed, and nothing cancels. Terms are summed in
// pairs side by side (Estrin's scheme), since the time depends on the length of the chain.
SK_INLINE vf vnormal_tail(vf a) {
    const vf a2 = a * a;
    const vf low = vfma(vfma(vset(0x1.d310f4p-8f), a, vset(-0x1.ae5af8p-5f)), a2,
                        vfma(vset(-0x1.d63814p-2f), a, vset(-0x1.26aee2p+0f)));
    const vf high = vfma(vfma(vset(-0x1.39643cp-19f), a, vset(0x1.1b0368p-15f)), a2,
                         vfma(vset(-0x1.5241f8p-13f), a, vset(-0x1.920810p-13f)));
    const vf logarithm = vfma(vfma(high, a2 * a2, low), a, vset(-1.0f));
    // 2 to that power, from its integer and fractional parts; adding the shift puts the integer into the low bits.
    const vf shift = vset(0x1.8p23f), shifted = logarithm + shift;
    const vf r = logarithm - (shifted - shift), r2 = r * r;
    const vf power = vfma(vfma(vfma(vset(0x1.41fbbcp-13f), r, vset(0x1.5f3e52p-10f)), r2,
                               vfma(vset(0x1.3b2d4cp-7f), r, vset(0x1.c6aee8p-5f))),
                          r2, vfma(vset(0x1.ebfbdcp-3f), r, vset(0x1.62e430p-1f)));
    return (vf)((vi)vfma(power, r, vset(1.0f)) + ((vi)shifted << 23));
}

// Beyond this the share is less than 1.5e-9.
#define SK_NORMAL_LIMIT 5.94f

SK_INLINE vf vnormal_limited(vf x) {
    const vf a = vabs(x);
    return vselect(a > SK_NORMAL_LIMIT, vset(SK_NORMAL_LIMIT), a);
}

// x times the normal distribution function at x: for either sign, the share of the tail is subtracted from ReLU.
SK_INLINE vf vgelu(vf x) {
    const vf a = vnormal_limited(x);
    return vfma(-a, vnormal_tail(a), vselect(x < 0.0f, vset(0.0f), x));
}

// GELU within 8.1e-5, for results that are rounded to 8 bits or to bfloat16 next: x (1/2 + an odd polynomial), which is
// 1 or 0 within 1e-6 from 4.2 on; fitted to minimise the error of the product.
SK_INLINE vf vgelu_short(vf x) {
    const vf limit = vset(4.2f);
    vf a = vselect(x > limit, limit, x);
    a = vselect(a < -limit, -limit, a);
    const vf s = a * a;
    vf p = vset(-0x1.efbdccp-31f);
    p = vfma(p, s, vset(0x1.5513a2p-24f));
    p = vfma(p, s, vset(-0x1.97be54p-19f));
    p = vfma(p, s, vset(0x1.188f4ap-14f));
    p = vfma(p, s, vset(-0x1.f26b1cp-11f));
    p = vfma(p, s, vset(0x1.30af3cp-7f));
    p = vfma(p, s, vset(-0x1.0c6752p-4f));
    p = vfma(p, s, vset(0x1.980772p-2f));
    return x * vfma(p, a, vset(0.5f));
}

SK_INLINE vf vnormal_distribution(vf x) {
    const vf tail = vnormal_tail(vnormal_limited(x));
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
    case SK_ACTIVATION_GELU: return vgelu(x);
    case SK_ACTIVATION_GELU_TANH: // (1 + tanh(u)) / 2 is the sigmoid of 2 u
        return x * vsigmoid(2.0f * SK_GELU_TANH_SCALE * (x + SK_GELU_TANH_CUBE * x * x * x));
    case SK_ACTIVATION_TANH: return vtanh(x);
    case SK_ACTIVATION_SIGMOID: return vsigmoid(x);
    case SK_ACTIVATION_SILU: return x * vsigmoid(x);
    default: return x;
    }
}

// The same, less exact where that is faster: for results that are rounded to fewer digits next.
SK_INLINE vf vactivation_short(sk_activation activation, vf x) {
    return activation == SK_ACTIVATION_GELU ? vgelu_short(x) : vactivation(activation, x);
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
    default: return vset(1.0f);
    }
}
