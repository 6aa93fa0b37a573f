// Neuron updates per second on one core, for every model of the registry: kernels only, slices of 15 steps of
// 0.1 ms, no input but a constant current. "spikes" is spikes per update: resets cost too.
#include <benchmark/benchmark.h>

#include <bit>
#include <vector>

#include "kernels/update.h"
#include "ranvier/all_models.h"

namespace {
using namespace ranvier;

constexpr double resolution = 0.1;  // ms
constexpr int longest_slice = 15;   // steps

template <class M> typename M::params driven() {
    typename M::params p{};
    if constexpr (requires { p.I_e; }) p.I_e = 500;  // about 40 spikes/s in most models
    return p;
}

/// State i of n, spread so that neurons do not fire together.
template <class M> typename M::state spread(typename M::params p, double share) {
    typename M::state s{};
    if constexpr (requires { s.V_m; }) {
        s.V_m = 15 * share;  // relative to E_L where the model keeps it so
        bool relative = false;
        M::relative::for_each([&](auto) { relative = true; });
        if constexpr (requires { p.E_L; })
            if (!relative) s.V_m = double(p.E_L) + 15 * share;
    }
    if constexpr (requires { M::initialise(p, resolution, s); }) {
        if constexpr (requires { p.phase; }) p.phase = 0.01 + 0.99 * share;
        M::initialise(p, resolution, s);
    }
    return s;
}

/// Constants of a model's elements, two in each list.
template <class M> std::vector<std::byte> elements(typename M::params const& p, std::int32_t* lengths) {
    std::vector<std::byte> all;
    lists_of<M>::for_each([&]<int L, class E>() {
        lengths[L] = 2;
        for (int j = 0; j < lengths[L]; ++j) {
            auto const d = E::derive(p, typename E::params{}, resolution);
            auto const* const at = reinterpret_cast<std::byte const*>(&d);
            all.insert(all.end(), at, at + sizeof d);
        }
    });
    return all;
}

template <class M> void update(benchmark::State& run) {
    auto const n = std::int32_t(run.range(0));
    auto const slice = int(run.range(1));
    auto const p = driven<M>();
    neuron_view<M> v{};
    auto const shared_elements = elements<M>(p, v.lengths);
    int ports = M::n_ports;
    lists_of<M>::for_each([&]<int L, class E>() { ports += E::receptors ? v.lengths[L] : 0; });
    std::vector<std::byte> memory(
        std::size_t(n * element_offset<M, state_of_element>(v.lengths, columns<typename M::state>::width,
                                                            lists_of<M>::size, 0)));
    columns<typename M::state> const state{memory.data(), n};
    for (std::int32_t i = 0; i < n; ++i) state.store(i, spread<M>(p, double(i) / n));
    auto const slots = int(std::bit_ceil(unsigned(2 * slice)));  // for delays as long as a slice
    constexpr int currents = M::n_currents > 0 ? M::n_currents : 1;
    std::vector<std::int64_t> inbox(std::size_t(slots) * std::size_t(ports) * std::size_t(n));
    std::vector<double> zeros(std::size_t(currents) * std::size_t(n));
    std::vector<std::uint64_t> fired(static_cast<std::size_t>(n));
    std::vector<std::int32_t> multiplicity(M::multiple ? std::size_t(longest_slice) * std::size_t(n) : 0);
    fault first_fault;
    scratch_memory scratch(scratch_bytes);
    serial_team team(scratch);

    v.first_id = 1, v.n = n;
    v.shared_elements = shared_elements.data();
    v.state = state;
    v.shared = M::derive(p, resolution);
    v.inbox = {.slots = inbox.data(),
               .mask = slots - 1,
               .n = n,
               .ports = ports,
               .scale = 0x1p32,
               .unit = 0x1p-32,
               .largest = 0x1p18};
    v.current = zeros.data(), v.current_stride = 0;
    v.fired = fired.data();
    v.multiplicity = multiplicity.data(), v.multiplicity_stride = n;
    v.first_fault = &first_fault;

    std::int64_t t = 0, spikes = 0;
    auto one_slice = [&] {
        advance<M>{}(team, v, t, slice);
        t += slice;
        benchmark::ClobberMemory();
    };
    for (auto _ : run) one_slice();
    run.SetItemsProcessed(run.iterations() * slice * n);
    int const counted = 3000 / slice;  // slices of 300 ms
    for (int i = 0; i < counted; ++i) {
        one_slice();
        for (auto const f : fired) spikes += std::popcount(f);
    }
    run.counters["spikes"] = double(spikes) / (double(n) * slice * counted);
    if (first_fault.what != fault::none) run.SkipWithError("a state is not finite");
}

[[maybe_unused]] bool const registered = [] {
    all_neurons::for_each([]<class M>() {
        benchmark::RegisterBenchmark(M::name, update<M>)
            ->ArgNames({"neurons", "slice"})
            ->ArgsProduct({{1000, 11250, 60000}, {longest_slice, 1}});
    });
    return true;
}();

}  // namespace
