// Elementary functions with the same bits on every compiler, flag set, processor and device.
//
// Every operation is one that IEEE 754 rounds correctly (+ - * / sqrt fma), a comparison or integer
// arithmetic; nothing calls libm but std::fma, std::fabs and std::sqrt. Build with -ffp-contract=off
// (-fmad=false in nvcc), without fast-math, in round-to-nearest with subnormals on. There is no branch and
// no table: a loop over any of these vectorises. Every NaN that comes out is the same one, since which NaN an
// operation makes is the one thing that IEEE 754 leaves open.
//
// Errors are in units in the last place (ulp, of the subnormal grid where it applies), measured by
// tests/test_math.cpp. Polynomials are minimax (Remez) and made, like all constants, by
// tests/reference/math_reference.py.
#pragma once

#include <bit>
#include <cmath>
#include <cstdint>

#include "models/function.h"

namespace ranvier::math {

namespace detail {

// c0 + x c1 + x^2 c2 + ...
template <class T> RANVIER_FN T horner(T, T c0) { return c0; }
template <class T, class... C> RANVIER_FN T horner(T x, T c0, C... c) {
    return std::fma(x, horner(x, c...), c0);
}

// c0 + x c1 + x^2 c2 + x^3 c3, z = x^2: shorter to wait for.
template <class T> RANVIER_FN T cubic(T x, T z, T c0, T c1, T c2, T c3) {
    return std::fma(z, std::fma(x, c3, c2), std::fma(x, c1, c0));
}

RANVIER_FN std::uint64_t bits(double x) { return std::bit_cast<std::uint64_t>(x); }
RANVIER_FN std::uint32_t bits(float x) { return std::bit_cast<std::uint32_t>(x); }
RANVIER_FN double from_bits(std::uint64_t u) { return std::bit_cast<double>(u); }
RANVIER_FN float from_bits(std::uint32_t u) { return std::bit_cast<float>(u); }

// `value` where the condition holds, else 0. By a mask: g++ makes a branch of a conditional expression that
// is ored to something, and a slow blend of that.
RANVIER_FN std::uint64_t where(bool condition, std::uint64_t value) {
    return -static_cast<std::uint64_t>(condition) & value;
}
RANVIER_FN std::uint32_t where(bool condition, std::uint32_t value) {
    return -static_cast<std::uint32_t>(condition) & value;
}

// The one NaN: all ones but the sign, so that oring it into any result that is not negative makes it.
inline constexpr std::uint64_t nan_bits = 0x7fff'ffff'ffff'ffff, infinity_bits = 0x7ff0'0000'0000'0000;
inline constexpr std::uint32_t float_nan_bits = 0x7fff'ffff, float_infinity_bits = 0x7f80'0000;

// x, or the one NaN. In integers: compilers take one NaN to be as good as another when they simplify a choice
// between floating-point values (clang: x >= 0 ? sqrt(x) : NaN is sqrt(x)).
RANVIER_FN double valid(bool condition, double x) {
    return from_bits(where(condition, bits(x)) | where(!condition, nan_bits));
}
RANVIER_FN float valid(bool condition, float x) {
    return from_bits(where(condition, bits(x)) | where(!condition, float_nan_bits));
}

RANVIER_FN double infinity() { return from_bits(infinity_bits); }

// Head of 42 bits, so that its product with an exponent is exact, and the rest.
inline constexpr double ln2_hi = 0x1.62e42fefa38p-1, ln2_lo = 0x1.ef35793c7673p-45,
                        inv_ln2 = 0x1.71547652b82fep+0;

// x/ln2 rounded to an integer, |x| < 2^20: `biased` holds it plus 2046 in its low 12 bits (AVX2 converts
// no 64-bit integers; adding 1.5 * 2^52 does).
struct exponent {
    double biased;
    RANVIER_FN double value() const { return biased - (0x1.8p52 + 2046.0); }
};
RANVIER_FN exponent nearest_exponent(double x) { return {std::fma(x, inv_ln2, 0x1.8p52 + 2046.0)}; }

// p * 2^k for k in [-1077, 1024] with one rounding: two factors of about 2^(k/2) keep all but the last
// product normal.
RANVIER_FN double scale(double p, exponent k) {
    auto const u = bits(k.biased), first = (u << 51) & 0xfff0'0000'0000'0000;
    return p * from_bits(first) * from_bits((u << 52) - first);
}

// exp(x) from its value `inside` for -746 < x < 710. Masks, not a clamped argument, for the same reason.
RANVIER_FN double exp_range(double x, double inside) {
    auto const y = where((x > -746.0) & (x < 710.0), bits(inside));
    return from_bits(y | where(x >= 710.0, infinity_bits) | where(x != x, nan_bits));
}

// (exp(r) - 1 - r) / r^2 for |r| <= ln2 / 2, z = r^2.
RANVIER_FN double exp_tail(double r, double z) {
    auto const low =
        cubic(r, z, 0x1.5555555555559p-3, 0x1.555555555553fp-5, 0x1.111111110f6dap-7, 0x1.6c16c16c1f086p-10);
    auto const mid = cubic(r, z, 0x1.a01a01afd3d93p-13, 0x1.a01a017bc1b8fp-16, 0x1.71ddf87ececfdp-19,
                           0x1.27e53636127c9p-22);
    auto const high = std::fma(r, 0x1.1ee8798518d4ep-29, 0x1.af5e74e04d7e1p-26);
    return std::fma(r, std::fma(z * z, std::fma(z * z, high, mid), low), 0.5);
}

// x = 2^e (1 + f) with 1 + f in [sqrt(1/2), sqrt(2)), for 0 < x < inf; f is exact.
struct mantissa {
    double e, f;
};
RANVIER_FN mantissa split(double x) {
    constexpr std::uint64_t root = 0x3fe6'a09e'667f'3bcd, one = 0x3ff0'0000'0000'0000;
    auto const subnormal = x < 0x1p-1022;
    auto const u = bits(subnormal ? x * 0x1p54 : x) + (one - root);
    auto const bias = subnormal ? 0x1p52 + (1023 + 54) : 0x1p52 + 1023;
    return {from_bits((u >> 52) | bits(0x1p52)) - bias, from_bits((u & 0x000f'ffff'ffff'ffff) + root) - 1.0};
}

// e ln2 + log(1 + f + t), where t is below the last place of f. With s = f / (2 + f) and h = f^2 / 2,
// log(1+f) = 2 atanh(s) = f - (h - s (h + R)), R = 2 atanh(s) / s - 2; the large terms e ln2 and f are summed
// exactly.
RANVIER_FN double log_sum(double e, double f, double t) {
    auto const s = f / (2.0 + f), z = s * s, h = 0.5 * f * f;
    auto const r =
        z * horner(z, 0x1.5555555555592p-1, 0x1.999999997fd72p-2, 0x1.24924941f5294p-2, 0x1.c71c5205ec95ap-3,
                   0x1.74663fa7556f3p-3, 0x1.39a1a66907912p-3, 0x1.2f063acc2b068p-3);
    auto const head = e * ln2_hi + f;
    auto const rest = f - (head - e * ln2_hi);
    return head + ((std::fma(e, ln2_lo, rest) + std::fma(-f, t, t)) + std::fma(s, h + r, -h));
}

// log(x) = head + tail to about 2^-66 of its value, 0 < x < inf: as above with s and the cubic term in
// two doubles each (products and sums after Dekker, 1971).
struct two {
    double head, tail;
};
RANVIER_FN two log_two(double x) {
    auto const [e, f] = split(x);
    auto const d = f + 2.0, d_tail = f - (d - 2.0), reciprocal = 1.0 / d;
    auto const s = f * reciprocal;
    auto const s_tail = std::fma(-s, d_tail, std::fma(-s, d, f)) * reciprocal;
    auto const z = s * s;
    auto const z_tail = std::fma(s + s, s_tail, std::fma(s, s, -z));
    auto const p =
        z * horner(z, 0x1.9999999999996p-2, 0x1.2492492493036p-2, 0x1.c71c71c5804dfp-3, 0x1.745d18325fd19p-3,
                   0x1.3b1362b27d82bp-3, 0x1.1120b62bed153p-3, 0x1.de335a8a55cf2p-4, 0x1.eb11dad57a05fp-4);
    constexpr double third = 0x1.5555555555555p-1, third_tail = 0x1.5555555555555p-55;  // two thirds
    auto const a = third + p, a_tail = ((third - a) + p) + third_tail;
    auto const c = s * z, c_tail = std::fma(s, z, -c) + std::fma(s, z_tail, s_tail * z);
    auto const b = c * a, b_tail = std::fma(c, a, -b) + std::fma(c, a_tail, c_tail * a);
    auto const m = (s + s) + b, m_tail = (((s + s) - m) + b) + (s_tail + s_tail + b_tail);
    auto const head = e * ln2_hi + m;
    return {head, ((e * ln2_hi - head) + m) + std::fma(e, ln2_lo, m_tail)};
}

// pi/2 in three parts (Cody and Waite, 1980): x = k pi/2 + r + tail with |r| <= pi/4. k P1 is subtracted
// exactly, k P2 to the last bit. `quadrant` holds k mod 4 in its low bits.
struct angle {
    double r, tail;
    std::uint64_t quadrant;
};
RANVIER_FN angle reduce_angle(double x) {
    auto const biased = std::fma(x, 0x1.45f306dc9c883p-1, 0x1.8p52), k = biased - 0x1.8p52;
    auto const a = std::fma(-k, 0x1.921fb54442d18p+0, x);
    auto const b = k * 0x1.1a62633145c07p-54, b_tail = std::fma(k, 0x1.1a62633145c07p-54, -b);
    auto const r = a - b, back = r - a;
    auto const error = (a - (r - back)) - (b + back);
    return {r, error - std::fma(k, -0x1.f1976b7ed8fbcp-110, b_tail), bits(biased)};
}

RANVIER_FN double sin_reduced(double r, double tail) {
    auto const z = r * r;
    auto const p = horner(z, -0x1.5555555555549p-3, 0x1.111111110f87bp-7, -0x1.a01a019c119d2p-13,
                          0x1.71de3577b7999p-19, -0x1.ae5e663a7de6bp-26, 0x1.5d9300d9b819dp-33);
    return r + std::fma(z * r, p, std::fma(-0.5 * z, tail, tail));
}

RANVIER_FN double cos_reduced(double r, double tail) {
    auto const z = r * r, h = 0.5 * z, head = 1.0 - h;
    auto const p = horner(z, 0x1.555555555554cp-5, -0x1.6c16c16c1517ep-10, 0x1.a01a019cb1baep-16,
                          -0x1.27e4f809ee0bdp-22, 0x1.1ee9ebe726b98p-29, -0x1.8fae9b5049e9ep-37);
    return head + (((1.0 - head) - h) + std::fma(z * z, p, -r * tail));
}

// sin of x + turns pi/2. NaN beyond 2^45, where the nearest k pi/2 is no longer found.
RANVIER_FN double sin_shifted(double x, std::uint64_t turns) {
    auto const [r, tail, quadrant] = reduce_angle(x);
    auto const q = quadrant + turns;
    auto const s = sin_reduced(r, tail), c = cos_reduced(r, tail);
    auto const y = from_bits(bits((q & 1) != 0 ? c : s) ^ ((q & 2) << 62));
    return valid(std::fabs(x) <= 0x1p45, y);
}

}  // namespace detail

RANVIER_FN double sqrt(double x) { return detail::valid(x >= 0.0, std::sqrt(x)); }
RANVIER_FN float sqrt(float x) { return detail::valid(x >= 0.0f, std::sqrt(x)); }

// Error below 1 ulp. x = k ln2 + r, a polynomial of degree 12 for exp(r).
RANVIER_FN double exp(double x) {
    auto const k = detail::nearest_exponent(x);
    auto const n = k.value();
    auto const r = std::fma(-n, detail::ln2_lo, std::fma(-n, detail::ln2_hi, x)), z = r * r;
    return detail::exp_range(x, detail::scale(1.0 + std::fma(z, detail::exp_tail(r, z), r), k));
}

// Error below 1 ulp. 2^k (exp(r) - 1) + (2^k - 1), halved so that k = 1024 does not overflow; the large terms
// 2^k r and 2^k - 1 are summed exactly.
RANVIER_FN double expm1(double x) {
    auto const biased = std::fma(x, detail::inv_ln2, 0x1.8p52 + 1022.0), k = biased - (0x1.8p52 + 1022.0);
    auto const a = std::fma(-k, detail::ln2_hi, x), r = std::fma(-k, detail::ln2_lo, a);
    auto const tail = std::fma(-k, detail::ln2_lo, a - r), z = r * r;
    auto const rest = std::fma(z, detail::exp_tail(r, z), std::fma(r, tail, tail));  // exp(r + tail) - 1 - r
    auto const s = detail::from_bits(detail::bits(biased) << 52);                    // 2^(k-1)
    auto const shift = s - 0.5, shift_tail = (s - shift) - 0.5;
    auto const head = std::fma(s, r, shift), head_tail = std::fma(s, r, shift - head) + shift_tail;
    auto const y = 2.0 * (head + std::fma(s, rest, head_tail));
    auto const w = std::fabs(x) < 0x1p-54 ? x : y;  // keeps -0 and subnormals
    return detail::from_bits(detail::where((x > -40.0) & (x < 710.0), detail::bits(w)) |
                             detail::where(x <= -40.0, detail::bits(-1.0)) |
                             detail::where(x >= 710.0, detail::infinity_bits) |
                             detail::where(x != x, detail::nan_bits));
}

// Error below 1 ulp.
RANVIER_FN double log(double x) {
    auto const [e, f] = detail::split(x);
    auto const y = detail::log_sum(e, f, 0.0);
    auto const w = x < detail::infinity() ? y : detail::infinity();
    auto const v = x == 0.0 ? -detail::infinity() : w;
    return detail::valid(x >= 0.0, v);
}

// Error below 1 ulp. 1 + x = u + c exactly; c, scaled as u is, joins f.
RANVIER_FN double log1p(double x) {
    constexpr std::uint64_t root = 0x3fe6'a09e'667f'3bcd, one = 0x3ff0'0000'0000'0000;
    auto const u = 1.0 + x, back = u - 1.0;
    auto const c = (1.0 - (u - back)) + (x - back);
    auto const i = detail::bits(u) + (one - root), biased = i >> 52;
    auto const e = detail::from_bits(biased | detail::bits(0x1p52)) - (0x1p52 + 1023);
    auto const g = detail::from_bits((i & 0x000f'ffff'ffff'ffff) + root) - 1.0;
    auto const g_tail = c * detail::from_bits((2047 - biased) << 52) * 0.5;  // c 2^-e
    auto const f = g + g_tail;
    auto const y = detail::log_sum(e, f, g_tail - (f - g));
    auto const w = x < detail::infinity() ? y : detail::infinity();
    auto const v = x == -1.0 ? -detail::infinity() : w;
    auto const t = std::fabs(x) < 0x1p-54 ? x : v;  // keeps -0 and subnormals
    return detail::valid(x >= -1.0, t);
}

// Error below 1 ulp; special cases as in C (Annex F).
RANVIER_FN double pow(double x, double y) {
    auto const inf = detail::infinity(), a = std::fabs(x), b = std::fabs(y);
    auto const [l, l_tail] = detail::log_two(a);
    auto const l_inf = a < inf ? l : inf;
    auto const log_a = a == 0.0 ? -inf : l_inf;
    auto const p = y * log_a, p_tail = std::fma(y, l_tail, std::fma(y, log_a, -p));
    auto const k = detail::nearest_exponent(p);
    auto const n = k.value();
    auto const head = std::fma(-n, detail::ln2_hi, p), c = std::fma(-n, detail::ln2_lo, p_tail), r = head + c;
    auto const rest = std::fma(r * r, detail::exp_tail(r, r * r), (head - r) + c);
    auto const magnitude = detail::exp_range(p, detail::scale(1.0 + (r + rest), k));
    auto const m = a == 1.0 ? 1.0 : magnitude;

    auto const whole = (b >= 0x1p52) | ((b + 0x1p52) - 0x1p52 == b);
    auto const half = 0.5 * b;
    auto const odd = whole & (b < 0x1p53) & ((half + 0x1p52) - 0x1p52 != half);
    auto const sign = odd ? detail::bits(x) & 0x8000'0000'0000'0000 : 0;
    auto const w = detail::from_bits(detail::bits(m) | sign);
    auto const t = detail::valid((whole | (x >= 0.0) | (a == inf)) & (x == x) & (y == y), w);
    return ((x == 1.0) | (y == 0.0)) ? 1.0 : t;
}

// Error below 1 ulp for |x| <= 2^45; NaN beyond.
RANVIER_FN double sin(double x) {
    auto const y = detail::sin_shifted(x, 0);
    return std::fabs(x) < 0x1p-27 ? x : y;  // keeps -0
}
RANVIER_FN double cos(double x) { return detail::sin_shifted(x, 1); }

// Error below 1.01 ulp (all arguments tried); as in double.
RANVIER_FN float exp(float x) {
    constexpr float magic = 0x1.8p23f + 254.0f;
    constexpr auto most = static_cast<std::int32_t>(0x42b2'0000);  // 89: floats order as integers do,
    constexpr std::uint32_t least = 0xc2d0'0000;                   // -104: negative ones downwards
    auto const i = std::bit_cast<std::int32_t>(x);
    auto const below = std::bit_cast<std::uint32_t>(i < most ? i : most);
    auto const v = detail::from_bits(below < least ? below : least);
    auto const biased = std::fma(v, 0x1.715476p+0f, magic), k = biased - magic;
    auto const r = std::fma(-k, 0x1.7f7d1cp-20f, std::fma(-k, 0x1.62e4p-1f, v)), z = r * r;
    auto const even = detail::horner(z, 0x1.555492p-3f, 0x1.1239e4p-7f);
    auto const odd = detail::horner(z, 0x1.5558f2p-5f, 0x1.6a23dcp-10f);
    auto const p = 1.0f + std::fma(z, std::fma(r, std::fma(r, odd, even), 0x1.fffffcp-2f), r);
    auto const u = detail::bits(biased), first = (u << 22) & 0xff80'0000u;
    auto const y = p * detail::from_bits(first) * detail::from_bits((u << 23) - first);
    return detail::from_bits(detail::bits(y) | detail::where(x != x, detail::float_nan_bits));
}

namespace detail {

// As in double.
struct mantissa_float {
    float e, f;
};
RANVIER_FN mantissa_float split(float x) {
    constexpr std::uint32_t root = 0x3f35'04f3, one = 0x3f80'0000;
    auto const subnormal = x < 0x1p-126f;
    auto const u = bits(subnormal ? x * 0x1p24f : x) + (one - root);
    auto const bias = subnormal ? 0x1p23f + (127 + 24) : 0x1p23f + 127;
    return {from_bits((u >> 23) | bits(0x1p23f)) - bias, from_bits((u & 0x007f'ffffu) + root) - 1.0f};
}

}  // namespace detail

// Error below 0.9 ulp (all arguments tried).
RANVIER_FN float log(float x) {
    constexpr float ln2_hi = 0x1.62e4p-1f, ln2_lo = 0x1.7f7d1cp-20f;
    auto const inf = detail::from_bits(detail::float_infinity_bits);
    auto const [e, f] = detail::split(x);
    auto const z = f * f;
    auto const even =
        detail::horner(z, 0x1.555546p-2f, 0x1.99a546p-3f, 0x1.2332c2p-3f, 0x1.e65082p-4f, 0x1.1b433cp-4f);
    auto const odd = detail::horner(z, -0x1.ffffeep-3f, -0x1.5562e4p-3f, -0x1.fb431ep-4f, -0x1.e2e9fp-4f);
    auto const p = f * z * std::fma(f, odd, even);
    auto const head = e * ln2_hi + f, rest = f - (head - e * ln2_hi);
    auto const y = head + (std::fma(e, ln2_lo, rest) + std::fma(-0.5f, z, p));
    auto const w = x < inf ? y : inf;
    auto const v = x == 0.0f ? -inf : w;
    return detail::valid(x >= 0.0f, v);
}

// x^y for x >= 0: 2^(y log2(x)) with y times the exponent of x exact. Relative error below 4e-7 for |y| <= 4
// and growing with |y|. Made for weights, so the ends are cut short: a subnormal x counts as 0, a result
// above 2^127.5 is inf, one below 2^-126.5 is 0. NaN for x < 0.
RANVIER_FN float pow(float x, float y) {
    constexpr float magic = 0x1.8p23f + 127.0f;
    constexpr std::uint32_t root = 0x3f35'04f3, one = 0x3f80'0000;
    auto const i = detail::bits(x) + (one - root);
    auto const e = detail::from_bits((i >> 23) | detail::bits(0x1p23f)) - (0x1p23f + 127);
    auto const f = detail::from_bits((i & 0x007f'ffffu) + root) - 1.0f, z = f * f;
    auto const low = detail::cubic(f, z, 0x1.715474p+0f, -0x1.71546ap-1f, 0x1.ec76f4p-2f, -0x1.7160e6p-2f);
    auto const high = detail::cubic(f, z, 0x1.268f74p-2f, -0x1.e87ce4p-3f, 0x1.bd31a6p-3f, -0x1.aeb388p-3f);
    auto const l = std::fma(z * z, std::fma(z * z, 0x1.00d7b4p-3f, high), low);  // log2(1 + f) / f
    // An exponent beyond all others for 0 and inf.
    auto const far =
        detail::from_bits(detail::bits(e) | detail::where(x < 0x1p-126f, detail::bits(-0x1p94f)) |
                          detail::where(x > 0x1.fffffep127f, detail::bits(0x1p94f)));

    constexpr auto most = static_cast<std::int32_t>(0x4f00'0000);  // 2^31, as in exp
    constexpr std::uint32_t least = 0xcf00'0000;
    auto const j = std::bit_cast<std::int32_t>(y);
    auto const below = std::bit_cast<std::uint32_t>(j < most ? j : most);
    auto const w = detail::from_bits(below < least ? below : least);
    auto const p = w * far, rest = std::fma(w * f, l, std::fma(w, far, -p));  // y log2(x) = p + rest
    auto const nearest = std::bit_cast<std::int32_t>((p + rest) + magic);
    constexpr std::int32_t zero = 0x4b40'0000;  // k = -127; k = 128 ends up as the exponent of inf
    auto const top = nearest < zero + 255 ? nearest : zero + 255;
    auto const u = static_cast<std::uint32_t>(top > zero ? top : zero);
    auto const free = detail::bits((p - (detail::from_bits(u) - magic)) + rest);
    constexpr std::uint32_t lowest = 0xbf40'0000;  // -0.75; above, a large r ends in inf by itself
    auto const r = detail::from_bits(free < lowest ? free : lowest), q = r * r;
    auto const g =
        std::fma(q, std::fma(r, 0x1.449034p-13f, 0x1.5f47ep-10f), std::fma(r, 0x1.3b29aap-7f, 0x1.c6aedp-5f));
    auto const t = std::fma(r, std::fma(q, g, std::fma(r, 0x1.ebfbep-3f, 0x1.62e43p-1f)), 1.0f) *
                   detail::from_bits(u << 23);
    return detail::from_bits(detail::bits(t) |
                             detail::where(!(x >= 0.0f) | (y != y), detail::float_nan_bits));
}

}  // namespace ranvier::math
