// Plasticity where neurons fire far more often than their histories are long: against a recomputation that
// forgets nothing, from recorded spikes.
#include "tests/naive_stdp.h"

namespace ranvier::test {
namespace {

/// Sources that are silent for long: parrots behind generators. All fire once more, `last` ms after the
/// start: when their targets have been silenced, so that catching up does not get ahead of the last weight
/// that is compared.
nodes quiet_sources(network& net, int n, double until, double last, double delay = 0.1) {
    auto const relays = net.create("parrot_neuron", n);
    std::uint64_t x = 12345;
    auto random = [&](std::uint64_t below) {
        return ((x = x * 6364136223846793005u + 1442695040888963407u) >> 33) % below;
    };
    for (int i = 0; i < n; ++i) {
        std::vector<double> times;
        std::vector<std::int64_t> many;
        for (int k = 0; k < i % 7; ++k) times.push_back(0.1 * double(1 + random(std::uint64_t(until * 10))));
        std::sort(times.begin(), times.end());
        times.push_back(last);
        for (std::size_t k = 0; k < times.size(); ++k) many.push_back(1 + std::int64_t(random(3)));
        auto const g =
            net.create("spike_generator", 1, {{"spike_times", times}, {"spike_multiplicities", many}});
        net.connect(g, relays.slice(i, i + 1), all_to_all(), {.delay = delay});
    }
    return relays;
}

struct busy {
    nodes every_step, often, relays, noisy, rare, noise;
    nodes all() const { return every_step + often + relays + noisy + rare; }
};
/// Targets that fire in every step, every fourth, several times in a step, at random, and hardly ever.
busy busy_targets(network& net, int n) {
    busy b;
    b.every_step = net.create("iaf_psc_delta", n, {{"t_ref", 0.0}, {"I_e", 6e4}});
    b.often =
        net.create("ignore_and_fire", n, {{"rate", 2500.0}, {"phase", uniform(0.1, 1)}, {"tau_minus", 33.0}});
    b.relays = net.create("parrot_neuron", n);
    b.noisy = net.create("iaf_psc_exp", n, {{"t_ref", 0.3}, {"tau_minus", uniform(10, 30)}});
    b.rare = net.create("ignore_and_fire", n, {{"rate", 3.0}, {"phase", uniform(0.1, 1)}});
    b.noise = net.create("poisson_generator", 1, {{"rate", 12000.0}});
    net.connect(b.noise, b.relays, all_to_all(), {.delay = 0.4});
    net.connect(b.noise, b.noisy, all_to_all(), {.weight = 120.0, .delay = 0.4});
    return b;
}

void silence(network& net, busy const& b) {
    net.set(b.every_step, {{"I_e", 0.0}});
    net.set(b.often + b.rare, {{"rate", 1e-3}, {"phase", 1.0}});
    net.set(b.noise, {{"rate", 0.0}});
}
/// Busy until `quiet` ms, then silent until the end.
trains recorded(network& net, nodes const& pre, busy const& b, double quiet, double end) {
    auto const r = net.create("spike_recorder");
    net.connect(pre + b.all(), r);
    net.simulate(quiet);
    silence(net, b);
    net.simulate(end - quiet);
    return trains_of(net.spikes(r));
}

TEST(history, every_delay_alike) {
    network net({.seed = 3, .threads = 1, .partitions = 2});
    auto const pre = quiet_sources(net, 14, 390, 410);
    auto const post = busy_targets(net, 3);
    double delay = 1.0;
    for (auto const& model : add_plastic_models(net)) {
        auto const w = model.find("_pl_") == model.npos ? 40.0 : 3.0;
        net.connect(pre, post.all(), all_to_all(), {.model = model, .weight = w, .delay = delay});
        net.connect(post.relays, post.every_step + post.often, all_to_all(),
                    {.model = model, .weight = 1e-3 * w, .delay = delay});
        net.connect(post.rare, post.every_step + post.often + post.noisy, all_to_all(),
                    {.model = model, .weight = 1e-3 * w, .delay = delay + 0.3});
        delay += 0.7;
    }
    auto const start = net.connections();
    auto spikes = recorded(net, pre, post, 400, 412);
    EXPECT_GT(spikes[post.every_step[0]].size(), 3990u);
    EXPECT_GT(spikes[post.relays[0]].size(), 4000u);
    naive_comparison compare{start};
    compare.finished = pre;
    EXPECT_EQ(compare(net, spikes), n_plastic_models * 15 * 14);
}

TEST(history, delays_of_their_own) {
    network net({.seed = 4, .threads = 1, .partitions = 3});
    auto const pre = quiet_sources(net, 12, 290, 335);
    auto const post = busy_targets(net, 3);
    for (auto const& model : add_plastic_models(net)) {
        auto const w = model.find("_pl_") == model.npos ? 40.0 : 3.0;
        net.connect(pre, post.all(), all_to_all(), {.model = model, .weight = w, .delay = uniform(0.1, 12)});
        net.connect(pre, post.all(), fixed_outdegree(9),
                    {.model = model, .weight = uniform(0.1, w), .delay = uniform(0.1, 30)});
    }
    auto const start = net.connections();
    auto spikes = recorded(net, pre, post, 300, 337);
    EXPECT_EQ((naive_comparison{start}(net, spikes)), n_plastic_models * 12 * (15 + 9));
}

TEST(history, rows_made_in_pieces) {
    // Several projections of one kind, and rules that take targets at random: rows are not made in order of
    // targets.
    network net({.seed = 5, .threads = 1, .partitions = 2});
    auto const pre = quiet_sources(net, 12, 290, 303, 1.5);
    auto const post = busy_targets(net, 5);
    for (auto const& model : add_plastic_models(net)) {
        auto const w = model.find("_pl_") == model.npos ? 40.0 : 3.0;
        auto with = [&](parameter weight) { return synapse{.model = model, .weight = weight, .delay = 1.5}; };
        net.connect(pre, post.all(), fixed_outdegree(10), with(w));
        net.connect(pre, post.every_step, all_to_all(), with(w));
        net.connect(pre, post.all(), fixed_total_number(200), with(uniform(0.5 * w, w)));
        net.connect(pre, post.all(), pairwise_bernoulli(0.3), with(uniform(0.5 * w, w)));
        for (int k = 0; k < 10; ++k)
            net.connect(pre, post.all().slice(2 * k, 2 * k + 4), all_to_all(), with(w + k));
    }
    auto const start = net.connections();
    auto spikes = recorded(net, pre, post, 300, 307);
    EXPECT_GT((naive_comparison{start}(net, spikes)), n_plastic_models * (120 + 60 + 200 + 480));
}

TEST(history, parameters_of_their_own) {
    network net({.seed = 6, .threads = 1});
    auto const pre = quiet_sources(net, 10, 190, 205);
    auto const targets = busy_targets(net, 2);
    auto const post = targets.all();
    std::vector<double> lambda, tau_plus;
    for (std::int64_t i = 0; i < post.size() * pre.size(); ++i) {
        lambda.push_back(0.001 * double(1 + i % 13));
        tau_plus.push_back(10 + double(i % 11));
    }
    for (auto const* model : {"stdp_synapse", "stdp_synapse_hpc"}) {
        net.connect(
            pre, post, all_to_all(),
            {.model = model,
             .weight = 40.0,
             .delay = 1.5,
             .params = {{"lambda", lambda}, {"tau_plus", tau_plus}, {"mu_plus", 0.4}, {"Kplus", 0.7}}});
        net.connect(pre, post, all_to_all(),
                    {.model = model,
                     .weight = -40.0,
                     .delay = 2.5,
                     .params = {{"lambda", lambda}, {"Wmax", -50.0}, {"alpha", 1.3}, {"mu_minus", 0.9}}});
    }
    auto const start = net.connections();
    auto spikes = recorded(net, pre, targets, 200, 207);
    naive_comparison compare{start};
    compare.describe = [&](std::size_t i, naive_synapse& s) {
        auto const k =
            std::size_t(post.position(start.target[i]) * pre.size() + pre.position(start.source[i]));
        s.rule.lambda = lambda[k];
        if (s.delay == 15) s.rule.tau_plus = tau_plus[k], s.rule.mu_plus = 0.4;
        if (s.delay == 25) s.rule.Wmax = -50, s.rule.alpha = 1.3, s.rule.mu_minus = 0.9;
        EXPECT_EQ(start.Kplus[i], s.delay == 15 ? 0.7 : 0.0);
    };
    EXPECT_EQ(compare(net, spikes), 4 * 10 * 10);
}

TEST(history, delays_of_seconds) {
    network net({.seed = 7, .threads = 1, .partitions = 2});
    auto const pre = quiet_sources(net, 9, 900, 1260);
    auto const targets = busy_targets(net, 2);
    auto const post = targets.often + targets.relays + targets.noisy + targets.rare;
    for (auto const& model : add_plastic_models(net)) {
        auto const w = model.find("_pl_") == model.npos ? 40.0 : 3.0;
        net.connect(pre, post, all_to_all(), {.model = model, .weight = w, .delay = 150.0});
        net.connect(pre, post, all_to_all(), {.model = model, .weight = w, .delay = uniform(0.1, 250)});
    }
    auto const start = net.connections();
    auto spikes = recorded(net, pre, targets, 1000, 1500);
    EXPECT_EQ((naive_comparison{start}(net, spikes)), n_plastic_models * 9 * 16);
}

TEST(history, catching_up_changes_nothing) {
    // Deep histories need no catching up: a silent connection with a long delay makes them deep.
    auto final_weights = [](double extra_delay) {
        network net({.seed = 8, .threads = 1});
        auto const pre = quiet_sources(net, 14, 190, 205);
        auto const post = busy_targets(net, 3);
        for (auto const& model : add_plastic_models(net))
            net.connect(pre, post.all(), all_to_all(), {.model = model, .weight = 3.0, .delay = 1.5});
        net.connect(net.create("parrot_neuron"), post.all(), all_to_all(),
                    {.model = "stdp_synapse", .delay = extra_delay});
        recorded(net, pre, post, 200, 207);
        return bits(net.connections(pre).weight);
    };
    auto const often = final_weights(1.5);
    EXPECT_EQ(often.size(), std::size_t{n_plastic_models} * 14 * 15);
    EXPECT_TRUE(often == final_weights(30)) << "histories of hundreds of spikes";
    EXPECT_TRUE(often == final_weights(100)) << "histories of thousands of spikes";
    EXPECT_TRUE(often == final_weights(200)) << "no catching up at all";
}

TEST(history, made_late) {
    // Spikes before a target's first plastic connection leave no trace; a source's before it was made pass
    // by.
    network net({.seed = 9, .threads = 1});
    add_plastic_models(net);
    auto const pre = quiet_sources(net, 14, 190, 340);
    auto const post = busy_targets(net, 2);
    auto const late = net.create("parrot_neuron"), r = net.create("spike_recorder");
    auto const g =
        net.create("spike_generator", 1, {{"spike_times", std::vector<double>{20, 60, 70.2, 185, 190, 340}}});
    net.connect(g, late, all_to_all(), {.delay = 0.1});
    net.connect(pre + post.all() + late, r);
    auto with = [](double delay) {
        return synapse{.model = "weak_stdp_synapse", .weight = 30.0, .delay = delay};
    };
    net.connect(pre, post.often, all_to_all(), with(1.5));
    net.simulate(70.3);
    net.connect(pre, post.every_step + post.often, all_to_all(), with(2.5));
    net.connect(late, post.often + post.noisy, all_to_all(), with(110));
    auto const start = net.connections();
    net.simulate(129.7);
    silence(net, post);
    net.simulate(300);
    auto spikes = trains_of(net.spikes(r));
    naive_comparison compare{start};
    compare.describe = [](std::size_t, naive_synapse& s) {
        if (s.delay == 15) s.weight = 30, s.Kplus = 0;  // from the beginning
        if (s.delay != 15) s.made_at = 703;
    };
    compare.archived_since = [&](std::int32_t target) {
        return target >= post.often.front() && target <= post.often.back() ? 0 : 703;
    };
    EXPECT_EQ(compare(net, spikes), 14 * (2 + 4) + 4);
}

TEST(history, potentials_set_from_outside) {
    // Refractory neurons made to fire in every step, more often than their parameters allow for.
    network net({.seed = 10, .threads = 1});
    add_plastic_models(net);
    auto const pre = quiet_sources(net, 8, 60, 93, 1.5);
    auto const post = net.create("iaf_psc_exp", 2);
    net.connect(pre, post, all_to_all(), {.model = "weak_stdp_synapse", .weight = 30.0, .delay = 1.5});
    auto const r = net.create("spike_recorder");
    net.connect(pre + post, r);
    auto const start = net.connections();
    for (int k = 0; k < 900; ++k) {
        net.set(post, {{"V_m", -50.0}});
        net.simulate(0.1);
    }
    net.simulate(10);
    auto spikes = trains_of(net.spikes(r));
    EXPECT_EQ(spikes[post[0]].size(), 900u);
    EXPECT_EQ((naive_comparison{start}(net, spikes)), 16);
}

TEST(history, rates_changed_within_a_slice) {
    network net({.seed = 11, .threads = 1});
    add_plastic_models(net);
    auto const pre = quiet_sources(net, 8, 160, 190, 6.4);
    auto const post = net.create("ignore_and_fire", 2, {{"rate", 1000.0}});
    net.connect(pre, post, all_to_all(), {.model = "weak_stdp_synapse", .weight = 30.0, .delay = 6.4});
    auto const r = net.create("spike_recorder");
    net.connect(pre + post, r);
    auto const start = net.connections();
    double rates[] = {1000, 10000, 20, 10000, 100, 5000, 10000, 1};
    for (int k = 0; k < 19; ++k) {
        net.simulate(9.7);
        net.set(post, {{"rate", rates[k % 8]}, {"phase", 1.0}});
    }
    net.set(post, {{"rate", 1e-3}, {"phase", 1.0}});
    net.simulate(20);
    auto spikes = trains_of(net.spikes(r));
    EXPECT_EQ((naive_comparison{start}(net, spikes)), 16);
}

TEST(history, the_comparison_can_fail) {
    // One spike of a target forgotten, one moved by a step, another trace: all seen.
    std::vector<std::int64_t> const pre{100, 300}, post{90, 250, 299};
    auto with = [&](std::vector<std::int64_t> const& p, std::vector<std::int64_t> const& q, double tau) {
        return naive_weight({{}, 30, 0, 15, 0}, p, q, traces(q, tau, 0.1, 0), tau, 0.1);
    };
    auto const w = with(pre, post, 20);
    EXPECT_GT(std::fabs(with(pre, {90, 299}, 20) - w), 1e-6);
    EXPECT_GT(std::fabs(with(pre, {90, 251, 299}, 20) - w), 1e-6);
    EXPECT_GT(std::fabs(with(pre, post, 20.01) - w), 1e-6);
    EXPECT_GT(std::fabs(with({100, 301}, post, 20) - w), 1e-6);
}

}  // namespace
}  // namespace ranvier::test
