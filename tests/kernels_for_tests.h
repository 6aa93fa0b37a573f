// Small random data for kernels, and the comparison of what they leave on every team.
#pragma once
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <random>
#include <vector>

#include "host/cpu_device.h"
#include "kernels/synapse_views.h"
#include "kernels/views.h"
#include "tests/teams_for_tests.h"

namespace ranvier::test {

/// What a kernel leaves, to be compared bit by bit.
struct bits {
    std::vector<std::byte> bytes;

    template <class T> bits& add(std::vector<T> const& v) {
        auto const* const p = reinterpret_cast<std::byte const*>(v.data());
        bytes.insert(bytes.end(), p, p + v.size() * sizeof(T));
        return *this;
    }
    friend bool operator==(bits const&, bits const&) = default;
    friend std::ostream& operator<<(std::ostream& out, bits const& b) {
        std::uint64_t h = 14695981039346656037u;
        for (auto const x : b.bytes) h = (h ^ std::uint64_t(x)) * 1099511628211u;
        return out << b.bytes.size() << " bytes with hash " << h;
    }
};

/// Data is copied for each run and offers result(); kernel(team, data).
template <class Data, class Kernel> bits on_serial(Data data, Kernel const& kernel, bool wide = false) {
    run_serial([&](auto& team) { kernel(team, data); }, wide);
    return data.result();
}
template <defect D = defect::none, class Data, class Kernel>
bits on_shuffled(Data data, Kernel const& kernel, std::uint64_t seed = 1) {
    run_shuffled<D>(seed, [&](auto& team) { kernel(team, data); });
    return data.result();
}
template <defect D = defect::none, class Data, class Kernel>
bits on_threads(Data data, Kernel const& kernel, lane_options const& o) {
    run_lanes<D>(o, [&](auto& team) { kernel(team, data); });
    return data.result();
}

/// The same bits on the serial, shuffled and threaded teams; these are returned.
template <class Data, class Kernel> bits expect_same_on_all_teams(Data const& data, Kernel const& kernel) {
    auto const serial = on_serial(data, kernel);
    EXPECT_EQ(on_serial(data, kernel, wide_vectors()), serial) << "AVX-512, if there is";
    for (std::uint64_t seed = 1; seed <= 3 && !only_races; ++seed) {
        EXPECT_EQ(on_shuffled(data, kernel, seed), serial) << "shuffled team, seed " << seed;
        EXPECT_EQ(on_threads(data, kernel, {.lanes = 4, .width = 2, .how = schedule::in_turns, .seed = seed}),
                  serial)
            << "lanes in turns, seed " << seed;
    }
    EXPECT_EQ(on_threads(data, kernel, {.lanes = 4, .width = 2}), serial) << "4 lanes in 2 warps";
    EXPECT_EQ(on_threads(data, kernel, {.lanes = 3, .width = 3}), serial) << "3 lanes in 1 warp";
    return serial;
}

/// A broken team leaves other bits, for one of a few seeds at least.
template <defect D, class Data, class Kernel> void expect_caught(Data const& data, Kernel const& kernel) {
    auto const right = on_serial(data, kernel);
    bool caught = false;
    for (std::uint64_t seed = 1; seed <= 8 && !caught; ++seed) {
        if constexpr (D == defect::adds_in_float)
            caught = on_shuffled<D>(data, kernel, seed) != right;
        else
            caught = on_threads<D>(data, kernel, {.how = schedule::in_turns, .seed = seed}) != right;
    }
    EXPECT_TRUE(caught) << "the broken twin " << int(D) << " leaves the right bits";
}

class generator {
  public:
    explicit generator(std::uint64_t seed) : engine_(seed) {}
    std::int64_t below(std::int64_t n) { return std::int64_t(engine_() % std::uint64_t(n)); }
    double uniform(double a, double b) { return a + (b - a) * (double(engine_() >> 11) * 0x1p-53); }
    bool chance(double p) { return uniform(0, 1) < p; }

  private:
    std::mt19937_64 engine_;
};

struct inbox_data {
    std::int64_t n = 0, n_slots = 64;
    std::int32_t ports = 1;
    std::vector<std::int64_t> slots;

    inbox_data(std::int64_t n, std::int32_t ports, std::int64_t n_slots = 64)
        : n(n), n_slots(n_slots), ports(ports), slots(std::size_t(n * ports * n_slots)) {}
    inbox_view view() { return {slots.data(), n_slots - 1, n, ports, 0x1p32, 0x1p-32, 0x1p18}; }
};

/// Rows of edges, sorted by target.
template <class Real> struct edge_data {
    std::int32_t first_source = 3, n_targets = 0;
    std::vector<std::uint32_t> begin{0};
    std::vector<std::uint16_t> target;
    std::vector<Real> weight;          // empty: common_weight
    std::vector<std::int32_t> delays;  // steps, of each edge; a constant one for width 0
    std::vector<std::byte> delay_bytes;
    Real common_weight = Real(0.7);
    std::int32_t width = 0;
    routing route = to_port(0);

    /// Degrees up to twice the mean, every seventh row empty; delays in [1, max_delay].
    edge_data(generator& r, std::int32_t sources, std::int32_t targets, std::int64_t degree,
              std::int32_t max_delay)
        : n_targets(targets) {
        for (std::int32_t row = 0; row < sources; ++row) {
            auto const m = row % 7 == 6 ? 0 : r.below(2 * degree) + 1;
            for (std::int64_t e = 0; e < m; ++e) {
                target.push_back(std::uint16_t(r.below(targets)));
                weight.push_back(Real(r.uniform(0.2, 3)));
                delays.push_back(std::int32_t(1 + r.below(max_delay)));
            }
            std::sort(target.end() - m, target.end());
            begin.push_back(std::uint32_t(target.size()));
        }
        set_width(0);
    }
    /// Bytes of the delay column; 0: all edges have the first one's.
    void set_width(std::int32_t bytes) {
        width = bytes;
        delay_bytes.resize(target.size() * std::size_t(std::max(bytes, 1)));
        for (std::size_t e = 0; e < target.size(); ++e) {
            if (width == 1) write(e, std::uint8_t(delays[e]));
            if (width == 2) write(e, std::uint16_t(delays[e]));
            if (width == 4) write(e, delays[e]);
        }
    }
    std::int32_t delay(std::size_t e) const { return delays[width == 0 ? 0 : e]; }
    std::int32_t rows() const { return std::int32_t(begin.size()) - 1; }
    edge_view<Real> view() {
        return {{first_source, rows(), begin.data()},
                target.data(),
                weight.empty() ? nullptr : weight.data(),
                common_weight,
                {delay_bytes.data(), width, delays[0]},
                route,
                0};
    }

  private:
    template <class T> void write(std::size_t e, T x) {
        std::memcpy(delay_bytes.data() + e * sizeof x, &x, sizeof x);
    }
};

/// Spikes of sources in the steps [t, t + steps), some of nodes that have no row.
struct spike_data {
    std::int64_t t = 0;
    std::int32_t steps = 0;
    std::vector<spike_event> events;
    std::vector<std::int64_t> begin{0};

