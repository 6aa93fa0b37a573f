// What connect accepts, and what it makes of it.
#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>

#include "host/network_impl.h"
#include "host/rules.h"
#include "kernels/build.h"

namespace ranvier {

namespace {
void reject_weight_recorder(population const& p) {
    if (p.model->role == node_role::weight_recorder)
        throw illegal_connection({p.model_name, "connect", "a weight recorder",
                                  "none: it belongs to a synapse model",
                                  "set the model's weight_recorder with set_defaults or copy_model"});
}
}  // namespace

projection network::implementation::project(nodes const& pre, nodes const& post, rule const& how,
                                            synapse const& with, std::uint32_t ordinal) {
    projection p;
    p.synapse = synapse_named(with.model);
    auto const& s = synapses[std::size_t(p.synapse)];
    p.ordinal = p.drawn_as = ordinal;
    p.seed = opt.seed;
    if (!s.model->modulator.empty() && s.modulator == 0)
        throw out_of_range({s.name, s.model->modulator, "none", s.model->no_modulator,
                            "set it with set_defaults or copy_model before connecting"});
    p.receptor = with.receptor;
    p.made_at = now;
    p.pre_ids = pre.list();
    p.post_ids = post.list();
    auto view = [](nodes const& n, std::vector<std::int32_t> const& ids) {
        return id_view{n.front(), ids.empty() ? nullptr : ids.data(), std::int32_t(n.size())};
    };
    p.rule = {how.kind, view(pre, p.pre_ids), view(post, p.post_ids), how.count,
              how.p,    how.allow_autapses,   how.allow_multapses,    nullptr};
    if (how.kind == rule_kind::symmetric_pairwise_bernoulli) {
        p.rule.kind = rule_kind::fixed_indegree;
        p.rule.multapses = false;
        p.degrees = symmetric_degrees(how.p, p.rule.pre.n, p.rule.post.n, p.seed, ordinal);
    } else if (how.degrees) {
        auto const n = how.kind == rule_kind::fixed_indegree ? p.rule.post.n : p.rule.pre.n;
        p.degrees = degrees_of(how, n, p.seed, ordinal);
    }
    if (!p.degrees.empty()) {
        p.rule.counts = p.degrees.data();
        p.rule.count = *std::max_element(p.degrees.begin(), p.degrees.end());
    }
    if (std::fabs(double(how.count)) * double(std::max(p.rule.pre.n, p.rule.post.n)) > 1e15)
        throw impossible_connectivity({rule_name(how.kind), count_name(how.kind),
                                       fmt::format("{}", how.count), "at most 1e15 connections",
                                       "give a smaller number"});
    check_rule(validate(p.rule), p.rule, how);
    auto const expected = array_length(p.rule);
    auto const edges = expected_edges(p.rule);
    if (s.model->common_weight && with.weight)
        throw illegal_connection(
            {s.name, "weight", with.weight->text(), "only the model's own (set_defaults)", "leave it out"});
    p.weight = to_spec(with.weight.value_or(s.weight), s.name, "weight", p, expected, edges);
    p.delay = to_spec(with.delay.value_or(s.delay), s.name, "delay", p, expected, edges);
    for (auto const& f : s.model->params.fields) {
        value_spec spec;
        spec.a = read_field(f, s.params.data());
        p.params.push_back(spec);
    }
    for (auto const& f : s.model->state.fields) {
        value_spec spec;
        spec.a = read_field(f, s.state.data());
        p.state.push_back(spec);
    }
    auto const label = model_labels.find(s.name);
    connect_labels[p.ordinal] = label == model_labels.end() ? no_label : label->second;
    for (auto const& [name, value] : with.params) {
        if (has_label(*s.model) && name == "synapse_label") {
            connect_labels[p.ordinal] = label_of(s, value);
            continue;
        }
        if (s.model->common.find(name) || name == "weight_recorder" || name == s.model->modulator)
            throw illegal_connection({s.name, name, value.text(), "set_defaults or copy_model",
                                      "it belongs to the synapse model, not to a connection"});
        auto const* const f = s.model->params.find(name);
        auto const* const g = s.model->state.find(name);
        if (!f && !g)
            throw unknown_parameter(
                {s.name, name, value.text(), parameters_of(*s.model), "check the spelling"});
        auto const spec = to_spec(value, s.name, name, p, expected, edges);
        if (f) {
            p.params[std::size_t(f - s.model->params.fields.data())] = spec;
            p.params_vary |= spec.kind != value_kind::constant;
            continue;
        }
        auto& first = p.state[std::size_t(g - s.model->state.fields.data())];
        first = spec;
        if (s.model->pairs) {  // a source's trace
            auto const [low, high] = bounds(spec, expected);
            if (low != high)
                throw wrong_type({s.name, name, value.text(), "one value for all connections of a call",
                                  "connect in several calls"});
            first = {};
            first.a = low;
        }
        p.state_varies |= first.kind != value_kind::constant;
    }
    check_synapse_params(s, p, with, expected);
    auto const [low, high] = bounds(p.weight, expected);
    p.largest_weight = std::max(std::fabs(low), std::fabs(high)) * largest_factor(s, p, expected);
    check_weight(s, std::fabs(low) > std::fabs(high) ? low : high);
    p.edges = std::int64_t(edges);
    check_room(nullptr, &p);  // before delays are drawn
    check_parts(p);
    check_delays(s, p, expected);
    check_room(nullptr, &p);
    return p;
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
    e.edges_key = make_key(p.seed, stream_kind::edges, p.drawn_as);
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
    bool const detector = to == node_role::correlation_detector,
               transmitter = to == node_role::volume_transmitter;
    if (model.plastic &&
        (to == node_role::spike_recorder || detector || transmitter || from == node_role::multimeter))
        throw illegal_connection({with.model, from == node_role::multimeter ? "source" : "target",
                                  transmitter ? "a volume transmitter" : "a recorder", "neurons",
                                  "leave the synapse model out"});
    for (auto const* const p : {&pre, &post}) reject_weight_recorder(population_of(p->front()));
    if (to == node_role::spike_recorder) return connect_recorder(pre, post, how, with);
    if (transmitter) return connect_transmitter(pre, post, how, with);
    if (detector && from != node_role::correlation_detector) return connect_detector(pre, post, how, with);
    if (from == node_role::multimeter &&
        (to == node_role::neuron || !population_of(post.front()).model->emitted.empty()))
        return connect_meter(pre, post, how, with);
    if (to != node_role::neuron || is_recorder(from) || from == node_role::correlation_detector ||
        from == node_role::volume_transmitter)
        throw illegal_connection(
            {"connect", "direction",
             population_of(pre.front()).model_name + " -> " + population_of(post.front()).model_name,
             "generator -> neuron, neuron -> neuron, neuron or spike source -> spike recorder or correlation "
             "detector, neuron -> volume transmitter, multimeter -> neuron or "
             "generator that has a recordable",
             "turn it round: recorders of spikes are targets, meters are sources"});
    if (how.make_symmetric) return connect_symmetric(pre, post, how, with, from);
    finish(project(pre, post, how, with, connects), from);
}

void network::implementation::connect_symmetric(nodes const& pre, nodes const& post, rule const& how,
                                                synapse const& with, node_role from) {
    auto const name = rule_name(how.kind);
    bool const one_to_one = how.kind == rule_kind::one_to_one;
    if (!one_to_one && how.kind != rule_kind::symmetric_pairwise_bernoulli)
        throw impossible_connectivity({name, "make_symmetric", "true", "false for this rule",
                                       "one_to_one and symmetric_pairwise_bernoulli can"});
    if (from != node_role::neuron)
        throw illegal_connection({name, "sources", "generators", "neurons", "connect them in one direction"});
    auto check_reset = [&](std::string const& parameter, ranvier::parameter const& value) {
        if (one_to_one && value.get<distribution>())
            throw impossible_connectivity({name, parameter, value.text(), "numbers or arrays",
                                           "both directions have the same values: draw them beforehand"});
    };
    if (with.weight) check_reset("weight", *with.weight);
    if (with.delay) check_reset("delay", *with.delay);
    for (auto const& [parameter, value] : with.params) check_reset(parameter, value);
    if (!one_to_one && (how.allow_autapses || !how.allow_multapses))
        throw impossible_connectivity({name, how.allow_autapses ? "allow_autapses" : "allow_multapses",
                                       how.allow_autapses ? "true" : "false",
                                       how.allow_autapses ? "false" : "true", "leave it as the rule has it"});
    if (!one_to_one && !(how.p >= 0 && how.p < 1))
        throw impossible_connectivity(
            {name, "p", fmt::format("{}", how.p), "0 <= p < 1", "give a probability below 1"});
    auto forth = project(pre, post, how, with, connects);
    projection back;
    if (one_to_one) {
        back = project(post, pre, how, with, connects + 1);
    } else {
        back = forth;
        back.ordinal = forth.ordinal + 1;
        std::swap(back.pre_ids, back.post_ids);
        std::swap(back.rule.pre, back.rule.post);
        back.rule.pre.ids = back.pre_ids.empty() ? nullptr : back.pre_ids.data();
        back.rule.post.ids = back.post_ids.empty() ? nullptr : back.post_ids.data();
        back.rule.counts = back.degrees.data();
        back.rule.turned = true;
        connect_labels[back.ordinal] = connect_labels.at(forth.ordinal);
    }
    check_targets(back, from);
    finish(std::move(forth), from);
    finish(std::move(back), from);
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
    auto p = project({source.front(), std::int64_t(n)}, {target.front(), std::int64_t(n)}, one_to_one(), spec,
                     connects);
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
    for (auto const id : p.post_ids) {
        reject_weight_recorder(population_of(id));
        if (population_of(id).model->role != node_role::neuron)
            throw illegal_connection(
                {"connect", "target", fmt::format("{}", id), "neurons", "connect recorders by a rule"});
    }
    auto const& first = population_of(p.pre_ids.front());
    reject_weight_recorder(first);
    if (is_recorder(*from) || *from == node_role::correlation_detector ||
        *from == node_role::volume_transmitter)
        throw illegal_connection(
            {"connect", "source", first.model_name, "neurons and generators",
             *from == node_role::multimeter ? "connect recorders by a rule" : "make it the target"});
    finish(std::move(p), *from);
}

}  // namespace ranvier
