// Synaptic events per second on one core: kernels only. 1000 rows of 9000 edges onto 11,250 neurons with a
// delay of 15 steps; sources fire one after the other, neurons at random, both at about 10 spikes/s.
#include <benchmark/benchmark.h>

#include <algorithm>
#include <numeric>
#include <random>
#include <vector>

#include "kernels/plasticity.h"
#include "kernels/sending.h"
#include "models/bernoulli_synapse.h"
#include "models/quantal_stp_synapse.h"
#include "models/stdp_pl_synapse_hom.h"
#include "models/stdp_synapse_hom.h"
#include "models/stdp_triplet_synapse.h"
#include "models/stochastic_stp_synapse.h"
#include "models/tsodyks2_synapse.h"
#include "models/tsodyks_synapse.h"
#include "models/vogels_sprekeler_synapse.h"

namespace {
using namespace ranvier;

constexpr std::int32_t neurons = 11250, sources = 1000, row_length = 9000, delay = 15, slice = 15, slots = 64;
constexpr std::int32_t at_once = 9, busy_steps = 2, events_of_slice = at_once * busy_steps;
constexpr double resolution = 0.1;  // ms

/// Rows with targets in ascending order, an inbox, and the spikes of a slice.
struct fixture {
    std::vector<std::uint32_t> begin;
    std::vector<std::uint16_t> target;
    std::vector<float> weight;
    std::vector<std::int64_t> inbox;
    std::vector<spike_event> events;
    std::vector<std::int64_t> event_begin;
    std::int32_t next_source = 0;
    std::mt19937 random{1};
    scratch_memory scratch{scratch_bytes};

    fixture() : weight(std::size_t(sources) * row_length, 45.6f), inbox(std::size_t(slots) * 2 * neurons) {
        std::uniform_int_distribution<int> any(0, neurons - 1);
        target.resize(weight.size());
        for (auto& x : target) x = std::uint16_t(any(random));
        for (std::int32_t r = 0; r <= sources; ++r) begin.push_back(std::uint32_t(r) * row_length);
        for (std::int32_t r = 0; r < sources; ++r)
            std::sort(target.begin() + begin[std::size_t(r)], target.begin() + begin[std::size_t(r) + 1]);
    }
    inbox_view box() {
        return {.slots = inbox.data(),
                .mask = slots - 1,
                .n = neurons,
                .ports = 2,
                .scale = 0x1p32,
                .unit = 0x1p-32,
                .largest = 0x1p18};
    }
    edge_view<float> edges(bool with_weights) {
        edge_view<float> e{};
        e.rows = {.first_source = 1, .n = sources, .begin = begin.data()};
        e.target = target.data();
        e.weight = with_weights ? weight.data() : nullptr;
        e.common_weight = 45.6f;
        e.delay = {nullptr, 0, delay};
        e.route = by_sign(0, 1);
        return e;
    }
    spike_list spikes(std::int64_t t) {
        events.clear();
        event_begin.assign(1, 0);
        for (int k = 0; k < slice; ++k) {
            auto const n = k % (slice / busy_steps + 1) == 0 ? at_once : 0;
            for (int i = 0; i < n; ++i) events.push_back({1 + (next_source + i) % sources, 1, 1});
            next_source = (next_source + n) % sources;
            event_begin.push_back(std::int64_t(events.size()));
        }
        return {events.data(), event_begin.data(), t, slice};
    }
};

void fixed(benchmark::State& run, bool with_weights) {
    fixture f;
    serial_team team(f.scratch);
    std::int64_t t = 0;
    for (auto _ : run) {
        deliver<float>{}(team, f.box(), f.edges(with_weights), f.spikes(t));
        t += slice;
        benchmark::ClobberMemory();
    }
    run.SetItemsProcessed(run.iterations() * events_of_slice * row_length);
}

/// What synapses need to know of their targets' spikes.
struct postsynaptic {
    static constexpr std::int32_t depth = 16;
    std::vector<std::int64_t> step, last_spike;
    std::vector<double> k_minus, k_triplet;
    std::vector<std::uint32_t> archives;
    std::vector<std::int32_t> rank, age, everyone;
    std::vector<float> seen_k_minus;
    std::vector<std::uint64_t> fired;

