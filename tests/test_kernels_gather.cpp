// Spikes gathered from masks: the same bits on every team, and those of a plain loop.
#include "kernels/gather.h"

#include "tests/kernels_for_tests.h"

namespace ranvier::test {
namespace {

/// Nodes in partitions of uneven size, two slices one after the other.
struct gather_data {
    static constexpr std::int32_t steps = 17, slices = 2, stride = 20;
    std::int32_t nodes = 400;
    std::vector<std::int32_t> first{1, 2, 60, 61, 333};  // ids
    std::vector<std::uint64_t> fired[slices];
    std::vector<std::int32_t> multiplicity = std::vector<std::int32_t>(400 * steps),
                              who = std::vector<std::int32_t>(400), n_who = std::vector<std::int32_t>(5);
    std::vector<std::int64_t> count = std::vector<std::int64_t>(5 * steps);
    std::vector<spike_event> events;
    std::vector<std::int64_t> begin = std::vector<std::int64_t>(slices * stride);
    std::vector<spike_list> lists = std::vector<spike_list>(2);
    bool multiple = false;

    explicit gather_data(double p) {
        generator r(9);
        std::size_t n = 0;
        for (auto& words : fired) {
            words.resize(400);
            for (auto& f : words)
                for (int k = 0; k < steps; ++k) {
                    bool const spike = r.chance(p);
                    f |= std::uint64_t{spike} << k;
                    n += spike;
                }
        }
        for (auto& m : multiplicity) m = std::int32_t(r.below(5)) + 1;
        events.resize(n);
    }
    bits result() const { return bits{}.add(events).add(begin); }
};

struct gather_all {
    template <class Team> void operator()(Team& team, gather_data& d) const {
        auto const parts = std::int64_t(d.first.size());
        gather_view const g{d.who.data(),       d.n_who.data(), d.count.data(), parts,
                            d.events.data(),    d.begin.data(), d.stride,       d.lists.data(),
                            d.lists.data() + 1, nullptr,        nullptr};
        for (std::int32_t s = 0; s < d.slices; ++s) {
            slice_clock const clock{100 * s, 1000, 17, d.steps, s, 0};
            auto for_parts = [&](auto f) {
                for (std::int64_t p = 0; p < parts; ++p) {
                    auto const first = d.first[std::size_t(p)];
                    auto const n = (p + 1 < parts ? d.first[std::size_t(p) + 1] : d.nodes + 1) - first;
                    f(p, first, n, d.fired[s].data() + first - 1);
                }
                team.sync();
            };
            for_parts([&](auto p, auto first, auto n, auto const* fired) {
                count_spikes{}(team, g, p, first, n, fired, d.steps);
            });
            offset_spikes{}(team, g, &clock);
            team.sync();
            for_parts([&](auto p, auto first, auto, auto const* fired) {
                place_spikes{}(team, g, p, first, fired,
                               d.multiple ? d.multiplicity.data() + first - 1 : nullptr, d.nodes, d.steps);
            });
        }
    }
};

TEST(kernels_gather, spikes_are_in_order_of_step_and_id_on_all_teams) {
    for (double const p : {0.0, 0.05, 1.0})
        for (bool const multiple : {false, true}) {
            gather_data d(p);
            d.multiple = multiple;
            expect_same_on_all_teams(d, gather_all{});
            run_serial([&](auto& team) { gather_all{}(team, d); });
            std::size_t n = 0;
            for (std::int32_t s = 0; s < d.slices; ++s) {
                auto const* const begin = d.begin.data() + s * d.stride;
                for (int k = 0; k < d.steps; ++k) {
                    ASSERT_EQ(begin[k], std::int64_t(n));
                    for (std::size_t i = 0; i < 400; ++i) {
                        if (!(d.fired[s][i] >> k & 1)) continue;
                        auto const& e = d.events[n++];
                        ASSERT_EQ(e.source, std::int32_t(i) + 1);
                        ASSERT_EQ(e.multiplicity, multiple ? d.multiplicity[std::size_t(k) * 400 + i] : 1);
                        ASSERT_EQ(e.factor, 1.0);
                    }
                }
                for (int k = d.steps; k < d.stride; ++k) ASSERT_EQ(begin[k], std::int64_t(n));
            }
            ASSERT_EQ(d.lists[0].t, 100);
            ASSERT_EQ(d.lists[0].begin, d.begin.data() + d.stride);
        }
}

TEST(kernels_gather, broken_twins_are_caught) {
    expect_caught<defect::forgets_sync>(gather_data(0.1), gather_all{});
}

}  // namespace
}  // namespace ranvier::test
