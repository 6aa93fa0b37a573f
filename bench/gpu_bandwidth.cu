// The two limits of a GPU that matter here: bytes/s through memory, and 64-bit additions/s to random places
// of an array that fits the L2 cache, as delivery makes them. Printed as JSON, which takes no library: nvcc
// compiles large headers three times.
#include <algorithm>
#include <chrono>
#include <cstdio>

#include "cuda/cuda_device.cuh"
#include "host/engine/device_array.h"

namespace ranvier {

struct copy_kernel {
    template <class Team>
    RANVIER_FN void operator()(Team& team, int index, double const* from, double* to, std::int64_t n) const {
        auto const first = index * n;
        team.for_each(n, [=](std::int64_t i) { to[first + i] = from[first + i]; });
    }
};
struct reduce_kernel {
    template <class Team> RANVIER_FN void operator()(Team& team, int index, std::int64_t* slots,
                                                     std::uint64_t mask, std::int64_t n) const {
        team.for_each(n, [&](std::int64_t i) {
            auto const x = std::uint64_t(index * n + i) * 0x9E3779B97F4A7C15u;
            team.add(slots[(x >> 20) & mask], std::int64_t{1});
        });
    }
};

template <class F> double seconds_of(cuda_device& d, F f) {
    using clock = std::chrono::steady_clock;
    std::vector<double> all;
    for (int i = 0; i < 9; ++i) {
        auto const start = clock::now();
        f();
        d.synchronize();
        all.push_back(std::chrono::duration<double>(clock::now() - start).count());
    }
    std::nth_element(all.begin(), all.begin() + 4, all.end());
    return all[4];
}

}  // namespace ranvier

int main() {
    using namespace ranvier;
    try {
        cuda_device d({});
        auto const teams = 16384;
        std::int64_t const n = 1 << 13;
        device_array<cuda_device, double> const from(d, teams * n), to(d, teams * n);
        d.fill_zero(from.data(), from.bytes());
        auto const copy = seconds_of(d, [&] { d.launch(teams, copy_kernel{}, from.data(), to.data(), n); });
        auto reductions_per_second = [&](int bits) {
            auto const size = std::int64_t{1} << bits;
            device_array<cuda_device, std::int64_t> const slots(d, size);
            d.fill_zero(slots.data(), slots.bytes());
            return double(teams) * double(n) / seconds_of(d, [&] {
                       d.launch(teams, reduce_kernel{}, slots.data(), std::uint64_t(size - 1), n);
                   });
        };
        std::printf(
            "{\"program\": \"gpu_bandwidth\", \"device\": \"%s\", \"multiprocessors\": %d,\n"
            " \"copy_bytes_per_second\": %.9g,\n"
            " \"reductions_per_second\": %.9g, \"reductions_per_second_small\": %.9g}\n",
            d.description().c_str(), d.concurrency(), 2.0 * double(from.bytes()) / copy,
            reductions_per_second(18), reductions_per_second(12));
    } catch (error const& e) {
        std::fprintf(stderr, "%s\n", e.what());
        return 1;
    }
}
