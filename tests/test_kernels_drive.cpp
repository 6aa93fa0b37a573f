// Input computed at the target: the same bits on every team, and those of plain loops.
#include "kernels/drive.h"

#include "kernels/poisson_table.h"
#include "tests/kernels_for_tests.h"

namespace ranvier::test {
namespace {

struct poisson_data {
    static constexpr std::int32_t n = 700;  // more than one tile of edges
    static constexpr std::int64_t t = 30;
    static constexpr int steps = 13;

    std::int32_t first_id = 9;
    inbox_data inbox{n, 2};
    std::vector<poisson_table> tables{make_poisson_table(0.8), make_poisson_table(400),
                                      make_poisson_table(0)};
    std::vector<std::int32_t> neurons, draws;
    std::vector<double> weights;
    drive_view drive{};
    bool common = false, thins = false;

    /// Listed: edges with weights of their own, up to three of them into one neuron.
    explicit poisson_data(bool listed) {
        generator r(8);
        for (std::int32_t i = 0; listed && i < n; ++i)
            for (std::int32_t m = 0, edges = std::int32_t(r.below(4)); m < edges; ++m) {
                neurons.push_back(i);
                draws.push_back(m);
                weights.push_back(r.uniform(-2, 2));
            }
        drive.n = listed ? std::int32_t(neurons.size()) : n;
        drive.weight = 1.7;
        drive.delay = 3;
        drive.route = by_sign(0, 1);
        drive.draws_key = make_key(42, stream_kind::drive, 4);
        drive.common_key = make_key(42, stream_kind::neuron, 2);
        drive.common_id = 7;
    }
    /// The last is thinned.
    std::vector<stretch> segments() const {
        std::vector<stretch> all;
        auto add = [&](std::int64_t from, std::int64_t until, std::size_t table, wave value) {
            signal emitted;
            emitted.what = signal::kind::counts;
            emitted.common = common;
            emitted.value = value;
            all.push_back({from, until, emitted, tables[table].view(), 0, false});
        };
        add(0, 29, 0, {1, 0, 0, 0});
        add(29, 36, 1, common ? wave{0.3, 0, 0, 0} : wave{1, 0, 0, 0});
        add(36, 37, 2, {1, 0, 0, 0});
        add(37, 100, 0, thins ? wave{0.5, 0.6, 0.3, 1} : wave{1, 0, 0, 0});
        return all;
    }
    drive_view view(std::vector<stretch> const& s) const {
        auto d = drive;
        d.neurons = neurons.empty() ? nullptr : neurons.data();
        d.draws = draws.empty() ? nullptr : draws.data();
        d.weights = weights.empty() ? nullptr : weights.data();
        d.stretches = s.data();
        d.n_stretches = std::int32_t(s.size());
        return d;
    }
    bits result() const { return bits{}.add(inbox.slots); }
};
struct drive_all {
    template <class Team> void operator()(Team& team, poisson_data& d) const {
        auto const s = d.segments();
        drive_spikes{}(team, d.inbox.view(), d.first_id, d.view(s), d.t, d.steps);
    }
};

/// Edge by edge and step by step; `shift` is what a wrong counter would add to the emission step.
std::vector<std::int64_t> plain_drive(poisson_data d, std::int64_t shift = 0) {
    auto const inbox = d.inbox.view();
    auto const s = d.segments();
    auto const v = d.view(s);
    for (std::int32_t a = 0; a < v.n; ++a)
        for (auto e = d.t - v.delay; e < d.t + d.steps - v.delay; ++e)
            for (auto const& segment : s) {
                if (e < segment.from || e >= segment.until || v.route.what == routing::value::none) continue;
                auto const i = v.neurons ? v.neurons[a] : a;
                auto const w = v.weights ? v.weights[a] : v.weight;
                auto const id = std::uint32_t(d.first_id + i), draw = v.draw(a);
                auto count = d.common ? poisson_at(segment.counts, v.common_key, v.common_id, e + shift, 0)
                                      : poisson_at(segment.counts, v.draws_key, id, e + shift, draw);
                auto const p = segment.emitted.value.at(e + 1);
                auto own = edge_draws(v.draws_key, id, draw, e);
                if (p < 1 && count > 0) count = std::int32_t(binomial(own, count, p));
                auto q = std::llrint((v.route.what == routing::value::count ? 1.0 : w) * 0x1p32);
                if (v.route.what == routing::value::magnitude) q = std::abs(q);
                inbox.row(e + v.delay, w > 0 ? v.route.positive : v.route.negative)[i] += q * count;
            }
    return d.inbox.slots;
}

TEST(kernels_drive, poisson_input_is_that_of_a_plain_loop_on_all_teams) {
    for (int const how : {0, 1, 2, 3, 4, 5})
        for (auto const route : {by_sign(0, 1), by_sign_magnitude(1, 0), spike_count(1), ignored()}) {
            poisson_data d(how % 2 == 1);
            d.common = how / 2 == 1;
            d.thins = how / 2 == 2;
            d.drive.route = route;
            expect_same_on_all_teams(d, drive_all{});
            auto const right = plain_drive(d), wrong = plain_drive(d, 1);
            run_serial([&](auto& team) { drive_all{}(team, d); });
            EXPECT_EQ(d.inbox.slots, right);
            EXPECT_EQ(d.inbox.slots == wrong, route.what == routing::value::none) << "the broken twin";
        }
}

TEST(kernels_drive, words_that_meet_a_threshold) {
    for (auto const table : {0u, 1u}) {
        poisson_data d(table == 1);
        auto& t = d.tables[table];
        auto const middle = std::size_t(t.begin + t.end) / 2;
        // One word of the first neuron that lies between two thresholds becomes the one between; as low
        // words are 0, it counts as above.
        std::int64_t step = table == 0 ? 27 : 29;
        auto word = [&] { return poisson_words(d.drive.draws_key, 9, step, 0).w[step & 3]; };
        for (std::int64_t shift = 0;; ++shift) {
            d.first_id = 9;
            d.drive.draws_key = make_key(42, stream_kind::drive, std::uint32_t(shift));
            if (word() > t.high[middle - 1] && word() < t.high[middle + 1]) break;
        }
        t.high[middle] = word();
        t.low[middle] = 0;
        ASSERT_TRUE(poisson_search(t.view(), word()).tie);
        auto const right = plain_drive(d);
        expect_same_on_all_teams(d, drive_all{});
        run_serial([&](auto& team) { drive_all{}(team, d); });
        EXPECT_EQ(d.inbox.slots, right);
    }
}

TEST(kernels_drive, poisson_input_does_not_depend_on_slices_or_partitions) {
    poisson_data const d(false);
    auto const whole = on_serial(d, drive_all{});
    EXPECT_EQ(on_serial(d,
                        [](auto& team, poisson_data& x) {
                            auto const s = x.segments();
                            for (auto const& [at, steps] : {std::pair{0, 1}, {1, 6}, {7, 2}, {9, 4}})
                                drive_spikes{}(team, x.inbox.view(), x.first_id, x.view(s), x.t + at, steps);
                        }),
              whole);
    // Neurons 300 ... 699 in a partition of their own.
    auto part = d;
    part.first_id += 300;
    part.drive.n -= 300;
    run_serial([&](auto& team) { drive_all{}(team, part); });
    auto all = d;
    run_serial([&](auto& team) { drive_all{}(team, all); });
    for (std::int64_t row = 0; row < 64 * 2; ++row)
        for (std::int64_t i = 300; i < 700; ++i)
            ASSERT_EQ(part.inbox.slots[std::size_t(row * 700 + i - 300)],
                      all.inbox.slots[std::size_t(row * 700 + i)]);
}

struct current_data {
    static constexpr std::int32_t n = 50, receptors = 2;
    static constexpr std::int64_t t = 20;
    static constexpr int steps = 15;
    std::vector<double> current = std::vector<double>(std::size_t(steps * receptors * n), 1e9);
    std::vector<std::vector<std::int32_t>> neurons{{}, {3, 7, 7, 49}};
    std::vector<double> weights{0.1, 0.2, 0.3, -4};
    std::vector<std::vector<stretch>> segments{{steady(0, 25, 0.1), steady(25, 28, 7.7)},
                                               {steady(17, 22, 0.3), oscillating(22, 27), noise(27, 1000)}};
    static stretch steady(std::int64_t from, std::int64_t until, double amplitude) {
        stretch s{};
        s.from = from;
        s.until = until;
        s.emitted.value.base = amplitude;
        return s;
    }
    static stretch oscillating(std::int64_t from, std::int64_t until) {
        auto s = steady(from, until, 2);
        s.emitted.value = {2, 3, 0.1, 0.7};
        return s;
    }
    /// Which changes in steps 25 and 28 and every third after, of a variance that is negative at times.
    static stretch noise(std::int64_t from, std::int64_t until) {
        auto s = steady(from, until, 0);
        s.emitted.what = signal::kind::noise;
        s.emitted.value = {0.5, 1, 1.3, 0};
        s.emitted.mean = 4;
        s.emitted.every = 3;
        s.since = 25;
        return s;
    }
    std::vector<std::int32_t> ranks{0, 0, 1, 0};
    static constexpr std::int32_t first_id = 5;
    std::vector<drive_view> drives = std::vector<drive_view>(2);

