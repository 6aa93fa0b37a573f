// Plastic synapses between random spike trains, slice by slice as the engine takes them.
#pragma once
#include <memory>
#include <numeric>

#include "kernels/plasticity.h"
#include "tests/kernels_for_tests.h"

namespace ranvier::test {

struct plasticity_options {
    std::int32_t targets = 45, sources = 25, max_delay = 12, depth = 400, slices = 30;
    std::int64_t degree = 60;
    std::uint64_t seed = 1;
    double target_rate = 0.05, source_rate = 0.06;  // spikes per step
    bool eager = true;                              // some targets fire nearly every step
    bool multiple = false;                          // several spikes in a step
    bool own_decay = false;
};

/// Spikes of a third party.
struct arrivals_data {
    std::vector<std::int64_t> stamp, multiplicity;
    modulator_view view;
    arrivals_data(std::vector<std::int64_t> s, std::vector<std::int64_t> m)
        : stamp(std::move(s)),
          multiplicity(std::move(m)),
          view{stamp.data(), multiplicity.data(), std::int64_t(stamp.size())} {}
    arrivals_data(arrivals_data const&) = delete;
    std::shared_ptr<arrivals_data const> after(std::int64_t t) const {
        auto const n = std::upper_bound(stamp.begin(), stamp.end(), t) - stamp.begin();
        return std::make_shared<arrivals_data const>(
            std::vector(stamp.begin() + n, stamp.end()),
            std::vector(multiplicity.begin() + n, multiplicity.end()));
    }
};

/// Edges onto `targets` neurons from `sources`, and spikes of both in slices of ten steps.
template <class S, class Real> struct plasticity_data {
    using rule = typename S::template rule<Real>;
    static constexpr int steps = 10;

    plasticity_options o;
    inbox_data inbox;
    edge_data<Real> edges;
    bool own_params = false, shallow = false;
    std::int32_t ahead = 0;  // rows of what teams of many lanes see, filled before delivery
    std::vector<std::byte> own;
    std::vector<double> k_plus, k_plus_triplet;
    std::vector<std::int64_t> last;
    std::vector<std::int64_t> history_step, last_spike, drop;
    std::vector<double> k_minus, k_triplet, decay;
    std::vector<std::int32_t> history_multiplicity, full;
    std::vector<std::uint32_t> archives;
    std::vector<std::int32_t> seen_rank, seen_age;
    std::vector<Real> seen_k;
    fault first_fault;
    std::vector<std::uint64_t> fired;        // [slice][neuron]
    std::vector<std::int32_t> everyone;      // 0 ... targets - 1
    std::vector<std::int32_t> multiplicity;  // [slice][step][neuron]
    std::vector<spike_data> spikes;          // [slice]
    std::vector<sent_data> sent;             // [slice], if recorded
    // Where spikes of a third party modulate.
    std::vector<std::byte> traces;
    std::vector<std::int64_t> as_of;
    std::vector<std::shared_ptr<arrivals_data const>> arrivals;  // [slice], or one for all

    explicit plasticity_data(plasticity_options const& options)
        : plasticity_data(options, generator(options.seed)) {}

    std::int64_t capacity() const { return (std::int64_t(edges.target.size()) + 15) / 16 * 16; }
    rule shared() const {
        if constexpr (of_triplets<rule>)
            return S::template derive<Real>({.tau_plus = 15,
                                             .tau_plus_triplet = 60,
                                             .Aplus = 0.01,
                                             .Aminus = 0.02,
                                             .Aplus_triplet = 0.003,
                                             .Aminus_triplet = 0.001,
                                             .Wmax = 4},
                                            {}, 0.1);
        else if constexpr (modulated<rule>)
            return S::template derive<Real>({},
                                            {.A_plus = 0.05,
                                             .A_minus = 0.06,
                                             .tau_plus = 15,
                                             .tau_c = 90,
                                             .tau_n = 20,
                                             .b = 0.9,
                                             .Wmin = 0.3,
                                             .Wmax = 1.5},
                                            0.1);
        else if constexpr (requires(typename S::params p) { p.eta; })
            return S::template derive<Real>({.tau = 15, .alpha = 0.9, .eta = 0.002, .Wmax = 8}, {}, 0.1);
        else if constexpr (requires(typename S::common c) { c.Wmax; })
            return S::template derive<Real>(
                {}, {.tau_plus = 15, .lambda = 0.005, .alpha = 0.9, .mu_plus = 0.5, .Wmax = 4}, 0.1);
        else if constexpr (requires(typename S::common c) { c.lambda; })
            return S::template derive<Real>({}, {.tau_plus = 15, .lambda = 0.1, .alpha = 0.057, .mu = 0.4},
                                            0.1);
        else
            return S::template derive<Real>(
                {.tau_plus = 15, .lambda = 0.005, .alpha = 0.9, .mu_plus = 0.5, .Wmax = 4}, {}, 0.1);
    }
    /// Every edge has the shared parameters as its own.
    void give_own_params() {
        own_params = true;
        own.resize(columns<rule>::bytes(capacity()));
        k_plus.assign(edges.target.size(), 0);
        k_plus_triplet.assign(edges.target.size(), 0);
        last.assign(edges.target.size(), 0);
        for (std::size_t e = 0; e < edges.target.size(); ++e)
            columns<rule>{own.data(), capacity()}.store(std::int64_t(e), shared());
    }
    /// Teams of many lanes take several edges a lane.
    void look_ahead() {
        ahead = 16;
        auto const n = std::size_t(ahead * o.targets);
        seen_rank.assign(n, 0), seen_age.assign(n, 0), seen_k.assign(n, 0);
    }
    history_view history() {
        return {o.targets,
                o.depth,
                history_step.data(),
                k_minus.data(),
                o.multiple ? history_multiplicity.data() : nullptr,
                o.own_decay ? decay.data() : nullptr,
                0.1 / 20,
                archives.data(),
                last_spike.data(),
                of_triplets<rule> ? k_triplet.data() : nullptr,
                nullptr,
                0.1 / 90};
    }
    void record() {
        for (auto const& s : spikes) sent.emplace_back(edges, s);
    }
    pair_stdp_view<rule> view(std::size_t slice = 0) {
        pair_stdp_view<rule> v{};
        v.edges = edges.view();
        v.shared = shared();
        v.own = {own_params ? own.data() : nullptr, capacity()};
        v.k_plus = k_plus.data();
        v.k_plus_triplet = k_plus_triplet.data();
        v.last = last.data();
        v.history = history();
        v.seen = {seen_rank.data(), seen_age.data(), seen_k.data(), ahead};
        v.largest = inbox.view().largest;
        v.first_fault = &first_fault;
        v.sent = sent.empty() ? nullptr : &sent[slice].view;
        if constexpr (modulated<rule>) {
            v.modulated = {{traces.data(), capacity()},
                           as_of.data(),
                           &arrivals[std::min(slice, arrivals.size() - 1)]->view};
        }
        return v;
    }
    bits result() const {
        return bits{}
            .add(inbox.slots)
            .add(edges.weight)
            .add(k_plus)
            .add(k_plus_triplet)
            .add(last)
            .add(last_spike)
            .add(traces)
            .add(as_of)
            .add(std::vector{first_fault.what, first_fault.neuron, first_fault.source});
    }

  private:
    plasticity_data(plasticity_options const& options, generator r)
        : o(options), inbox(o.targets, 2), edges(r, o.sources, o.targets, o.degree, o.max_delay) {
        auto const n = std::size_t(o.targets), all = n * std::size_t(o.depth);
        everyone.resize(n);
        std::iota(everyone.begin(), everyone.end(), 0);
        k_plus.assign(std::size_t(o.sources), 0);
        k_plus_triplet.assign(std::size_t(o.sources), 0);
        last.assign(std::size_t(o.sources), 0);
        history_step.assign(all, history_view::never);
        k_minus.assign(all, 0);
        k_triplet.assign(all, 0);
        history_multiplicity.assign(all, 1);
        last_spike.assign(n, -1);
        archives.assign(n, 1);
        for (std::size_t j = 0; j < n; ++j) decay.push_back(0.1 / r.uniform(10, 30));
        drop.assign(n, 0), full.assign(n + 1, 0);
        seen_rank.assign(n, 0), seen_age.assign(n, 0), seen_k.assign(n, 0);
        edges.route = by_sign(0, 1);
        fired.assign(n * std::size_t(o.slices), 0);
        multiplicity.assign(n * std::size_t(o.slices * steps), 1);
        for (std::size_t i = 0; i < fired.size(); ++i)
            for (int k = 0; k < steps; ++k)
                fired[i] |= std::uint64_t{r.chance(o.eager && i % n % 11 == 3 ? 0.9 : o.target_rate)} << k;
        for (auto& m : multiplicity) m = r.chance(0.3) ? 2 : 1;
        if constexpr (modulated<rule>) {
            traces.resize(columns<typename rule::traces>::bytes(capacity()));
            as_of.assign(edges.target.size(), 0);
            std::vector<std::int64_t> stamp, multiplicity;
            for (std::int64_t t = 1; t <= o.slices * steps; ++t)
                if (r.chance(0.1)) stamp.push_back(t), multiplicity.push_back(r.chance(0.3) ? 2 : 1);
            arrivals = {std::make_shared<arrivals_data const>(std::move(stamp), std::move(multiplicity))};
        }
        for (std::int32_t s = 0; s < o.slices; ++s)
            spikes.emplace_back(r, s * steps, steps, edges.first_source, o.sources, o.source_rate,
                                !o.multiple);
    }
};

/// All slices: room in the history if it is shallow, spikes of the targets into it, spikes of the sources
/// through the edges. The broken twin forgets spikes before all synapses have seen them.
template <bool catches_up> struct deliver_slices_with {
    template <class Team, class Data> void operator()(Team& team, Data& d) const {
        auto const h = d.history();
        for (std::int32_t s = 0; s < d.o.slices; ++s) {
            auto const v = d.view(std::size_t(s));
            auto const t = std::int64_t{s} * d.steps;
            if (d.shallow) {
                auto const n =
                    choose_full{}(team, h, t, d.steps, d.o.max_delay, d.full.data(), d.drop.data());
                if (catches_up) catch_up_pair_stdp{}(team, v, d.full.data(), n, d.drop.data());
                drop_spikes{}(team, h, d.full.data(), n, d.drop.data());
            }
            archive_spikes{}(team, h, d.everyone.data(), h.n, d.fired.data() + std::int64_t{s} * d.o.targets,
                             d.o.multiple ? d.multiplicity.data() + t * d.o.targets : nullptr, d.o.targets, t,
                             d.steps);
            team.sync();
            if constexpr (!Team::one_lane && !edge_by_edge<typename Data::rule>)
                for (int k = 0; k < d.steps; ++k) look_back_ahead{}(team, v, t + k);
            deliver_pair_stdp{}(team, d.inbox.view(), v, d.spikes[std::size_t(s)].view());
        }
    }
};
using deliver_slices = deliver_slices_with<true>;

/// All sources fire in the last step, so that all edges are taken there.
template <class Data> void end_with_all_sources(Data& d) {
    auto& last = d.spikes.back();
    for (std::int32_t r = 0; r < d.o.sources; ++r) last.events.push_back({d.edges.first_source + r, 1, 1.0});
    last.begin.back() += d.o.sources;
}

/// The same, but of the spikes of targets so few are kept that edges have to catch up.
template <class Data> Data with_short_history(Data d) {
    d.o.depth = 48;
    d.shallow = true;
    auto const n = 48 * std::size_t(d.o.targets);
    d.history_step.resize(n);
    d.k_minus.resize(n);
    d.k_triplet.resize(n);
    d.history_multiplicity.resize(n);
    return d;
}

}  // namespace ranvier::test
