// What connect accepts, and what it makes of it.
#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>

#include "host/network_impl.h"
#include "kernels/build.h"

namespace ranvier {

namespace {

constexpr char const* rule_names[] = {"all_to_all",         "one_to_one",       "fixed_indegree",
                                      "pairwise_bernoulli", "pairwise_poisson", "fixed_outdegree",
                                      "fixed_total_number"};

std::string count_name(rule_kind k) {
    return k == rule_kind::fixed_indegree ? "indegree" : k == rule_kind::fixed_outdegree ? "outdegree" : "N";
}

void check_rule(rule_fault f, edge_rule const& r, rule const& how) {
    std::string const name = rule_names[int(how.kind)];
    auto impossible = [&](std::string const& parameter, std::string const& value, std::string const& allowed,
                          std::string const& remedy) {
        throw impossible_connectivity({name, parameter, value, allowed, remedy});
    };
    auto const count = fmt::format("{}", how.count);
    switch (f) {
        case rule_fault::none:
            return;
        case rule_fault::empty_pre:
            impossible("sources", "none", "at least one", "give the sources");
            break;
        case rule_fault::empty_post:
            impossible("targets", "none", "at least one", "give the targets");
            break;
        case rule_fault::unequal_sizes:
            throw wrong_size({name, "sources and targets", fmt::format("{} and {}", r.pre.n, r.post.n),
                              "equal numbers", "choose another rule"});
        case rule_fault::ids_not_ascending:
            impossible("ids", "not ascending", "distinct ids in ascending order", "sort them");
            break;
        case rule_fault::negative_count:
            impossible(count_name(how.kind), count, ">= 0", "0 makes no connections");
            break;
        case rule_fault::probability_out_of_range:
            impossible("p", fmt::format("{}", how.p), "0 ... 1", "give a probability");
            break;
        case rule_fault::mean_out_of_range:
            impossible("p", fmt::format("{}", how.p), ">= 0, and at most 2^31 edges into a target",
                       "give the mean number of connections of a pair");
            break;
        case rule_fault::indegree_exceeds_sources:
        case rule_fault::no_admissible_source:
            impossible("indegree", count, fmt::format("at most the {} sources a target may have", r.pre.n),
                       "allow multapses or autapses, or lower it");
            break;
        case rule_fault::outdegree_exceeds_targets:
        case rule_fault::no_admissible_target:
            impossible("outdegree", count, fmt::format("at most the {} targets a source may have", r.post.n),
                       "allow multapses or autapses, or lower it");
            break;
        case rule_fault::total_exceeds_pairs:
        case rule_fault::total_without_multapses:
            impossible("allow_multapses", "false", "true for this rule", "allow multapses");
            break;
        case rule_fault::no_admissible_pair:
            impossible("N", count, "0: every pair is an autapse", "allow autapses");
            break;
        case rule_fault::poisson_without_multapses:
            impossible("allow_multapses", "false", "true for this rule", "allow multapses");
            break;
    }
}

std::int64_t array_length(edge_rule const& r) {
    switch (r.kind) {
        case rule_kind::all_to_all:
            return std::int64_t{r.pre.n} * r.post.n;
        case rule_kind::one_to_one:
            return r.post.n;
        case rule_kind::fixed_indegree:
            return r.post.n * r.count;
        case rule_kind::fixed_outdegree:
            return r.pre.n * r.count;
        case rule_kind::fixed_total_number:
            return r.count;
        default:
            return -1;
    }
}

double expected_edges(edge_rule const& r) {
    auto const n = total_edges(r);
    if (n >= 0) return double(n);
    auto const pairs = double(r.pre.n) * double(r.post.n);
    if (r.kind == rule_kind::all_to_all) return pairs;
    if (r.kind == rule_kind::one_to_one) return r.post.n;
    return pairs * r.p + 6 * std::sqrt(pairs * r.p) + 1;
}

double indegree_bound_of(edge_rule const& r) {
    auto unlikely = [](double mean) { return mean + 10 * std::sqrt(mean) + 50; };
    switch (r.kind) {
        case rule_kind::all_to_all:
            return r.pre.n;
        case rule_kind::one_to_one:
            return r.post.ids ? r.post.n : 1;
        case rule_kind::fixed_indegree:
            return double(r.count);
        case rule_kind::pairwise_bernoulli:
            return std::min(double(r.pre.n), unlikely(r.p * r.pre.n));
        case rule_kind::fixed_outdegree:
            return std::min(double(r.pre.n) * double(r.count),
                            unlikely(double(r.pre.n) * double(r.count) / r.post.n));
        default:
            return std::min(double(r.count), unlikely(double(r.count) / r.post.n));
    }
}

}  // namespace

double indegree_bound(edge_rule const& r) { return indegree_bound_of(r); }

rule rule::named(std::string_view name, double value) {
    std::string known;
    for (int k = 0; k < 7; ++k) {
        auto const kind = rule_kind(k);
        if (rule_names[k] == name) {
            if (kind == rule_kind::pairwise_bernoulli || kind == rule_kind::pairwise_poisson)
                return {kind, 0, value};
            bool const counts = kind != rule_kind::all_to_all && kind != rule_kind::one_to_one;
            if (counts && !(std::fabs(value) < 1e15 && value == std::floor(value)))
                throw wrong_type({std::string(name), count_name(kind), fmt::format("{}", value),
                                  "an integer below 1e15", "round it"});
            return {kind, counts ? std::int64_t(value) : 0};
        }
        known += (k ? ", " : "") + std::string(rule_names[k]);
    }
    throw unknown_rule({"connect", "rule", std::string(name), known, "check the spelling"});
}

projection network::implementation::project(nodes const& pre, nodes const& post, rule const& how,
                                            synapse const& with) {
    projection p;
    p.synapse = synapse_named(with.model);
    auto const& s = synapses[std::size_t(p.synapse)];
    p.ordinal = connects;
    p.seed = opt.seed;
    p.receptor = with.receptor;
    p.made_at = now;
    p.pre_ids = pre.list();
    p.post_ids = post.list();
    auto view = [](nodes const& n, std::vector<std::int32_t> const& ids) {
        return id_view{n.front(), ids.empty() ? nullptr : ids.data(), std::int32_t(n.size())};
    };
    p.rule = {how.kind, view(pre, p.pre_ids), view(post, p.post_ids), how.count,
              how.p,    how.allow_autapses,   how.allow_multapses,    nullptr};
    if (std::fabs(double(how.count)) * double(std::max(p.rule.pre.n, p.rule.post.n)) > 1e15)
        throw impossible_connectivity({rule_names[int(how.kind)], count_name(how.kind),
                                       fmt::format("{}", how.count), "at most 1e15 connections",
                                       "give a smaller number"});
    check_rule(validate(p.rule), p.rule, how);
    auto const expected = array_length(p.rule);
    auto const edges = expected_edges(p.rule);
    if (s.model->common_weight && with.weight)
        throw illegal_connection(
            {s.name, "weight", with.weight->text(), "only the model's own (set_defaults)", "leave it out"});
    p.weight = to_spec(with.weight.value_or(s.weight), s.name, "weight", p.arrays, expected, edges);
    p.delay = to_spec(with.delay.value_or(s.delay), s.name, "delay", p.arrays, expected, edges);
    for (auto const& f : s.model->params.fields) {
        value_spec spec;
        spec.a = read_field(f, s.params.data());
        p.params.push_back(spec);
    }
    p.kplus.a = s.kplus;
    for (auto const& [name, value] : with.params) {
        if (s.model->common.find(name))
            throw illegal_connection({s.name, name, value.text(), "set_defaults or copy_model",
                                      "it belongs to the synapse model, not to a connection"});
        auto const* f = s.model->params.find(name);
        if (!f && !(name == "Kplus" && s.model->plastic))
            throw unknown_parameter(
                {s.name, name, value.text(), parameters_of(*s.model), "check the spelling"});
        auto const spec = to_spec(value, s.name, name, p.arrays, expected, edges);
        if (f) {
            p.params[std::size_t(f - s.model->params.fields.data())] = spec;
            p.params_vary |= spec.kind != value_kind::constant;
        } else {
            auto const [low, high] = bounds(spec, expected);
            check_kplus(s, low);
            if (low != high)
                throw wrong_type({s.name, name, value.text(), "one value for all connections of a call",
                                  "connect in several calls"});
            p.kplus.a = low;
        }
    }
    check_synapse_params(s, p, with, expected);
    auto const [low, high] = bounds(p.weight, expected);
    p.largest_weight = std::max(std::fabs(low), std::fabs(high));
    check_weight(s, std::fabs(low) > std::fabs(high) ? low : high);
    p.edges = std::int64_t(edges);
    check_room(nullptr, &p);  // before delays are drawn
    check_parts(p);
    check_delays(s, p, expected);
    check_room(nullptr, &p);
    return p;
}

void network::implementation::check_weight(synapse_instance const& s, double weight) const {
    auto const most =
        double(s.model->single ? std::numeric_limits<float>::max() : std::numeric_limits<double>::max());
    if (!(std::fabs(weight) <= most))
        throw out_of_range({s.name, "weight", fmt::format("{}", weight),
                            fmt::format("finite numbers, |weight| <= {:.3g}", most),
                            fmt::format("the default is {}", s.model->weight)});
}

void network::implementation::check_weight_sign(synapse_instance const& s, void const* params,
                                                double weight) const {
    if (s.model->weight_ok && !s.model->weight_ok(params, weight))
        throw out_of_range({s.name, "weight", fmt::format("{}", weight), s.model->weight_range,
                            "set weight and Wmax in one call"});
}

void network::implementation::check_kplus(synapse_instance const& s, double kplus) const {
    auto const& info = s.model->state;
    auto const* const f = info.find("Kplus");
    if (!f) return;
    std::vector<std::byte> record(info.size);
    info.make(record.data());
    write_field(*f, record.data(), kplus);
    if (auto bad = info.check(record.data(), s.name)) throw out_of_range(*bad);
}

void network::implementation::check_synapse_params(synapse_instance const& s, projection const& p,
                                                   synapse const& with, std::int64_t expected) const {
    // The reference checks the weight only where another parameter is given (synapses.md, 1); so does this.
    if (with.params.empty()) return;
    auto const [w_low, w_high] = bounds(p.weight, expected);
    auto record = s.params;
    for (int corner = 0; corner < 2; ++corner) {
        for (std::size_t f = 0; f < p.params.size(); ++f) {
            auto const [low, high] = bounds(p.params[f], expected);
            write_field(s.model->params.fields[f], record.data(), corner ? high : low);
        }
        if (auto bad = s.model->params.check(record.data(), s.name)) throw out_of_range(*bad);
        for (auto const w : {w_low, w_high}) check_weight_sign(s, record.data(), w);
    }
}

void network::implementation::check_delays(synapse_instance const& s, projection& p,
                                           std::int64_t expected) const {
    auto steps = [&](double ms) { return std::floor(ms / h + 0.5); };
    auto const bound = bounds(p.delay, expected);
    auto low = bound.first, high = bound.second;
    bool const random = p.delay.kind != value_kind::constant && p.delay.kind != value_kind::array;
    if (random && !(steps(low) >= 1 && high < 1e6)) {
        // Only drawing tells: all delays are drawn once.
        scratch_memory memory(scratch_bytes + std::size_t(scratch_words(p.rule)) * 4);
        serial_team team(memory);
        auto const source = edge_source_of(p);
        low = std::numeric_limits<double>::infinity();
        high = -low;
        for_each_edge(team, source, [&](std::int32_t i, std::int32_t j, std::int64_t k) {
            auto const d = value(p.delay, source.delay_key, value_row(p.rule, i, j), std::uint64_t(k), 0);
            low = std::min(low, d.value);
            high = std::max(high, d.value);
        });
        if (low > high) low = high = h;
    }
    auto const most = longest_delay * h;
    if (!(steps(low) >= 1) || !(high <= most))
        throw bad_delay(
            {s.name, "delay", fmt::format("{} ms", steps(low) >= 1 ? high : low),
             fmt::format("{} ms (one step) ... {:.3g} ms", h, most),
             steps(low) >= 1 ? "give shorter delays" : "give longer delays or a finer resolution"});
    p.least_delay = std::int64_t(steps(low));
    p.largest_delay = std::int64_t(steps(high));
}

edge_source network::implementation::edge_source_of(projection const& p) const {
    edge_source e{};
    e.rule = p.rule;
    e.edges_key = make_key(p.seed, stream_kind::edges, p.ordinal);
    e.weight_key = make_key(p.seed, stream_kind::edge_value, p.ordinal, weight_slot);
    e.delay_key = make_key(p.seed, stream_kind::edge_value, p.ordinal, delay_slot);
    e.weight = p.weight;
    e.delay = p.delay;
    e.begin = 0;
    e.end = p.rule.post.n;
    e.shortest = 0;
    e.longest = INT32_MAX;
    e.steps_per_ms = 1 / h;
    e.seed = p.seed;
    e.ordinal = p.ordinal;
    return e;
}

void network::implementation::connect(nodes const& pre, nodes const& post, rule const& how,
                                      synapse const& with) {
    check_usable();
    check_ids(pre);
    check_ids(post);
    if (pre.empty() || post.empty())
        throw illegal_connection(
            {"connect", pre.empty() ? "sources" : "targets", "none", "at least one node", "give nodes"});
    auto const from = common_role(pre, "sources"), to = common_role(post, "targets");
    auto const& model = *synapses[std::size_t(synapse_named(with.model))].model;
    if (model.plastic && (to == node_role::spike_recorder || from == node_role::multimeter))
        throw illegal_connection({with.model, to == node_role::spike_recorder ? "target" : "source",
                                  "a recorder", "neurons", "leave the synapse model out"});
    if (to == node_role::spike_recorder) return connect_recorder(pre, post, how, with);
    if (from == node_role::multimeter && to == node_role::neuron) return connect_meter(pre, post, how, with);
    if (to != node_role::neuron || from == node_role::spike_recorder || from == node_role::multimeter)
        throw illegal_connection(
            {"connect", "direction",
             population_of(pre.front()).model_name + " -> " + population_of(post.front()).model_name,
             "generator -> neuron, neuron -> neuron, neuron or spike source -> spike recorder, multimeter -> "
             "neuron",
             "turn it round: recorders of spikes are targets, meters are sources"});
    finish(project(pre, post, how, with), from);
}

void network::implementation::connect(edge_list const& edges, synapse const& with) {
    check_usable();
    auto const n = edges.source.size();
    if (n != edges.target.size())
        throw wrong_size({"connect", "edge list",
                          fmt::format("{} sources, {} targets", n, edges.target.size()), "as many of both",
                          "give one source and one target for each edge"});
    if (n == 0)
        throw illegal_connection({"connect", "edge list", "empty", "at least one edge", "give edges"});
    for (auto const& ids : {edges.source, edges.target}) {
        auto const [low, high] = std::minmax_element(ids.begin(), ids.end());
        population_index(*low);
        population_index(*high);
    }
    // Sorted by target, so that a partition's edges are a range.
    std::vector<std::size_t> order(n);
    std::iota(order.begin(), order.end(), std::size_t{0});
    std::stable_sort(order.begin(), order.end(),
                     [&](auto a, auto b) { return edges.target[a] < edges.target[b]; });
    auto permuted = [&]<class T>(std::vector<T> const& v) {
        if (v.size() != n)
            throw wrong_size({"connect", "array", fmt::format("{} values", v.size()),
                              fmt::format("{} values", n), "give one for each edge"});
        std::vector<T> out(n);
        for (std::size_t i = 0; i < n; ++i) out[i] = v[order[i]];
        return out;
    };
    auto sorted = [&](parameter const& v) -> parameter {
        if (auto const* a = v.get<std::vector<double>>()) return permuted(*a);
        if (auto const* b = v.get<std::vector<std::int64_t>>()) return permuted(*b);
        return v;
    };
    auto spec = with;
    if (spec.weight) spec.weight = sorted(*spec.weight);
    if (spec.delay) spec.delay = sorted(*spec.delay);
    for (auto& [name, value] : spec.params) value = sorted(value);
    std::vector<std::int32_t> source(n), target(n);
    for (std::size_t i = 0; i < n; ++i) {
        source[i] = edges.source[order[i]];
        target[i] = edges.target[order[i]];
    }
    auto p =
        project({source.front(), std::int64_t(n)}, {target.front(), std::int64_t(n)}, one_to_one(), spec);
    p.pre_ids = std::move(source);
    p.post_ids = std::move(target);
    p.rule.pre.ids = p.pre_ids.data();
    p.rule.post.ids = p.post_ids.data();
    std::optional<node_role> from;
    for (auto const id : p.pre_ids) {
        auto const role = population_of(id).model->role;
        if (!from) from = role;
        if (role != *from && !(sends_spikes(role) && sends_spikes(*from)))
            throw illegal_connection(
                {"connect", "edge list", "sources of several kinds", "one kind", "split the list"});
    }
    for (auto const id : p.post_ids)
        if (population_of(id).model->role != node_role::neuron)
            throw illegal_connection(
                {"connect", "target", fmt::format("{}", id), "neurons", "connect recorders by a rule"});
    if (*from == node_role::spike_recorder || *from == node_role::multimeter)
        throw illegal_connection(
            {"connect", "source", "a recorder", "neurons and generators", "connect recorders by a rule"});
    finish(std::move(p), *from);
}

}  // namespace ranvier