    void connect() {
        for (int a = 0; a < 2; ++a) {
            auto& d = drives[std::size_t(a)];
            auto const& list = neurons[std::size_t(a)];
            d.n = a == 0 ? n : 4;
            d.neurons = a == 0 ? nullptr : list.data();
            d.weights = a == 0 ? nullptr : weights.data();
            d.weight = 1.1;
            d.delay = a + 1;
            d.receptor = a;
            d.draws = a == 0 ? nullptr : ranks.data();
            d.several = a == 1;
            d.draws_key = make_key(9, stream_kind::drive, 3);
            d.stretches = segments[std::size_t(a)].data();
            d.n_stretches = std::int32_t(segments[std::size_t(a)].size());
        }
    }
    bits result() const { return bits{}.add(current); }
};

struct sum_currents {
    template <class Team> void operator()(Team& team, current_data& d) const {
        team.single([&] { d.connect(); });
        team.sync();
        drive_currents{}(team, d.current.data(), d.receptors, d.n, d.first_id, d.drives.data(), 2, d.t,
                         d.steps);
    }
};

TEST(kernels_drive, currents_are_those_of_a_plain_loop_on_all_teams) {
    current_data d;
    expect_same_on_all_teams(d, sum_currents{});
    run_serial([&](auto& team) { sum_currents{}(team, d); });
    std::vector<double> plain(d.current.size());
    for (std::size_t a = 0; a < 2; ++a)
        for (int k = 0; k < d.steps; ++k)
            for (auto const& s : d.segments[a]) {
                auto const e = d.t + k - d.drives[a].delay - 1;
                if (e < s.from || e >= s.until) continue;
                for (std::size_t i = 0; i < std::size_t(d.drives[a].n); ++i) {
                    auto x = s.emitted.value.at(e + 1);
                    auto const j = a == 0 ? i : std::size_t(d.neurons[1][i]);
                    if (s.emitted.what == signal::kind::noise) {
                        auto const change = s.since + (e - s.since) / 3 * 3;
                        auto const draw = d.drives[a].draw(std::int64_t(i));
                        auto const words =
                            philox(d.drives[a].draws_key, 5 + std::uint32_t(j), std::uint64_t(change), draw);
                        x = 4 +
                            std::sqrt(std::max(0.0, s.emitted.value.at(change + 1))) * standard_normal(words);
                    }
                    plain[(std::size_t(k) * 2 + a) * 50 + j] += (a == 0 ? 1.1 : d.weights[i]) * x;
                }
            }
    EXPECT_EQ(d.current, plain);
}

/// Members that move on, in slices one after the other.
struct superposed_data {
    static constexpr std::int32_t n = 40, rows = 3;
    signal::kind what = signal::kind::stages;
    inbox_data inbox{n, 1};
    std::vector<std::int32_t> members = std::vector<std::int32_t>(std::size_t(rows * n), -7);
    std::vector<stretch> parts;
    drive_view drive{};

