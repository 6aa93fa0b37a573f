// On a GPU: random numbers and elementary functions have the host's bits. (Networks run there, too: their
// tests are those of every backend.)
#include <gtest/gtest.h>

#include <bit>
#include <cstdint>
#include <vector>

#include "cuda/cuda_device.cuh"
#include "host/backends.h"
#include "host/engine/device_array.h"
#include "kernels/random.h"

namespace ranvier {
namespace {

constexpr int n = 1 << 16;

/// Twelve words for every index: four of Philox, then functions of numbers of many magnitudes made of these.
struct numbers {
    template <class Team> RANVIER_FN void operator()(Team& team, int, std::uint64_t* out) const {
        team.for_each(n, [=](std::int64_t i) {
            auto* const o = out + 12 * i;
            auto const w =
                philox(key{std::uint32_t(i) * 77u, 5}, std::uint32_t(i), std::uint64_t(i) << 20, 3);
            for (int k = 0; k < 4; ++k) o[k] = w.w[k];
            auto const u = uniform_53(w.w[0], w.w[1]), exponent = double(int(w.w[2] % 400u) - 200);
            auto const x = math::exp(exponent) * (1 + u), y = 3 * u - 1;
            float const fx = float(x), fy = float(y);
            o[4] = std::bit_cast<std::uint64_t>(math::exp(y * exponent));
            o[5] = std::bit_cast<std::uint64_t>(math::log(x));
            o[6] = std::bit_cast<std::uint64_t>(math::pow(x, y));
            o[7] = std::bit_cast<std::uint64_t>(math::expm1(y));
            o[8] = std::bit_cast<std::uint32_t>(math::exp(fy * float(exponent)));
            o[9] = std::bit_cast<std::uint32_t>(math::log(fx));
            o[10] = std::bit_cast<std::uint32_t>(math::pow(fx, fy));
            o[11] = std::bit_cast<std::uint64_t>(u);
        });
    }
};

/// One lane that runs where it is called.
struct host_lane {
    template <class F> RANVIER_FN void for_each(std::int64_t count, F f) {
        for (std::int64_t i = 0; i < count; ++i) f(i);
    }
};

TEST(cuda_device, numbers_have_the_hosts_bits) {
    if (auto const why = why_no_cuda(); !why.empty()) GTEST_SKIP() << "skipped without a GPU: " << why;
    cuda_device device({});
    device_array<cuda_device, std::uint64_t> made(device, 12 * n);
    device.launch(1, numbers{}, made.data());
    auto const on_device = made.read();
    std::vector<std::uint64_t> on_host(on_device.size());
    host_lane lane;
    numbers{}(lane, 0, on_host.data());
    for (int which = 0; which < 12; ++which) {
        int equal = 0;
        for (int i = 0; i < n; ++i)
            equal += on_device[std::size_t(12 * i + which)] == on_host[std::size_t(12 * i + which)];
        EXPECT_EQ(equal, n) << "number " << which;
    }
    int words_differ = 0;  // from index to index: the test can fail
    for (int i = 1; i < n; ++i)
        words_differ += on_host[std::size_t(12 * i)] != on_host[std::size_t(12 * (i - 1))];
    EXPECT_GT(words_differ, n - 10);
}

}  // namespace
}  // namespace ranvier
