// Connections whose effect depends on state or chance: the same bits on every team, with parameters of all or
// of each edge, and the sums of a plain evaluation spike by spike.
#include "kernels/sending.h"
#include "models/bernoulli_synapse.h"
#include "models/quantal_stp_synapse.h"
#include "models/stochastic_stp_synapse.h"
#include "models/tsodyks2_synapse.h"
#include "models/tsodyks_synapse.h"

#include "tests/kernels_for_tests.h"

namespace ranvier::test {
namespace {

struct sending_options {
    std::int32_t targets = 45, sources = 25, max_delay = 12, slices = 30;
    std::int64_t degree = 60;
    std::uint64_t seed = 1;
    double rate = 0.06;  // spikes per step
    bool multiple = true;
};

template <class S, class Real> struct sending_data {
    using rule = typename S::template rule<Real>;
    using state_record = typename S::state;
    static constexpr int steps = 10;
    sending_options o;
    inbox_data inbox;
    edge_data<Real> edges;
    std::vector<std::byte> own, state;
    std::vector<std::int64_t> last;
    fault first_fault;
    std::vector<spike_data> spikes;  // [slice]
    std::vector<sent_data> sent;     // [slice], if recorded

    explicit sending_data(sending_options const& options) : sending_data(options, generator(options.seed)) {}
    std::int64_t capacity() const { return (std::int64_t(edges.target.size()) + 15) / 16 * 16; }
    rule shared() const {
        typename S::params p;
        if constexpr (requires { p.U; }) p.U = 0.4, p.tau_rec = 25, p.tau_fac = 12;
        if constexpr (requires { p.n; }) p.n = 6;
        if constexpr (requires { p.p_transmit; }) p.p_transmit = 0.6;
        return S::template derive<Real>(p, {}, 0.1);
    }
    /// Every edge has the shared parameters as its own.
    void give_own_params() {
        own.resize(columns<rule>::bytes(capacity()));
        for (std::size_t e = 0; e < edges.target.size(); ++e)
            columns<rule>{own.data(), capacity()}.store(std::int64_t(e), shared());
    }
    columns<state_record> states() { return {state.data(), capacity()}; }
    void record() {
        for (auto const& s : spikes) sent.emplace_back(edges, s);
    }
    sending_view<rule, state_record> view(std::size_t slice = 0) {
        sending_view<rule, state_record> v{};
        v.edges = edges.view();
        v.shared = shared();
        v.own = {own.empty() ? nullptr : own.data(), capacity()};
        v.state = states();
        v.last = last.data();
        v.first_id = 101;
        v.draws_key = {5, 6};
        v.largest = inbox.view().largest;
        v.first_fault = &first_fault;
        v.sent = sent.empty() ? nullptr : &sent[slice].view;
        return v;
    }
    bits result() const {
        auto all = bits{}
                       .add(inbox.slots)
                       .add(edges.weight)
                       .add(state)
                       .add(last)
                       .add(std::vector{first_fault.what, first_fault.neuron, first_fault.source});
        for (auto const& s : sent) all.add(s.weight);
        return all;
    }

  private:
    sending_data(sending_options const& options, generator r)
        : o(options), inbox(o.targets, 2), edges(r, o.sources, o.targets, o.degree, o.max_delay) {
        last.assign(std::size_t(o.sources), rule::no_spike ? -1 : 0);
        state.assign(std::max<std::size_t>(columns<state_record>::bytes(capacity()), 1), std::byte{});
        for (std::size_t e = 0; e < edges.target.size(); ++e) {
            state_record s;
            if constexpr (requires { s.u; }) s.u = r.uniform(0, 1);
            if constexpr (requires { s.a; }) s.a = r.below(7);
            states().store(std::int64_t(e), s);
        }
        edges.route = by_sign(0, 1);
        for (std::int32_t s = 0; s < o.slices; ++s)
            spikes.emplace_back(r, s * steps, steps, edges.first_source, o.sources, o.rate, !o.multiple);
    }
};

struct deliver_all {
    template <class Team, class Data> void operator()(Team& team, Data& d) const {
        for (std::size_t s = 0; s < d.spikes.size(); ++s)
            deliver_sending{}(team, d.inbox.view(), d.view(s), d.spikes[s].view());
    }
};

/// Slots, and what has been sent, after a plain evaluation: edge by edge, all spikes of its source in order.
template <class Data> Data one_edge_after_the_other(Data d) {
    using rule = typename Data::rule;
    auto const r = d.shared();
    auto const v = d.view();
    auto const box = d.inbox.view();
    for (std::int32_t row = 0; row < d.edges.rows(); ++row)
        for (std::size_t e = d.edges.begin[std::size_t(row)]; e < d.edges.begin[std::size_t(row) + 1]; ++e) {
            auto const first = d.edges.begin[std::size_t(row)];
            auto const rank = std::count(d.edges.target.begin() + first,
                                         d.edges.target.begin() + std::ptrdiff_t(e), d.edges.target[e]);
            auto state = d.states().load(std::int64_t(e));
            std::int64_t last = rule::no_spike ? -1 : 0;
            for (std::size_t slice = 0; slice < d.spikes.size(); ++slice) {
                auto const& s = d.spikes[slice];
                for (int k = 0; k < d.steps; ++k)
                    for (auto i = s.begin[std::size_t(k)]; i < s.begin[std::size_t(k) + 1]; ++i) {
                        auto const& event = s.events[std::size_t(i)];
                        if (event.source != d.edges.first_source + row) continue;
                        auto const step = s.t + k;
                        for (std::int32_t nth = 0; nth < event.multiplicity; ++nth) {
                            auto const interval = r.after(last < 0 ? -1 : step + 1 - last);
                            auto random = draws_of_edge{{5, 6}, 0, step, event.source, nth}.of(
                                v.first_id + d.edges.target[e], rank);
                            auto const sent = r.send(interval, state, random);
                            last = step + 1;
                            if (!sent.any) continue;
                            auto const w = double(d.edges.weight[e]) * sent.factor;
                            auto const m = std::int64_t(d.edges.begin[std::size_t(row) + 1]) - first;
                            d.sent[slice].of(i, nth, m)[e - first] = w;
                            auto const q = to_fixed(w * event.factor, box.scale);
                            box.row(step + d.edges.delay(e), q > 0 ? 0 : 1)[d.edges.target[e]] += q;
                        }
                    }
            }
        }
    return d;
}

template <class S, class Real> struct sending { using data = sending_data<S, Real>; };
template <class T> class kernels_sending : public ::testing::Test {};
using models = ::testing::Types<sending<bernoulli_synapse, double>, sending<bernoulli_synapse, float>,
                                sending<tsodyks_synapse, double>, sending<tsodyks_synapse, float>,
                                sending<tsodyks2_synapse, double>, sending<quantal_stp_synapse, double>,
                                sending<quantal_stp_synapse, float>, sending<stochastic_stp_synapse, double>>;
TYPED_TEST_SUITE(kernels_sending, models);

TYPED_TEST(kernels_sending, all_teams_agree_with_one_edge_after_the_other) {
    for (int const width : {0, 1, 2, 4}) {
        typename TypeParam::data d{{.seed = std::uint64_t(width) + 1}};
        d.edges.set_width(width);
        auto const expected = expect_same_on_all_teams(d, deliver_all{});
        auto recorded = d;
        recorded.record();
        expect_same_on_all_teams(recorded, deliver_all{});
        auto const plain = one_edge_after_the_other(recorded);
        auto serial = recorded;
        run_serial([&](auto& team) { deliver_all{}(team, serial); });
        EXPECT_EQ(serial.inbox.slots, plain.inbox.slots);
        EXPECT_NE(serial.inbox.slots, d.inbox.slots);
        bits sent, sent_plainly, nothing;
        for (auto const& s : serial.sent) sent.add(s.weight);
        for (auto const& s : plain.sent) sent_plainly.add(s.weight);
        for (auto const& s : recorded.sent) nothing.add(s.weight);
        EXPECT_EQ(sent, sent_plainly);
        EXPECT_NE(sent, nothing);
        EXPECT_EQ(serial.first_fault.what, fault::none);
        auto own = d;
        own.give_own_params();
        EXPECT_EQ(expect_same_on_all_teams(own, deliver_all{}), expected);
    }
}

TYPED_TEST(kernels_sending, state_goes_on_where_nothing_arrives) {
    typename TypeParam::data d{{}};
    auto felt = d;
    d.edges.route = ignored();
    run_serial([&](auto& team) { deliver_all{}(team, d); });
    run_serial([&](auto& team) { deliver_all{}(team, felt); });
    EXPECT_TRUE(std::all_of(d.inbox.slots.begin(), d.inbox.slots.end(), [](auto q) { return q == 0; }));
    EXPECT_EQ(d.state, felt.state);
    EXPECT_EQ(d.last, felt.last);
}

TYPED_TEST(kernels_sending, weight_that_does_not_fit_the_inbox_is_reported) {
    typename TypeParam::data d{{}};
    d.edges.weight.assign(d.edges.weight.size(), 1e12f);
    run_lanes({}, [&](auto& team) { deliver_all{}(team, d); });
    EXPECT_EQ(d.first_fault.what, fault::weight_too_large);
    EXPECT_GE(d.first_fault.source, d.edges.first_source);
}

TYPED_TEST(kernels_sending, broken_twins_are_caught) {
    typename TypeParam::data d{{.slices = 12}};
    expect_caught<defect::adds_in_float>(d, deliver_all{});
    // What bernoulli synapses do does not depend on spikes before.
    if (TypeParam::data::state_record::fields::size > 0)
        expect_caught<defect::forgets_sync>(d, deliver_all{});
}

}  // namespace
}  // namespace ranvier::test
