// Neurons through slices: tests of one model, the same bits on every team, and those of a plain loop over
// neurons and steps. The build makes a translation unit for each model of the registry
// (update_of_model.cpp.in).
#pragma once
#include "kernels/update.h"

#include <cmath>
#include <limits>

#include "kernels/hash.h"
#include "models/parrot_neuron.h"
#include "tests/kernels_for_tests.h"

namespace ranvier::test {
namespace {

constexpr int n_slices = 4, slice = 15, n_steps = n_slices * slice;
constexpr std::int32_t n_neurons = 270;  // more than one tile of the serial team

/// Parameters within a tenth of the defaults, lower, so that signs and orders stay.
template <class R> R varied(generator& r, R p) {
    R::fields::for_each([&]<auto Member>() {
        if constexpr (std::is_same_v<plain_type<Member>, double>) p.*Member = p.*Member * r.uniform(0.9, 1);
    });
    return p;
}

template <class R> bool valid(R const& p) {
    bool all = true;
    R::checks::for_each([&](auto check) { all &= check.ok(p); });
    return all;
}

template <class M> struct update_data {
    static constexpr std::int64_t capacity = 272;
    static constexpr std::int32_t current_rows = std::max(M::n_currents, 1);
    static constexpr int state_columns = M::state::fields::size;

    std::int32_t first_id = 5;
    elements_for_tests<M> elements{2};
    std::vector<std::byte> state, own;
    typename M::derived shared{};
    bool use_own = true, draws = false;
    inbox_data inbox{n_neurons, M::n_ports + elements.receptors()};
    bool use_current = true;
    std::vector<double> current = std::vector<double>(std::size_t(slice * current_rows * n_neurons));
    std::vector<std::uint64_t> fired = std::vector<std::uint64_t>(n_neurons, 77);
    std::vector<std::int32_t> multiplicity = std::vector<std::int32_t>(std::size_t(slice * n_neurons));
    std::vector<sampler_view> samplers;
    std::vector<std::int32_t> sampled{3, 40, 269};
    std::vector<std::int64_t> sampled_columns;
    std::vector<double> samples = std::vector<double>(2 * n_steps * 2 * 3);
    std::vector<std::int32_t> counts = std::vector<std::int32_t>(2);
    fault first_fault;
    std::vector<std::uint64_t> fired_log, hash = {0};
    std::vector<std::int32_t> multiplicity_log;

    explicit update_data(generator r)
        : state(std::size_t(elements.state_bytes(capacity))), own(std::size_t(elements.own_bytes(capacity))) {
        fired_log.resize(std::size_t(n_slices * n_neurons));
        multiplicity_log.resize(std::size_t(n_slices * slice * n_neurons));
        for (std::int32_t i = 0; i < n_neurons; ++i) {
            typename M::params p;
            do p = varied(r, typename M::params{});
            while (!valid(p));
            if constexpr (M::stochastic) draws = true;
            if constexpr (requires { p.rho; }) p.delta = 2.0, p.rho = 5.0;
            EXPECT_TRUE(valid(p));
            typename M::state s{};
            M::relative::for_each([&](auto x) { s.*x.member = s.*x.member - p.*x.origin; });
            if constexpr (requires { s.V_m; }) s.V_m = s.V_m + r.uniform(0, 14);
            if constexpr (initialises<M>) {
                if constexpr (requires { p.rate; }) p.rate = r.uniform(200, 2000);
                M::initialise(p, 0.1, s);
            }
            shared = M::derive(p, 0.1);
            state_view().store(i, s);
            own_view().store(i, shared);
            elements.store(view(), i, p);
        }
        for (auto& q : inbox.slots)
            if (r.chance(0.5)) q = r.below(4) << 38;  // 0, 64, 128 or 192
        if constexpr (std::is_same_v<M, parrot_neuron>)
            for (auto& q : inbox.slots) q >>= 6;  // 0 to 3 spikes
        for (auto& I : current) I = r.uniform(0, 2500);
        for (int c = 0; c < std::min(state_columns, 2); ++c)
            sampled_columns.push_back(8 * (c == 0 ? 0 : state_columns - 1));
    }
    columns<typename M::state> state_view() { return {state.data(), capacity}; }
    columns<typename M::derived> own_view() { return {own.data(), capacity}; }
    void record() {
        auto const n = std::int32_t(sampled.size()), c = std::int32_t(sampled_columns.size());
        samplers = {{3, 0, 0, n, c, nullptr, nullptr, nullptr, nullptr},
                    {7, 2, 10, n, c, nullptr, nullptr, nullptr, nullptr}};
    }
    /// Samplers point into this object: called once it stays where it is.
    void connect_samplers() {
        for (std::size_t s = 0; s < samplers.size(); ++s) {
            samplers[s].neurons = sampled.data(), samplers[s].columns = sampled_columns.data();
            samplers[s].values = samples.data() + s * samples.size() / 2,
            samplers[s].count = counts.data() + s;
        }
    }
    neuron_view<M> view() {
        neuron_view<M> v{first_id,
                         n_neurons,
                         state_view(),
                         shared,
                         use_own ? own_view() : columns<typename M::derived>{nullptr, 0},
                         inbox.view(),
                         current.data(),
                         use_current ? current_rows * n_neurons : 0,
                         fired.data(),
                         M::multiple ? multiplicity.data() : nullptr,
                         n_neurons,
                         samplers.data(),
                         std::int32_t(samplers.size()),
                         draws,
                         make_key(42, stream_kind::neuron, 3),
                         &first_fault};
        elements.connect(v);
        return v;
    }
    bits result() const {
        auto const f = std::vector{first_fault.what, first_fault.neuron, first_fault.source};
        return bits{}
            .add(state)
            .add(inbox.slots)
            .add(fired_log)
            .add(multiplicity_log)
            .add(samples)
            .add(counts)
            .add(hash)
            .add(f);
    }
};

/// All NaN are one: which of two its sign comes from is the compiler's choice. So the hash of states is left
/// out.
template <class M> struct update_data_not_finite : update_data<M> {
    using update_data<M>::update_data;
    bits result() const {
        auto copy = *this;
        for (std::size_t i = 0; i < copy.state.size(); i += sizeof(double)) {
            double x;
            std::memcpy(&x, &copy.state[i], sizeof x);
            if (std::isnan(x)) x = std::numeric_limits<double>::quiet_NaN();
            std::memcpy(&copy.state[i], &x, sizeof x);
        }
        copy.hash.clear();
        return copy.update_data<M>::result();
    }
};

/// All slices, with what each leaves put aside.
struct advance_all {
    template <class Team, class M> void operator()(Team& team, update_data<M>& d) const {
        team.single([&] { d.connect_samplers(); });
        team.sync();
        auto const v = d.view();
        for (int s = 0; s < n_slices; ++s) {
            advance<M>{}(team, v, s * slice, slice, (s + 1) * slice);
            team.sync();
            team.for_each(n_neurons, [&](std::int64_t i) {
                d.fired_log[std::size_t(s * n_neurons + i)] = d.fired[std::size_t(i)];
            });
            if constexpr (M::multiple)
                team.for_each(slice * n_neurons, [&](std::int64_t i) {
                    d.multiplicity_log[std::size_t(s * slice * n_neurons + i)] =
                        d.multiplicity[std::size_t(i)];
                });
            team.sync();
        }
        hash_state<M>{}(team, v, n_steps, &d.hash[0]);
    }
};

/// One neuron after the other, a step at a time; `shift` is what a wrong counter of random numbers would add
/// to ids.
template <class M> update_data<M> plain_loop(update_data<M> d, std::uint32_t shift = 0) {
    auto const v = d.view();
    for (std::int32_t i = 0; i < n_neurons; ++i) {
        auto s = v.state.load(i);
        auto const constants = d.use_own ? v.own.load(i) : d.shared;
        auto elements = [&](auto f) {
            lists_of<M>::for_each([&]<int L, class E>() {
                for (int j = 0; j < v.lengths[L]; ++j) {
                    auto const columns = element_state<L, E>(v, j);
                    auto e = columns.load(i);
                    shared_record<typename M::derived> const shared{v.shared};
                    auto const c = d.use_own ? element_constants<L, E>(v, v.own, j).load(i)
                                             : element_constants<L, E>(v, shared, j).value;
                    f.template operator()<E>(j, c, e);
                    columns.store(i, e);
                }
            });
        };
        for (int t = 0; t < n_steps; ++t) {
            inputs<M::n_ports, M::n_currents> in;
            for (int port = 0; port < M::n_ports; ++port) {
                auto& q = v.inbox.row(t, port)[i];
                in.spikes[port] = double(q) * 0x1p-32;
                q = 0;
            }
            for (int r = 0; r < M::n_currents; ++r)
                in.currents[r] =
                    d.current[std::size_t((t % slice * update_data<M>::current_rows + r) * n_neurons + i)];
            auto const id = std::uint32_t(v.first_id + i) + shift;
            auto step = [&]<bool Draws>() {
                step_context<Draws> const context{v.draws_key, id, t};
                if constexpr (lists_of<M>::size == 0) {
                    integrate<M>(
                        [&]() -> auto const& { return constants; }, s, in);
                    return M::step(constants, s, in, context);
                } else {
                    typename M::sums sums{};
                    elements([&]<class E>(int j, auto const& c, auto& e) {
                        double x = 0;
                        if constexpr (E::receptors) {
                            auto& q = v.inbox.row(t, M::n_ports + j)[i];
                            x = double(q) * 0x1p-32;
                            q = 0;
                        }
                        E::advance(c, e, x, s, sums);
                    });
                    integrate<M>(
                        [&]() -> auto const& { return constants; }, s, in, sums);
                    int n = M::step(constants, s, in, context, sums);
                    if constexpr (requires { M::spike(constants, s, context); })
                        if (n > 0) n = M::spike(constants, s, context);
                    elements([&]<class E>([[maybe_unused]] int j, auto const& c, auto& e) {
                        if constexpr (requires { E::spike(c, e, n); })
                            if (n > 0) E::spike(c, e, n);
                    });
                    return n;
                }
            };
            auto const spikes =
                d.draws ? step.template operator()<true>() : step.template operator()<false>();
            d.fired_log[std::size_t(t / slice * n_neurons + i)] |= std::uint64_t(spikes > 0) << t % slice;
            if (M::multiple) d.multiplicity_log[std::size_t(t * n_neurons + i)] = spikes;
        }
        v.state.store(i, s);
    }
    return d;
}

template <class M> class kernels_update : public ::testing::Test {};
TYPED_TEST_SUITE_P(kernels_update);

TYPED_TEST_P(kernels_update, same_on_all_teams_as_a_plain_loop) {
    for (bool const own : {true, false}) {
        update_data<TypeParam> d{generator(11)};
        d.use_own = own;
        expect_same_on_all_teams(d, advance_all{});
        auto const plain = plain_loop(d);
        run_serial([&](auto& team) { advance_all{}(team, d); });
        EXPECT_EQ(
            bits{}.add(d.state).add(d.inbox.slots).add(d.fired_log).add(d.multiplicity_log),
            bits{}.add(plain.state).add(plain.inbox.slots).add(plain.fired_log).add(plain.multiplicity_log));
        EXPECT_EQ(d.first_fault.what, fault::none);
        EXPECT_TRUE(
            std::any_of(plain.fired_log.begin(), plain.fired_log.end(), [](auto f) { return f != 0; }));
    }
}

TYPED_TEST_P(kernels_update, recording_changes_nothing_and_samples_are_due_values) {
    update_data<TypeParam> quiet{generator(12)};
    auto d = quiet;
    d.record();
    expect_same_on_all_teams(d, advance_all{});
    run_serial([&](auto& team) {
        advance_all{}(team, d);
        advance_all{}(team, quiet);
    });
    EXPECT_EQ(bits{}.add(d.state).add(d.fired_log).add(d.hash),
              bits{}.add(quiet.state).add(quiet.fired_log).add(quiet.hash));
    EXPECT_EQ(d.counts[0], n_steps / 3);  // stamps 3, 6 ... 60
    EXPECT_EQ(d.counts[1], 7);            // 16, 23 ... 58: after stamp 10
    if constexpr (TypeParam::state::fields::size > 0) {
        auto const last = d.samples.data() + (d.counts[0] - 1) * 3 * std::int64_t(d.sampled_columns.size());
        auto const* const column = reinterpret_cast<double const*>(d.state.data());
        for (std::size_t j = 0; j < d.sampled.size(); ++j) EXPECT_EQ(last[j], column[d.sampled[j]]);
    }
}

TYPED_TEST_P(kernels_update, no_currents_are_currents_of_zero) {
    update_data<TypeParam> zero{generator(14)};
    std::fill(zero.current.begin(), zero.current.end(), 0.0);
    auto none = zero;
    none.use_current = false;
    EXPECT_EQ(expect_same_on_all_teams(none, advance_all{}), on_serial(zero, advance_all{}));
}

TYPED_TEST_P(kernels_update, slices_do_not_matter) {
    update_data<TypeParam> d{generator(13)};
    std::fill(d.current.begin(), d.current.end(), 500.0);
    auto const whole = on_serial(d, advance_all{});
    auto in_pieces = [](auto& team, auto& x) {
        auto const v = x.view();
        for (int t = 0; t < n_steps;) {
            auto const s = std::int64_t(t / slice) * n_neurons;
            auto const steps = t % slice == 0 ? 4 : slice - 4;
            advance<TypeParam>{}(team, v, t, steps, t + steps);
            for (std::int64_t i = 0; i < n_neurons; ++i) {
                x.fired_log[std::size_t(s + i)] |= x.fired[std::size_t(i)] << t % slice;
                if constexpr (TypeParam::multiple)
                    for (int k = 0; k < steps; ++k)
                        x.multiplicity_log[std::size_t((t + k) * n_neurons + i)] =
                            x.multiplicity[std::size_t(k * n_neurons + i)];
            }
            t += steps;
        }
        hash_state<TypeParam>{}(team, v, n_steps, &x.hash[0]);
    };
    EXPECT_EQ(on_serial(d, in_pieces), whole);
}

TYPED_TEST_P(kernels_update, state_that_is_not_finite_is_reported_once) {
    update_data_not_finite<TypeParam> d{generator(14)};
    if constexpr (requires(typename TypeParam::state s) { s.V_m; }) {
        for (auto const i : {266, 21, 145}) {
            auto s = d.state_view().load(i);
            s.V_m = std::numeric_limits<double>::quiet_NaN();
            d.state_view().store(i, s);
        }
        expect_same_on_all_teams(d, advance_all{});
        run_serial([&](auto& team) { advance_all{}(team, d); });
        EXPECT_EQ(d.first_fault.what, fault::not_finite);
        EXPECT_EQ(d.first_fault.neuron, 21);
    }
}

REGISTER_TYPED_TEST_SUITE_P(kernels_update, same_on_all_teams_as_a_plain_loop,
                            recording_changes_nothing_and_samples_are_due_values, slices_do_not_matter,
                            no_currents_are_currents_of_zero, state_that_is_not_finite_is_reported_once);

}  // namespace
}  // namespace ranvier::test
