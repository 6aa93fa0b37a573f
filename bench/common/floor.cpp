#include "bench/common/floor.h"

#include <algorithm>
#include <barrier>
#include <chrono>
#include <thread>
#include <vector>

namespace ranvier::bench {
namespace {

using clock = std::chrono::steady_clock;
constexpr std::size_t stream_edges = std::size_t{48} << 20;  // of all threads: 288 MiB of targets and weights
constexpr std::size_t cache_slots = 11264;                   // 88 KiB, the inbox slot of a network of scale 1
constexpr int cache_repeats = 4000, stream_repeats = 4;

/// A plastic row without its arithmetic: read a target and a weight, write the weight. 10 bytes an edge.
void stream(std::vector<std::uint16_t> const& target, std::vector<float>& weight) {
    auto const* const t = target.data();
    auto* const w = weight.data();
    for (std::size_t i = 0; i < weight.size(); ++i) w[i] = w[i] * 0.5f + float(t[i]);
    asm volatile("" : : "r"(w) : "memory");
}

/// A slot for every neuron: 16 bytes each.
void accumulate(std::vector<std::int64_t>& slots, std::int64_t q) {
    auto* const s = slots.data();
    for (std::size_t i = 0; i < slots.size(); ++i) s[i] += q;
    asm volatile("" : : "r"(s) : "memory");
}

}  // namespace

bandwidth measure_bandwidth(int threads) {
    threads = std::max(1, threads);
    auto const edges = stream_edges / std::size_t(threads);
    std::barrier together(threads);
    std::vector<clock::time_point> marks(3);
    auto work = [&](int thread) {
        std::vector<std::uint16_t> target(edges, 1);
        std::vector<float> weight(edges, 1);
        std::vector<std::int64_t> slots(cache_slots);
        auto mark = [&](std::size_t k) {
            together.arrive_and_wait();
            if (thread == 0) marks[k] = clock::now();
        };
        stream(target, weight);
        mark(0);
        for (int i = 0; i < stream_repeats; ++i) stream(target, weight);
        mark(1);
        for (int i = 0; i < cache_repeats; ++i) accumulate(slots, i);
        mark(2);
    };
    {
        std::vector<std::jthread> others;
        for (int k = 1; k < threads; ++k) others.emplace_back(work, k);
        work(0);
    }
    auto const seconds = [&](std::size_t k) {
        return std::chrono::duration<double>(marks[k + 1] - marks[k]).count();
    };
    return {10.0 * double(edges) * threads * stream_repeats / seconds(0),
            16.0 * double(cache_slots) * threads * cache_repeats / seconds(1)};
}

double floor_seconds(bandwidth const& b, double plastic_events, double static_events, double neuron_steps) {
    auto const sum = [&](double traffic::*of) {
        return plastic_events * plastic_event.*of + static_events * static_event.*of +
               neuron_steps * neuron_step.*of;
    };
    return std::max(sum(&traffic::memory) / b.memory, sum(&traffic::cache) / b.cache);
}

}  // namespace ranvier::bench
