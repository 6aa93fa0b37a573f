// Delivery through static synapses: the same bits on every team, and those of a plain sum over edges.
#include "kernels/deliver.h"

#include "kernels/hash.h"
#include "tests/kernels_for_tests.h"

namespace ranvier::test {
namespace {

template <class Real> struct deliver_data {
    inbox_data inbox{90, 2};
    edge_data<Real> edges;
    spike_data spikes;
    std::uint64_t hash = 0;

    explicit deliver_data(generator r)
        : edges(r, 40, 90, 60, 50), spikes(r, 37, 6, edges.first_source, edges.rows(), 0.2) {
        for (auto& w : edges.weight) w *= r.chance(0.3) ? Real(-1) : Real(1);
    }
    bits result() const { return bits{}.add(inbox.slots).add(std::vector{hash}); }
};
struct deliver_all {
    template <class Team, class Data> void operator()(Team& team, Data& d) const {
        using Real = decltype(d.edges.common_weight);
        deliver<Real>{}(team, d.inbox.view(), d.edges.view(), d.spikes.view());
        hash_weights<Real>{}(team, d.edges.view(), 11, &d.hash);
    }
};

/// One edge after the other.
template <class Real> std::vector<std::int64_t> plain_sum(deliver_data<Real> d) {
    auto const& e = d.edges;
    auto const inbox = d.inbox.view();
    for (int k = 0; k < d.spikes.steps; ++k)
        for (auto s = d.spikes.begin[std::size_t(k)]; s < d.spikes.begin[std::size_t(k) + 1]; ++s) {
            auto const event = d.spikes.events[std::size_t(s)];
            auto const r = event.source - e.first_source;
            if (r < 0 || r >= e.rows()) continue;
            for (std::size_t i = e.begin[std::size_t(r)]; i < e.begin[std::size_t(r) + 1]; ++i) {
                auto const w = double(e.weight.empty() ? e.common_weight : e.weight[i]) * event.factor;
                auto x = std::llrint(w * 0x1p32) * event.multiplicity;
                auto const port = w > 0 ? e.route.positive : e.route.negative;
                if (e.route.what == routing::value::none) continue;
                if (e.route.what == routing::value::magnitude) x = std::abs(x);
                if (e.route.what == routing::value::count) x = (std::int64_t{1} << 32) * event.multiplicity;
                inbox.row(d.spikes.t + k + e.delay(i), port)[e.target[i]] += x;
            }
        }
    return d.inbox.slots;
}

template <class Real> class kernels_deliver : public ::testing::Test {};
using both = ::testing::Types<float, double>;
TYPED_TEST_SUITE(kernels_deliver, both);

TYPED_TEST(kernels_deliver, same_on_all_teams_as_a_plain_sum) {
    for (auto const route : {to_port(1), by_sign(0, 1), by_sign_magnitude(0, 1), spike_count(0), ignored()})
        for (int const width : {0, 1, 2, 4})
            for (bool const common : {false, true}) {
                deliver_data<TypeParam> d{generator(5)};
                d.edges.route = route;
                d.edges.set_width(width);
                if (common) {
                    d.edges.weight.clear();
                    d.edges.common_weight = TypeParam(width == 1 ? 0.3 : -0.3);
                }
                SCOPED_TRACE(::testing::Message() << "width " << width << ", common weight " << common
                                                  << ", route " << int(route.what));
                expect_same_on_all_teams(d, deliver_all{});
                auto const sum = plain_sum(d);
                run_serial([&](auto& team) { deliver_all{}(team, d); });
                EXPECT_EQ(d.inbox.slots, sum);
                EXPECT_EQ(std::any_of(sum.begin(), sum.end(), [](auto q) { return q != 0; }),
                          route.what != routing::value::none);
            }
}

TYPED_TEST(kernels_deliver, constant_delay_is_a_column_of_equal_delays) {
    deliver_data<TypeParam> d{generator(6)};
    auto const constant = expect_same_on_all_teams(d, deliver_all{});
    std::fill(d.edges.delays.begin(), d.edges.delays.end(), d.edges.delays[0]);
    for (int const width : {1, 2, 4}) {
        d.edges.set_width(width);
        EXPECT_EQ(on_serial(d, deliver_all{}), constant);
    }
}

TYPED_TEST(kernels_deliver, hash_of_weights_is_over_ids) {
    // The same edges as two partitions of 45 targets have the same hash as those of one with 90.
    deliver_data<TypeParam> d{generator(7)};
    d.edges.set_width(1);
    auto hash_of = [](edge_data<TypeParam> e, std::int32_t first_id) {
        std::uint64_t sum = 0;
        run_serial([&](auto& team) { hash_weights<TypeParam>{}(team, e.view(), first_id, &sum); });
        return sum;
    };
    auto const& all = d.edges;
    auto half = [&](int part) {
        auto e = all;
        e.begin.assign(1, 0), e.target.clear(), e.weight.clear(), e.delays.clear();
        for (std::int32_t r = 0; r < all.rows(); ++r) {
            for (std::size_t i = all.begin[std::size_t(r)]; i < all.begin[std::size_t(r) + 1]; ++i) {
                if (all.target[i] / 45 != part) continue;
                e.target.push_back(std::uint16_t(all.target[i] % 45));
                e.weight.push_back(all.weight[i]);
                e.delays.push_back(all.delays[i]);
            }
            e.begin.push_back(std::uint32_t(e.target.size()));
        }
        e.set_width(1);
        return e;
    };
    auto const whole = hash_of(all, 11);
    EXPECT_EQ(hash_of(half(0), 11) + hash_of(half(1), 56), whole);
    EXPECT_NE(hash_of(all, 12), whole);
    auto changed = all;
    changed.weight.back() = std::nextafter(changed.weight.back(), TypeParam(100));
    EXPECT_NE(hash_of(changed, 11), whole);
}

TYPED_TEST(kernels_deliver, accumulation_in_floating_point_is_caught) {
    for (int const width : {0, 1}) {
        deliver_data<TypeParam> d{generator(8)};
        d.edges.set_width(width);
        expect_caught<defect::adds_in_float>(d, deliver_all{});
    }
}

}  // namespace
}  // namespace ranvier::test
