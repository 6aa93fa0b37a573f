// kernels/math.h against mpmath (tests/reference/math_reference.py), special cases of C's Annex F, and the
// bits themselves: the same from scalar calls, from vectorised loops and, by a stored hash, on every
// compiler.
#include "kernels/math.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <fstream>
#include <limits>
#include <map>
#include <sstream>
#include <string>
#include <vector>

namespace {

namespace math = ranvier::math;

template <class T> using bits_of = std::conditional_t<sizeof(T) == 8, std::uint64_t, std::uint32_t>;
template <class T> bits_of<T> bits(T x) { return std::bit_cast<bits_of<T>>(x); }

// Two arguments for all, so that one loop serves them; inlined by force, or the loop would not vectorise.
struct exp64 {
    RANVIER_FN double operator()(double x, double) const { return math::exp(x); }
};
struct expm1_64 {
    RANVIER_FN double operator()(double x, double) const { return math::expm1(x); }
};
struct log64 {
    RANVIER_FN double operator()(double x, double) const { return math::log(x); }
};
struct log1p_64 {
    RANVIER_FN double operator()(double x, double) const { return math::log1p(x); }
};
struct pow64 {
    RANVIER_FN double operator()(double x, double y) const { return math::pow(x, y); }
};
struct sin64 {
    RANVIER_FN double operator()(double x, double) const { return math::sin(x); }
};
struct cos64 {
    RANVIER_FN double operator()(double x, double) const { return math::cos(x); }
};
struct sqrt64 {
    RANVIER_FN double operator()(double x, double) const { return math::sqrt(x); }
};
struct exp32 {
    RANVIER_FN float operator()(float x, float) const { return math::exp(x); }
};
struct log32 {
    RANVIER_FN float operator()(float x, float) const { return math::log(x); }
};
struct pow32 {
    RANVIER_FN float operator()(float x, float y) const { return math::pow(x, y); }
};
struct sqrt32 {
    RANVIER_FN float operator()(float x, float) const { return math::sqrt(x); }
};

template <class T> struct function {
    char const* name;
    T (*scalar)(T, T);
    void (*loop)(T const* x, T const* y, T* result, int n);
};

template <class T, class F> [[gnu::noinline]] T scalar(T x, T y) { return F{}(x, y); }
template <class T, class F> [[gnu::noinline]] void loop(T const* x, T const* y, T* result, int n) {
#pragma omp simd
    for (int i = 0; i < n; ++i) result[i] = F{}(x[i], y[i]);
}
template <class T, class F> constexpr function<T> entry(char const* name, F) {
    return {name, scalar<T, F>, loop<T, F>};
}

template <class T> auto functions();
template <> auto functions<double>() {
    return std::array{entry<double>("exp", exp64{}), entry<double>("expm1", expm1_64{}),
                      entry<double>("log", log64{}), entry<double>("log1p", log1p_64{}),
                      entry<double>("pow", pow64{}), entry<double>("sin", sin64{}),
                      entry<double>("cos", cos64{}), entry<double>("sqrt", sqrt64{})};
}
template <> auto functions<float>() {
    return std::array{entry<float>("expf", exp32{}), entry<float>("logf", log32{}),
                      entry<float>("powf", pow32{}), entry<float>("sqrtf", sqrt32{})};
}

// --- accuracy ----------------------------------------------------------------------------------------------

template <class T> T parse(std::istream& in) {
    std::string text;
    in >> text;
    return std::bit_cast<T>(static_cast<bits_of<T>>(std::stoull(text, nullptr, 16)));
}

struct worst {
    double ulp = 0, relative = 0;
    double x = 0, y = 0;
    int count = 0;
};

// Errors of one function over its lines of the reference.
template <class T, class F> worst measure(std::string const& wanted, F&& f, bool binary) {
    std::ifstream file(std::string(RANVIER_TEST_DATA) + "/math_reference.txt");
    worst result;
    for (std::string text; std::getline(file, text);) {
        std::istringstream line(text);
        std::string name;
        line >> name;
        if (name != wanted) continue;
        auto const x = parse<T>(line), y = binary ? parse<T>(line) : T{}, rounded = parse<T>(line);
        double rest = 0;  // of the true value, in units of the last place of `rounded`
        line >> rest;
        EXPECT_FALSE(line.fail()) << text;
        auto const magnitude = std::fabs(rounded);
        auto const unit = magnitude < std::numeric_limits<T>::min()
                              ? std::numeric_limits<T>::denorm_min()
                              : std::ldexp(T{1}, std::ilogb(magnitude) + 1 - std::numeric_limits<T>::digits);
        auto const got = f(x, y);
        auto ulp = std::fabs(static_cast<double>((got - rounded) / unit) - rest);
        if (!(ulp <= 1e9)) ulp = 1e9;
        if (ulp > result.ulp) result.x = x, result.y = y;
        result.ulp = std::max(result.ulp, ulp);
        result.relative =
            std::max(result.relative, ulp * static_cast<double>(unit) / static_cast<double>(magnitude));
        ++result.count;
    }
    return result;
}

template <class T, class F>
void expect_below(double bound, std::string const& name, F&& f, bool binary = false) {
    auto const w = measure<T>(name, f, binary);
    EXPECT_GE(w.count, 400) << name << ": the reference is not all there";
    EXPECT_LT(w.ulp, bound) << name << " at " << std::hexfloat << w.x << ", " << w.y;
    testing::Test::RecordProperty(name + "_ulp", std::to_string(w.ulp));
}

TEST(math, accuracy) {
    expect_below<double>(1.0, "exp", exp64{});
    expect_below<double>(1.0, "expm1", expm1_64{});
    expect_below<double>(1.0, "log", log64{});
    expect_below<double>(1.0, "log1p", log1p_64{});
    expect_below<double>(1.0, "pow", pow64{}, true);
    expect_below<double>(1.0, "sin", sin64{});
    expect_below<double>(1.0, "cos", cos64{});
    expect_below<float>(1.01, "expf", exp32{});
    expect_below<float>(0.9, "logf", log32{});
    auto const w = measure<float>("powf", pow32{}, true);
    EXPECT_GE(w.count, 400);
    EXPECT_LT(w.relative, 4e-7) << "powf near " << w.x << ", " << w.y;
}

// A result two places off must not pass.
TEST(math, accuracy_notices_an_error) {
    auto const twin = [](double x, double) {
        return std::nextafter(std::nextafter(math::exp(x), 1e308), 1e308);
    };
    EXPECT_GT(measure<double>("exp", twin, false).ulp, 1.5);
}

TEST(math, float_pow_of_any_weight) {
    double most = 0;
    for (int i = -99; i <= 99; ++i)
        for (int j = 0; j < 64; ++j)
            for (auto const y : {0.02f, 0.4f, 0.5f, -1.0f, 1.0f, 1.25f, 4.0f, -4.0f}) {
                auto const x = std::ldexp(1.0f + static_cast<float>(j) / 64, i);
                auto const expected = std::pow(static_cast<double>(x), static_cast<double>(y));
                if (expected < 0x1p-126 || expected > 0x1.6p127) continue;
                most = std::max(most, std::fabs(static_cast<double>(math::pow(x, y)) / expected - 1));
            }
    EXPECT_LT(most, 4e-7);
}

// --- special cases -----------------------------------------------------------------------------------------

constexpr double inf = std::numeric_limits<double>::infinity(),
                 nan = std::numeric_limits<double>::quiet_NaN();
constexpr float inff = std::numeric_limits<float>::infinity(),
                nanf32 = std::numeric_limits<float>::quiet_NaN();

// Equal as bits; any NaN stands for the one that math.h makes.
template <class T> void expect_same(T got, T expected, std::string const& what) {
    auto const wanted = expected == expected ? bits(expected) : static_cast<bits_of<T>>(~bits_of<T>{0} >> 1);
    EXPECT_EQ(bits(got), wanted) << what << " is " << got << ", not " << expected;
}

TEST(math, special_cases_of_exp) {
    expect_same(math::exp(0.0), 1.0, "exp(0)");
    expect_same(math::exp(-0.0), 1.0, "exp(-0)");
    expect_same(math::exp(inf), inf, "exp(inf)");
    expect_same(math::exp(-inf), 0.0, "exp(-inf)");
    expect_same(math::exp(nan), nan, "exp(NaN)");
    expect_same(math::exp(-nan), nan, "exp(-NaN)");
    expect_same(math::exp(710.0), inf, "exp(710)");
    expect_same(math::exp(709.79), inf, "exp(709.79)");
    expect_same(math::exp(1e300), inf, "exp(1e300)");
    expect_same(math::exp(-745.0), 0x1p-1074, "exp(-745)");
    expect_same(math::exp(-745.2), 0.0, "exp(-745.2)");
    expect_same(math::exp(-1e300), 0.0, "exp(-1e300)");
    expect_same(math::exp(5e-324), 1.0, "exp(5e-324)");

    expect_same(math::expm1(0.0), 0.0, "expm1(0)");
    expect_same(math::expm1(-0.0), -0.0, "expm1(-0)");
    expect_same(math::expm1(5e-324), 5e-324, "expm1(5e-324)");
    expect_same(math::expm1(-1e-310), -1e-310, "expm1(-1e-310)");
    expect_same(math::expm1(inf), inf, "expm1(inf)");
    expect_same(math::expm1(-inf), -1.0, "expm1(-inf)");
    expect_same(math::expm1(-50.0), -1.0, "expm1(-50)");
    expect_same(math::expm1(709.79), inf, "expm1(709.79)");
    expect_same(math::expm1(1e300), inf, "expm1(1e300)");
    expect_same(math::expm1(-1e300), -1.0, "expm1(-1e300)");
    expect_same(math::expm1(-nan), nan, "expm1(-NaN)");

    expect_same(math::exp(0.0f), 1.0f, "expf(0)");
    expect_same(math::exp(inff), inff, "expf(inf)");
    expect_same(math::exp(-inff), 0.0f, "expf(-inf)");
    expect_same(math::exp(nanf32), nanf32, "expf(NaN)");
    expect_same(math::exp(-nanf32), nanf32, "expf(-NaN)");
    expect_same(math::exp(88.73f), inff, "expf(88.73)");
    expect_same(math::exp(-103.0f), 0x1p-149f, "expf(-103)");
    expect_same(math::exp(-104.0f), 0.0f, "expf(-104)");
}

TEST(math, special_cases_of_log) {
    expect_same(math::log(1.0), 0.0, "log(1)");
    expect_same(math::log(0.0), -inf, "log(0)");
    expect_same(math::log(-0.0), -inf, "log(-0)");
    expect_same(math::log(-1.0), nan, "log(-1)");
    expect_same(math::log(-inf), nan, "log(-inf)");
    expect_same(math::log(inf), inf, "log(inf)");
    expect_same(math::log(-nan), nan, "log(-NaN)");

    expect_same(math::log1p(0.0), 0.0, "log1p(0)");
    expect_same(math::log1p(-0.0), -0.0, "log1p(-0)");
    expect_same(math::log1p(-5e-324), -5e-324, "log1p(-5e-324)");
    expect_same(math::log1p(-1.0), -inf, "log1p(-1)");
    expect_same(math::log1p(-1.5), nan, "log1p(-1.5)");
    expect_same(math::log1p(-inf), nan, "log1p(-inf)");
    expect_same(math::log1p(inf), inf, "log1p(inf)");
    expect_same(math::log1p(nan), nan, "log1p(NaN)");

    expect_same(math::log(1.0f), 0.0f, "logf(1)");
    expect_same(math::log(0.0f), -inff, "logf(0)");
    expect_same(math::log(-0.0f), -inff, "logf(-0)");
    expect_same(math::log(-1.0f), nanf32, "logf(-1)");
    expect_same(math::log(inff), inff, "logf(inf)");
    expect_same(math::log(-nanf32), nanf32, "logf(-NaN)");
}

TEST(math, special_cases_of_sin_cos_sqrt) {
    expect_same(math::sin(0.0), 0.0, "sin(0)");
    expect_same(math::sin(-0.0), -0.0, "sin(-0)");
    expect_same(math::sin(5e-324), 5e-324, "sin(5e-324)");
    expect_same(math::cos(0.0), 1.0, "cos(0)");
    expect_same(math::cos(-0.0), 1.0, "cos(-0)");
    for (auto const x : {inf, -inf, nan, 0x1.1p45, -0x1.1p45, 1e300}) {
        expect_same(math::sin(x), nan, "sin(" + std::to_string(x) + ")");
        expect_same(math::cos(x), nan, "cos(" + std::to_string(x) + ")");
    }
    expect_same(math::sqrt(-0.0), -0.0, "sqrt(-0)");
    expect_same(math::sqrt(2.0), 0x1.6a09e667f3bcdp+0, "sqrt(2)");
    expect_same(math::sqrt(-1.0), nan, "sqrt(-1)");
    expect_same(math::sqrt(-1.0f), nanf32, "sqrtf(-1)");
}

TEST(math, special_cases_of_pow) {
    std::vector<double> const values = {0.0,  5e-324, 1e-310, 0.5,  1.0,        1.5, 2.0,   3.0, 4.0,
                                        10.0, 1e10,   0x1p52, 1e16, 0x1p53 - 1, inf, 1e300, nan};
    // The C library is right to the bit wherever no rounding is involved.
    auto const exact = [](double r) { return r != r || r == 0 || std::isinf(r) || std::fabs(r) == 1; };
    for (auto const a : values)
        for (auto const b : values)
            for (auto const x : {a, -a})
                for (auto const y : {b, -b}) {
                    auto const expected = std::pow(x, y), got = math::pow(x, y);
                    auto const what = "pow(" + std::to_string(x) + ", " + std::to_string(y) + ")";
                    if (exact(expected) || exact(got))
                        expect_same(got, expected, what);
                    else
                        EXPECT_NEAR(got / expected, 1.0, 0x1p-51) << what;
                }
    expect_same(math::pow(3.0, 2.0), 9.0, "pow(3, 2)");
    expect_same(math::pow(-3.0, 3.0), -27.0, "pow(-3, 3)");
    expect_same(math::pow(2.0, -1074.0), 5e-324, "pow(2, -1074)");
}

TEST(math, special_cases_of_float_pow) {
    auto const pow = [](float x, float y) { return math::pow(x, y); };
    for (auto const y : {1e-20f, 0.4f, 1.0f, 4.0f, 1e30f, inff}) {
        auto const name = std::to_string(y);
        expect_same(pow(0.0f, y), 0.0f, "powf(0, " + name + ")");
        expect_same(pow(-0.0f, y), 0.0f, "powf(-0, " + name + ")");
        expect_same(pow(0.0f, -y), inff, "powf(0, -" + name + ")");
        expect_same(pow(inff, y), inff, "powf(inf, " + name + ")");
        expect_same(pow(inff, -y), 0.0f, "powf(inf, -" + name + ")");
        expect_same(pow(1.0f, y), 1.0f, "powf(1, " + name + ")");
        expect_same(pow(-1.0f, y), nanf32, "powf(-1, " + name + ")");
        expect_same(pow(nanf32, y), nanf32, "powf(NaN, " + name + ")");
        expect_same(pow(y, -nanf32), nanf32, "powf(" + name + ", -NaN)");
    }
    for (auto const x : {0.0f, 1e-40f, 0.3f, 1.0f, 1e30f, inff}) {
        expect_same(pow(x, 0.0f), 1.0f, "powf(" + std::to_string(x) + ", 0)");
        expect_same(pow(x, -0.0f), 1.0f, "powf(" + std::to_string(x) + ", -0)");
    }
    expect_same(pow(2.0f, 127.0f), 0x1p127f, "powf(2, 127)");
    expect_same(pow(2.0f, -126.0f), 0x1p-126f, "powf(2, -126)");
    expect_same(pow(2.0f, 128.0f), inff, "powf(2, 128)");
    expect_same(pow(2.0f, -127.0f), 0.0f, "powf(2, -127)");
    expect_same(pow(0.99999994f, inff), 0.0f, "powf(1 - eps, inf)");
    expect_same(pow(1.0000001f, inff), inff, "powf(1 + eps, inf)");
    expect_same(pow(1.0000001f, -inff), 0.0f, "powf(1 + eps, -inf)");
}

// --- bits --------------------------------------------------------------------------------------------------

struct splitmix {
    std::uint64_t state;
    std::uint64_t operator()() {
        auto z = state += 0x9e37'79b9'7f4a'7c15;
        z = (z ^ (z >> 30)) * 0xbf58'476d'1ce4'e5b9;
        z = (z ^ (z >> 27)) * 0x94d0'49bb'1331'11eb;
        return z ^ (z >> 31);
    }
};

constexpr int n_sweep = 1 << 17;

// Arguments by integer operations alone: any bits, ordinary numbers, near one with large exponents, near
// multiples of ln2 / 2.
template <class T> void sweep_arguments(std::vector<T>& x, std::vector<T>& y) {
    constexpr int fraction = std::numeric_limits<T>::digits - 1, width = 8 * sizeof(T);
    constexpr auto bias = bits_of<T>{std::numeric_limits<T>::max_exponent - 1};
    splitmix random{static_cast<std::uint64_t>(width)};
    auto const any = [&] { return static_cast<bits_of<T>>(random() >> (64 - width)); };
    auto const number = [&](int lowest, int highest) {  // of either sign, 2^lowest <= |x| < 2^highest
        auto const e =
            bias + static_cast<bits_of<T>>(lowest + static_cast<int>(random() % (highest - lowest)));
        auto const u = any();
        return std::bit_cast<T>((u & (bits_of<T>{1} << (width - 1))) |
                                (u & ((bits_of<T>{1} << fraction) - 1)) | (e << fraction));
    };
    for (int i = 0; i < n_sweep; ++i) {
        switch (i % 4) {
            case 0:
                x.push_back(std::bit_cast<T>(any())), y.push_back(std::bit_cast<T>(any()));
                break;
            case 1:
                x.push_back(number(-30, width == 64 ? 11 : 8)), y.push_back(number(-6, 4));
                break;
            case 2:
                x.push_back(std::fabs(number(-40, 40))), y.push_back(number(-4, 5));
                break;
            default:
                x.push_back(
                    std::bit_cast<T>((bias << fraction) + (any() >> (width - fraction + random() % 20)))),
                    y.push_back(number(0, 20));
        }
    }
}

template <class T> std::uint64_t hash(std::vector<T> const& values) {
    std::uint64_t h = 0xcbf2'9ce4'8422'2325;
    for (auto const v : values) h = std::rotl((h ^ bits(v)) * 0x9e37'79b9'7f4a'7c15, 29);
    return h;
}

std::map<std::string, std::uint64_t> stored_hashes() {
    std::ifstream file(std::string(RANVIER_TEST_DATA) + "/math_hashes.txt");
    std::map<std::string, std::uint64_t> result;
    std::string name;
    for (std::uint64_t h; file >> name >> std::hex >> h;) result[name] = h;
    return result;
}

template <class T> void check_bits() {
    auto const expected = stored_hashes();
    std::vector<T> x, y;
    sweep_arguments(x, y);
    for (auto const& f : functions<T>()) {
        std::vector<T> one(n_sweep), many(n_sweep);
        for (int i = 0; i < n_sweep; ++i) one[i] = f.scalar(x[i], y[i]);
        f.loop(x.data(), y.data(), many.data(), n_sweep);
        for (int i = 0; i < n_sweep; ++i)
            ASSERT_EQ(bits(one[i]), bits(many[i]))
                << f.name << ": a loop differs from a call at " << std::hexfloat << x[i] << ", " << y[i]
                << ": " << many[i] << ", " << one[i];
        auto const h = hash(one);
        auto const found = expected.find(f.name);
        EXPECT_TRUE(found != expected.end() && found->second == h)
            << "bits have changed; if that is meant, put into tests/data/math_hashes.txt: " << f.name << " "
            << std::hex << h;
        one[n_sweep / 3] = std::bit_cast<T>(bits(one[n_sweep / 3]) ^ 1);
        EXPECT_NE(hash(one), h) << "the hash does not see the last bit of one result";
    }
}

TEST(math, bits_of_double) { check_bits<double>(); }
TEST(math, bits_of_float) { check_bits<float>(); }

}  // namespace
