// The two limits of a GPU that matter here: bytes/s through memory, and 64-bit additions/s to random places
// of an array that fits the L2 cache, as delivery makes them. Printed, and as JSON.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>

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

int main(int argc, char** argv) {
    using namespace ranvier;
    CLI::App app("Memory bandwidth of a GPU, and additions to its L2 cache");
    std::string file;
    int index = 0;
    app.add_option("--json", file, "write the figures here");
    app.add_option("--device", index, "which GPU");
    CLI11_PARSE(app, argc, argv);
    try {
        cuda_device d({.index = index});
        auto const teams = 16384;
        std::int64_t const n = 1 << 13;
        device_array<cuda_device, double> const from(d, teams * n), to(d, teams * n);
        d.fill_zero(from.data(), from.bytes());
        auto const copy = seconds_of(d, [&] { d.launch(teams, copy_kernel{}, from.data(), to.data(), n); });
        nlohmann::json out{{"program", "gpu_bandwidth"},
                           {"device", d.description()},
                           {"multiprocessors", d.concurrency()},
                           {"copy_bytes_per_second", 2.0 * double(from.bytes()) / copy}};
        std::pair<char const*, int> const sizes[] = {{"reductions_per_second", 18},
                                                     {"reductions_per_second_small", 12}};
        for (auto const& [key, bits] : sizes) {
            auto const size = std::int64_t{1} << bits;
            device_array<cuda_device, std::int64_t> const slots(d, size);
            d.fill_zero(slots.data(), slots.bytes());
            auto const s = seconds_of(
                d, [&] { d.launch(teams, reduce_kernel{}, slots.data(), std::uint64_t(size - 1), n); });
            out[key] = double(teams) * double(n) / s;
        }
        std::printf("%s\n", out.dump(2).c_str());
        if (!file.empty()) std::ofstream(file) << out.dump(2) << '\n';
    } catch (error const& e) {
        std::fprintf(stderr, "%s\n", e.what());
        return 1;
    }
}
