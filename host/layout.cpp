// From what has been asked for to what is built: synapse groups, drives, samplers, fixed-point scales.
#include <algorithm>
#include <cmath>

#include "host/network_impl.h"
#include "host/rules.h"
#include "kernels/build.h"

namespace ranvier {

namespace {

/// What edges of one projection have in common; equal ones share a group.
struct common_values {
    std::optional<double> weight;
    std::optional<std::int32_t> delay;
    std::vector<std::byte> params, state;
    bool own, own_state;
    bool operator==(common_values const&) const = default;
};

/// More groups than this of one model in a partition are merged into one with columns.
constexpr std::size_t most_groups = 8;

}  // namespace

std::vector<group_plan> network::implementation::plan_groups() const {
    std::vector<group_plan> all;
    struct entry {
        projection const* p;
        common_values values;
    };
    for (std::size_t part = 0; part < partitions.size(); ++part) {
        auto const& where = partitions[part];
        auto const& model = *populations[std::size_t(where.population)].model;
        // By synapse, receptor, band; label; traces of pairs at first, which sources keep; connect, where its
        // number keys draws.
        using kind_of_group = std::tuple<std::int32_t, std::int32_t, std::int32_t, std::int64_t,
                                         std::vector<std::byte>, std::uint32_t>;
        std::map<kind_of_group, std::vector<entry>> by_kind;
        for (auto const& p : pending) {
            if (p.rule.post.lower_bound(where.first_id) ==
                p.rule.post.lower_bound(std::int64_t{where.first_id} + where.n))
                continue;
            auto const& s = synapses[std::size_t(p.synapse)];
            common_values v{{}, {}, s.params, s.state, p.params_vary, p.state_varies};
            if (p.weight.kind == value_kind::constant) v.weight = p.weight.a;
            if (p.least_delay == p.largest_delay) v.delay = std::int32_t(p.least_delay);
            for (std::size_t f = 0; f < p.params.size(); ++f)
                if (p.params[f].kind == value_kind::constant)
                    write_field(s.model->params.fields[f], v.params.data(), p.params[f].a);
            for (std::size_t f = 0; f < p.state.size(); ++f)
                if (p.state[f].kind == value_kind::constant)
                    write_field(s.model->state.fields[f], v.state.data(), p.state[f].a);
            for (auto band = band_of(p.least_delay); band <= band_of(p.largest_delay); ++band)
                by_kind[{p.synapse, p.receptor, band, connect_labels.at(p.ordinal),
                         s.model->pairs ? v.state : std::vector<std::byte>{},
                         s.model->stochastic ? p.ordinal : 0}]
                    .push_back({&p, v});
        }
        for (auto const& [kind, entries] : by_kind) {
            auto const& [synapse, receptor, band, label, traces, ordinal] = kind;
            std::vector<std::pair<common_values, std::vector<projection const*>>> groups;
            for (auto const& e : entries) {
                auto g = std::find_if(groups.begin(), groups.end(),
                                      [&](auto const& x) { return x.first == e.values; });
                if (g == groups.end()) g = groups.insert(g, {e.values, {}});
                g->second.push_back(e.p);
            }
            if (groups.size() > most_groups) {
                auto merged = groups.front();
                for (auto g = groups.begin() + 1; g != groups.end(); ++g) {
                    if (g->first.weight != merged.first.weight) merged.first.weight.reset();
                    if (g->first.delay != merged.first.delay) merged.first.delay.reset();
                    merged.first.own |= g->first.own || g->first.params != merged.first.params;
                    merged.first.own_state |= g->first.own_state || g->first.state != merged.first.state;
                    merged.second.insert(merged.second.end(), g->second.begin(), g->second.end());
                }
                groups = {std::move(merged)};
            }
            for (auto& [values, projections] : groups) {
                group_plan g;
                g.partition = std::int32_t(part);
                g.synapse = synapse;
                g.route = model.route(receptor);
                g.band = band;
                g.weight = values.weight;
                g.delay = values.delay;
                std::int64_t most = 1;
                for (auto const* p : projections) most = std::max(most, p->largest_delay);
                g.delay_width = g.delay ? 0 : delay_width(most);
                g.own_params = values.own;
                g.params = values.params;
                g.own_state = values.own_state;
                g.state = values.state;
                g.projections = std::move(projections);
                all.push_back(std::move(g));
            }
        }
    }
    return all;
}

void network::implementation::check_parts(projection const& more) const {
    for (auto const& where : partitions) {
        auto edges_of = [&](projection const& p) {
            auto const& post = p.rule.post;
            auto const share = double(post.lower_bound(std::int64_t{where.first_id} + where.n) -
                                      post.lower_bound(where.first_id)) /
                               post.n;
            return share * double(p.edges);
        };
        auto edges = edges_of(more);
        if (edges == 0) continue;
        for (auto const& p : pending)
            if (p.synapse == more.synapse) edges += edges_of(p);
        if (edges > 4e9)
            throw impossible_connectivity({"connect", "connections into one partition",
                                           fmt::format("{:.3g}", edges), "at most 4e9",
                                           "set options.partitions, so that each has fewer neurons"});
    }
}

void network::implementation::plan_drives() {
    scratch_memory memory(scratch_bytes * 4);
    serial_team team(memory);
    for (auto const& p : pending_drives) {
        auto const& from = population_of(p.rule.pre[0]);
        auto const current = from.model->role == node_role::current_drive;
        auto const array = p.weight.kind == value_kind::array;
        for (std::size_t part = 0; part < partitions.size(); ++part) {
            auto const& where = partitions[part];
            auto e = edge_source_of(p);
            e.begin = p.rule.post.lower_bound(where.first_id);
            e.end = p.rule.post.lower_bound(std::int64_t{where.first_id} + where.n);
            if (e.begin == e.end) continue;
            std::map<std::pair<std::int32_t, std::int64_t>, drive_plan> plans;  // by source index and delay
            std::vector<std::int32_t> ranks(std::size_t(where.n));
            for_each_edge(team, e, [&](std::int32_t i, std::int32_t j, std::int64_t k) {
                auto const delay =
                    p.least_delay == p.largest_delay ? std::int32_t(p.least_delay) : e.delay_of(i, j, k);
                auto& d = plans[{j, delay}];
                auto const neuron = p.rule.post[i] - where.first_id;
                d.neurons.push_back(neuron);
                d.draws.push_back(ranks[std::size_t(neuron)]++);
                d.weights.push_back(p.weight.kind == value_kind::constant ? p.weight.a
                                                                          : e.weight_of(i, j, k));
                d.delay = delay;
            });
            for (auto& [key, d] : plans) {
                d.partition = std::int32_t(part);
                d.generator = p.rule.pre[key.first];
                d.n = std::int32_t(d.neurons.size());
                d.weight = d.weights.front();
                d.made_at = p.made_at;
                d.receptor = p.receptor;
                auto const& model = *populations[std::size_t(where.population)].model;
                if (!current) d.route = model.route(p.receptor);
                d.draws_key = make_key(opt.seed, stream_kind::drive, p.ordinal);
                d.common_key = make_key(opt.seed, stream_kind::neuron, population_of(d.generator).ordinal);
                d.current = current;
                auto neurons = d.neurons;
                std::sort(neurons.begin(), neurons.end());
                d.several = std::adjacent_find(neurons.begin(), neurons.end()) != neurons.end();
                if (std::all_of(d.draws.begin(), d.draws.end(), [](auto r) { return r == 0; })) d.draws = {};
                bool all = d.draws.empty() && d.n == where.n;
                for (std::int32_t i = 0; all && i < d.n; ++i) all = d.neurons[std::size_t(i)] == i;
                if (all) d.neurons = {};
                if (!array && p.weight.kind == value_kind::constant) d.weights = {};
                engine->add_drive(d);
            }
        }
    }
    // Loads of ports: the most a Poisson drive can add in a step at its present rate is part of plan_run.
    for (auto& d : pending_drives)
        if (population_of(d.rule.pre[0]).model->role != node_role::current_drive)
            generator_loads.push_back({sources_of(d), loads_of(d)});
    pending_drives.clear();
}

void network::implementation::plan_samplers() {
    for (auto& s : pending_samplers) {
        auto const& where = partitions[std::size_t(s.plan.partition)];
        sampler out{s.meter, where.population, where.first_id, {}, s.columns};
        for (auto const n : s.plan.neurons) out.ids.push_back(where.first_id + n);
        engine->add_sampler(s.plan);
        samplers.push_back(std::move(out));
    }
    pending_samplers.clear();
}

simulation_backend::run_plan network::implementation::plan_run() {
    simulation_backend::run_plan plan;
    plan.slice = int(least_delay);
    plan.longest = std::max<std::int64_t>(bands > 1 ? max_slots - 1 : longest, plan.slice);
    plan.longest_plastic = longest_plastic;
    plan.bands = bands;
    plan.seed = opt.seed;
    plan.nodes = populations.empty() ? 0 : populations.back().first + populations.back().n - 1;
    // Generators as they are now come on top of what neurons add.
    auto loads = load, heavy = heaviest, degrees = indegree;
    for (auto const& from : generator_loads) {
        double factor = 1;  // spikes of a step, or their summed weights
        for (auto const id : from.generators) {
            factor = std::max(factor, generators.contains(id) ? most_spikes(id) : sources.largest_factor(id));
        }
        for (auto const& p : from.ports) {
            loads[p.population] += p.edges * p.weight * factor;
            heavy[p.population] = std::max(heavy[p.population], p.weight * factor);
            degrees[p.population] += p.edges * factor;
        }
    }
    for (std::size_t i = 0; i < populations.size(); ++i) {
        auto const& p = populations[i];
        std::int64_t least = 1;
        if (p.model->least_interval) {
            least = INT64_MAX;
            for (std::int64_t k = 0; k < p.params.n; ++k)
                least = std::min(least, p.model->least_interval(p.params.at(k), h));
        }
        plan.ports.push_back(p.model->role == node_role::neuron ? p.ports() : 0);
        plan.least_intervals.push_back(std::max<std::int64_t>(least, 1));
        // Sums stay below 2^62 and single contributions below 2^51 with 2^8 to spare for weights that grow.
        constexpr double headroom = 256;
        auto const by_sum = 61 - std::log2(std::max(loads[i], 1e-9) * headroom);
        auto const by_one = 50 - std::log2(std::max(heavy[i], 1e-9) * headroom);
        auto const exponent =
            loads[i] > 0 ? std::clamp(int(std::floor(std::min(by_sum, by_one))), -900, 40) : 32;
        exponents[i] = std::min(exponents[i], exponent);
        plan.exponents.push_back(exponents[i]);
        auto const unit = std::ldexp(1.0, -exponents[i]);
        plan.largest.push_back(
            std::min(std::ldexp(unit, 61) / std::max(degrees[i], 1.0), std::ldexp(unit, 50)));
    }
    plan.emission = [this](std::int32_t id) { return emission(id); };
    return plan;
}

std::vector<std::int32_t> network::implementation::sources_of(projection const& p) const {
    std::vector<std::int32_t> ids;
    for (std::int32_t j = 0; j < p.rule.pre.n; ++j) ids.push_back(p.rule.pre[j]);
    return ids;
}

std::vector<network::implementation::port_load> network::implementation::loads_of(projection const& p) const {
    std::vector<port_load> list;
    for (std::size_t i = 0; i < populations.size(); ++i) {
        auto const& q = populations[i];
        if (p.rule.post.lower_bound(q.first) == p.rule.post.lower_bound(std::int64_t{q.first} + q.n))
            continue;
        if (q.ports() == 0) continue;
        bool const counts = q.model->route(p.receptor).what == routing::value::count;
        list.push_back({i, indegree_bound(p.rule), counts ? 1 : std::max(p.largest_weight, 1.0 / 256)});
    }
    return list;
}

void network::implementation::heavier(std::int32_t population, double weight) {
    auto const p = std::size_t(population);
    heaviest[p] = std::max(heaviest[p], weight);
    load[p] = std::max(load[p], weight * indegree[p]);
}

void network::implementation::prepare() {
    check_usable();
    if (!dirty) return;
    auto const start = std::chrono::steady_clock::now();
    for (auto const& p : pending) {
        auto const ports = loads_of(p);
        std::vector<std::int32_t> from;  // generators
        double multiplicity = 1;
        for (std::int32_t j = 0; j < p.rule.pre.n; ++j) {
            auto const& m = *population_of(p.rule.pre[j]).model;
            if (m.role != node_role::neuron) from.push_back(p.rule.pre[j]);
            if (m.role == node_role::neuron && m.multiple) multiplicity = max_multiplicity;
        }
        for (auto const& q : ports) {
            load[q.population] += q.edges * q.weight * multiplicity;
            heaviest[q.population] = std::max(heaviest[q.population], q.weight);
            indegree[q.population] += q.edges * multiplicity;
        }
        if (!from.empty()) generator_loads.push_back({std::move(from), ports});
    }
    if (!pending.empty()) {
        auto const groups = plan_groups();
        std::int64_t total = 0, done = 0;
        for (auto const& p : pending) total += p.edges;
        auto const before = engine->groups();
        check_groups(groups.size());
        failed = true;  // should building fail: it is not undone
        engine->build(groups, synapses, [&](std::int64_t edges) {
            progress_at("build", done += edges, std::max(total, done));
        });
        failed = false;
        label_groups(groups);
        auto const nodes_plus_one = std::size_t(populations.back().first) + std::size_t(populations.back().n);
        out_degree.resize(nodes_plus_one);
        plastic_out_degree.resize(nodes_plus_one);
        engine->add_out_degrees(before, false, out_degree);
        engine->add_out_degrees(before, true, plastic_out_degree);
        for (auto g = before; g < engine->groups(); ++g) {
            auto const info = engine->group(g);
            counted.connections += info.edges;
            counted.plastic_connections += info.plastic ? info.edges : 0;
        }
        pending.clear();
    }
    plan_drives();
    plan_samplers();
    draw_packets();
    for (auto* const trains : {&recorded_trains, &shared_trains})
        trains->prepare(now, [this](std::int32_t generator) { return emission(generator); });
    for (std::size_t i = 0; i < populations.size(); ++i) {
        if (populations[i].model->role != node_role::neuron) continue;
        if (!device_current[i]) engine->write_state(populations[i], std::int32_t(i));
        if (!constants_current[i]) engine->write_constants(populations[i], std::int32_t(i));
        device_current[i] = constants_current[i] = 1;
    }
    engine->prepare(plan_run(), synapses, populations);
    plan_weight_recordings();
    counted.build_seconds += std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    dirty = false;
}

}  // namespace ranvier