    spike_data(generator& r, std::int64_t t, std::int32_t steps, std::int32_t first_source,
               std::int32_t sources, double p, bool plain = false)
        : t(t), steps(steps) {
        for (int k = 0; k < steps; ++k) {
            for (auto id = first_source - 2; id < first_source + sources + 2; ++id) {
                if (!r.chance(p)) continue;
                bool const special = !plain && r.chance(0.2);
                events.push_back({id, special ? 3 : 1, special ? 0.3 : 1.0});
            }
            begin.push_back(std::int64_t(events.size()));
        }
    }
    spike_list view() const { return {events.data(), begin.data(), t, steps}; }
};

/// What a recorded group sends of a list of spikes; NaN: nothing.
struct sent_data {
    std::vector<std::int64_t> next, begin;  // [row], [event]
    std::vector<double> weight;
    sent_view view;

    template <class Real> sent_data(edge_data<Real> const& edges, spike_data const& s) {
        std::int64_t n = 0;
        begin.resize(s.events.size());
        for (std::int32_t row = 0; row < edges.rows(); ++row) {
            next.push_back(n);
            for (std::size_t i = 0; i < s.events.size(); ++i) {
                if (s.events[i].source != edges.first_source + row) continue;
                begin[i] = n;
                n += std::int64_t{s.events[i].multiplicity} *
                     (edges.begin[std::size_t(row) + 1] - edges.begin[std::size_t(row)]);
            }
        }
        weight.assign(std::size_t(n), std::nan(""));
        view = {next.data(), weight.data()};
    }
    sent_data(sent_data const& o)
        : next(o.next), begin(o.begin), weight(o.weight), view{next.data(), weight.data()} {}
    sent_data& operator=(sent_data const&) = delete;
    /// Of the nth spike of an event through `edges` edges.
    double* of(std::int64_t event, std::int32_t nth, std::int64_t edges) {
        return weight.data() + begin[std::size_t(event)] + nth * edges;
    }
};

/// Constants of a model's elements for n neurons that differ, as a partition keeps them; every list has
/// `length` of them.
template <class M> struct elements_for_tests {
    std::int32_t lengths[lists_of<M>::size > 0 ? lists_of<M>::size : 1] = {};
    std::vector<std::byte> shared;

    explicit elements_for_tests(std::int32_t length) {
        if (lists_of<M>::size > 0) std::fill(std::begin(lengths), std::end(lengths), length);
        make(typename M::params{}, [this]<int, class E>(std::int64_t, typename E::derived const& d) {
            auto const* const at = reinterpret_cast<std::byte const*>(&d);
            shared.insert(shared.end(), at, at + sizeof d);
        });
    }
    /// Ports that are receptors of a list.
    int receptors() const {
        int n = 0;
        lists_of<M>::for_each([&]<int L, class E>() { n += E::receptors ? lengths[L] : 0; });
        return n;
    }
    std::int64_t state_bytes(std::int64_t capacity) const {
        return element_offset<M, state_of_element>(lengths, columns<typename M::state>::width,
                                                   lists_of<M>::size, 0) *
               capacity;
    }
    std::int64_t own_bytes(std::int64_t capacity) const {
        return element_offset<M, derived_of_element>(lengths, columns<typename M::derived>::width,
                                                     lists_of<M>::size, 0) *
               capacity;
    }
    void connect(neuron_view<M>& v) const {
        v.shared_elements = shared.data();
        std::copy(std::begin(lengths), std::end(lengths), v.lengths);
    }
    /// Neuron i's constants into columns of its own, as `own` of the view.
    void store(neuron_view<M> const& v, std::int64_t i, typename M::params const& p) const {
        make(p, [&]<int L, class E>(std::int64_t j, typename E::derived const& d) {
            element_constants<L, E>(v, v.own, j).store(i, d);
        });
    }

  private:
    /// f<list, type>(element, constants); the parameters of elements differ.
    template <class F> void make(typename M::params const& p, F f) const {
        lists_of<M>::for_each([&]<int L, class E>() {
            for (std::int32_t j = 0; j < lengths[L]; ++j) {
                typename E::params e{};
                E::params::fields::for_each([&]<auto Member>() {
                    e.*Member = e.*Member == 0 ? 1.5 : e.*Member * (1 - 0.1 * j);
                });
                f.template operator()<L, E>(j, E::derive(p, e, 0.1));
            }
        });
    }
};

}  // namespace ranvier::test