    explicit postsynaptic(bool triplets)
        : step(std::size_t(depth) * neurons, history_view::never),
          last_spike(neurons, -1),
          k_minus(std::size_t(depth) * neurons),
          k_triplet(triplets ? k_minus.size() : 0),
          archives(neurons, 1),
          rank(neurons),
          age(neurons),
          everyone(neurons),
          seen_k_minus(neurons),
          fired(neurons) {
        std::iota(everyone.begin(), everyone.end(), 0);
    }
    history_view history() {
        history_view h{};
        h.n = neurons, h.depth = depth;
        h.step = step.data(), h.k_minus = k_minus.data();
        h.common_decay = resolution / 30;
        h.k_triplet = k_triplet.empty() ? nullptr : k_triplet.data();
        h.common_decay_triplet = resolution / 110;
        h.archives = archives.data(), h.last_spike = last_spike.data();
        return h;
    }
    /// Spikes of the slice at t, 10 per neuron and second.
    template <class Team> void fire(Team& team, std::mt19937& random, std::int64_t t) {
        std::uniform_int_distribution<int> any(0, neurons - 1), when(0, slice - 1);
        std::fill(fired.begin(), fired.end(), 0);
        for (int i = 0; i < int(neurons * 10e-3 * resolution * slice); ++i)
            fired[std::size_t(any(random))] |= std::uint64_t{1} << when(random);
        archive_spikes{}(team, history(), everyone.data(), neurons, fired.data(), nullptr, 0, t, slice);
    }
};

template <class model> void plastic(benchmark::State& run) {
    using rule = typename model::template rule<float>;
    fixture f;
    postsynaptic post(of_triplets<rule>);
    serial_team team(f.scratch);
    std::vector<double> k_plus(sources), k_plus_triplet(sources);
    std::vector<std::int64_t> last(sources, 0);
    fault first_fault;
    pair_stdp_view<rule> v{};
    v.edges = f.edges(true);
    if constexpr (std::is_same_v<model, stdp_pl_synapse_hom>)
        v.shared = model::template derive<float>(
            {}, {.tau_plus = 15, .lambda = 0.1, .alpha = 0.0513, .mu = 0.4}, resolution);
    else
        v.shared = model::template derive<float>({}, {}, resolution);
    v.k_plus = k_plus.data(), v.k_plus_triplet = k_plus_triplet.data(), v.last = last.data();
    v.history = post.history();
    v.seen = {post.rank.data(), post.age.data(), post.seen_k_minus.data(), 0};
    v.largest = 0x1p18;
    v.first_fault = &first_fault;
    std::int64_t t = 0;
    auto one_slice = [&] {
        deliver_pair_stdp{}(team, f.box(), v, f.spikes(t));
        t += slice;
    };
    for (int i = 0; i < 200; ++i) {  // every row has been used and every neuron has fired
        post.fire(team, f.random, t);
        one_slice();
    }
    for (auto _ : run) {
        run.PauseTiming();
        post.fire(team, f.random, t);
        run.ResumeTiming();
        one_slice();
        benchmark::ClobberMemory();
    }
    run.SetItemsProcessed(run.iterations() * events_of_slice * row_length);
    if (first_fault.what != fault::none) run.SkipWithError("a weight is too large");
}

/// Edges with state, parameters in common.
template <class model> void sending(benchmark::State& run) {
    using rule = typename model::template rule<float>;
    using record = typename model::state;
    fixture f;
    serial_team team(f.scratch);
    auto const n = std::int64_t(f.target.size());
    std::vector<std::byte> state(columns<record>::bytes(n));
    std::vector<std::int64_t> last(sources, rule::no_spike ? -1 : 0);
    fault first_fault;
    sending_view<rule, record> v{};
    v.edges = f.edges(true);
    v.shared = model::template derive<float>({}, {}, resolution);
    v.state = {state.data(), n};
    for (std::int64_t e = 0; e < n; ++e) v.state.store(e, {});
    v.last = last.data();
    v.first_id = 1;
    v.draws_key = {1, 2};
    v.largest = 0x1p18;
    v.first_fault = &first_fault;
    std::int64_t t = 0;
    auto one_slice = [&] {
        deliver_sending{}(team, f.box(), v, f.spikes(t));
        t += slice;
    };
    for (int i = 0; i < 60; ++i) one_slice();
    for (auto _ : run) {
        one_slice();
        benchmark::ClobberMemory();
    }
    run.SetItemsProcessed(run.iterations() * events_of_slice * row_length);
    if (first_fault.what != fault::none) run.SkipWithError("a weight is too large");
}

}  // namespace

BENCHMARK_CAPTURE(fixed, common_weight, false)->Name("static, common weight");
BENCHMARK_CAPTURE(fixed, weights, true)->Name("static, weights");
BENCHMARK(plastic<stdp_pl_synapse_hom>)->Name("power-law STDP");
BENCHMARK(plastic<stdp_synapse_hom>)->Name("stdp_synapse_hom");
BENCHMARK(plastic<vogels_sprekeler_synapse>)->Name("vogels_sprekeler_synapse");
BENCHMARK(plastic<stdp_triplet_synapse>)->Name("stdp_triplet_synapse");
BENCHMARK(sending<bernoulli_synapse>)->Name("bernoulli_synapse");
BENCHMARK(sending<tsodyks2_synapse>)->Name("tsodyks2_synapse");
BENCHMARK(sending<tsodyks_synapse>)->Name("tsodyks_synapse");
BENCHMARK(sending<quantal_stp_synapse>)->Name("quantal_stp_synapse, one site");
BENCHMARK(sending<stochastic_stp_synapse>)->Name("stochastic_stp_synapse");