    explicit superposed_data(signal::kind kind) : what(kind) {
        stretch s{};
        s.emitted.what = what;
        s.emitted.value = {0.1, 0.05, 0.4, 0};
        s.emitted.rows = rows;
        s.emitted.each = 6;
        s.emitted.n_proc = 20;
        s.from = 10;
        s.until = 30;
        s.restarts = true;
        parts.push_back(s);
        s.from = 35;  // inactive in between
        s.until = 1000;
        s.restarts = false;
        s.since = 20;
        parts.push_back(s);
        drive.n = n;
        drive.weight = 2;
        drive.delay = 3;
        drive.route = to_port(0);
        drive.draws_key = make_key(3, stream_kind::drive, 4);
    }
    drive_view view() {
        auto d = drive;
        d.stretches = parts.data();
        d.n_stretches = 2;
        d.members = members.data();
        return d;
    }
    bits result() const { return bits{}.add(inbox.slots).add(members); }
};
template <int... Steps> struct drive_superposed {
    template <class Team> void operator()(Team& team, superposed_data& d) const {
        std::int64_t t = 0;
        for (int const steps : {Steps...}) {
            drive_spikes{}(team, d.inbox.view(), 4, d.view(), t, steps);
            t += steps;
        }
    }
};

TEST(kernels_drive, superpositions_are_those_of_a_plain_loop_on_all_teams) {
    for (auto const what : {signal::kind::stages, signal::kind::dead_time}) {
        superposed_data d(what);
        expect_same_on_all_teams(d, drive_superposed<20, 20, 20>{});
        auto const whole = on_serial(d, drive_superposed<20, 20, 20>{});
        EXPECT_EQ(on_serial(d, drive_superposed<1, 12, 7, 3, 17, 1, 19>{}), whole);
        auto plain = d;
        for (std::int32_t i = 0; i < d.n; ++i) {
            std::vector<std::int32_t> m{6, 6, 8};
            std::int64_t active = 0;
            for (std::int64_t e = 10; e < 57; ++e) {
                if (e >= 30 && e < 35) continue;
                auto own = edge_draws(d.drive.draws_key, std::uint32_t(4 + i), 0, e);
                auto const p = wave{0.1, 0.05, 0.4, 0}.at(e + 1);
                std::int32_t spikes = 0;
                if (what == signal::kind::stages) {
                    std::int32_t out[3];
                    for (std::size_t r = 0; r < 3; ++r) out[r] = std::int32_t(binomial(own, m[r], p));
                    for (std::size_t r = 0; r < 3; ++r) m[r] += out[(r + 2) % 3] - out[r];
                    spikes = out[2];
                } else {
                    spikes = std::int32_t(binomial(own, m[2], p));
                    auto& oldest = m[std::size_t(active % 2)];
                    m[2] += oldest - spikes;
                    oldest = spikes;
                }
                ++active;
                EXPECT_EQ(m[0] + m[1] + m[2] + 0, 20);
                plain.inbox.view().row(e + 3, 0)[i] += (std::int64_t{2} << 32) * spikes;
            }
            for (std::size_t r = 0; r < 3; ++r) plain.members[r * 40 + std::size_t(i)] = m[r];
        }
        EXPECT_EQ(plain.result(), whole);
    }
}

TEST(kernels_drive, broken_twins_are_caught) {
    poisson_data const listed(true);
    // Sums of input from several edges, and from before, in floating point.
    auto busy = listed;
    for (auto& q : busy.inbox.slots) q = 0x123456789;
    expect_caught<defect::adds_in_float>(busy, drive_all{});
    expect_caught<defect::single_is_shared>(current_data{}, sum_currents{});
}

}  // namespace
}  // namespace ranvier::test
