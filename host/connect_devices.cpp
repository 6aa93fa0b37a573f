// Connections that have been checked, into what the layout builds; recorders.
#include <algorithm>

#include "host/lists.h"
#include "host/network_impl.h"
#include "kernels/build.h"
#include "kernels/random.h"

namespace ranvier {

bool sends_spikes(node_role r) {
    return r == node_role::neuron || r == node_role::spike_source || r == node_role::packet_source ||
           r == node_role::train_source;
}
bool is_recorder(node_role r) {
    return r == node_role::spike_recorder || r == node_role::multimeter || r == node_role::weight_recorder;
}

node_role network::implementation::common_role(nodes const& which, char const* what) const {
    std::optional<node_role> role;
    for (std::int64_t i = 0; i < which.size();) {
        auto const& p = populations[std::size_t(population_index(which[i]))];
        auto const r = p.model->role;
        if (role && r != *role && !(sends_spikes(r) && sends_spikes(*role)))
            throw illegal_connection({"connect", what, "nodes of several kinds",
                                      "neurons, or devices of one kind", "connect them one after the other"});
        if (!role || r == node_role::neuron) role = r;
        i = which.position(p.first + std::int32_t(p.n));
    }
    return *role;
}

void network::implementation::check_targets(projection const& p, node_role from) const {
    auto const& s = synapses[std::size_t(p.synapse)];
    auto const& post = p.rule.post;
    bool const current = from == node_role::current_drive;
    if (s.model->plastic && !sends_spikes(from))
        throw illegal_connection({s.name, "source", "a generator", "neurons, and generators with one train",
                                  "put a parrot_neuron between generator and plastic synapse"});
    population const* last = nullptr;
    for (std::int32_t i = 0; i < post.n; ++i) {
        auto const id = post[i];
        bool const seen = last && id >= last->first && id < last->first + last->n;
        if (!seen) last = &populations[std::size_t(population_index(id))];
        auto const& m = *last->model;
        bool const listed = !current && m.has_receptor_list();
        if (seen && (!listed || last->params.shared())) continue;
        auto const first = listed ? 1 : 0;
        auto const end = current  ? m.n_currents
                         : listed ? 1 + int(m.count(last->params.at(id - last->first), 0))
                                  : int(m.routes.size());
        if (p.receptor < first || p.receptor >= end)
            throw illegal_connection(
                {m.name, current ? "receptor for currents" : "receptor", fmt::format("{}", p.receptor),
                 end > first ? fmt::format("{} ... {}", first, end - 1) : "none: it takes no such input",
                 end > first ? fmt::format("give one of them; {}",
                                           first ? "each is a list's element" : "0 is the default")
                             : "connect it to other models"});
        if (listed && !m.lists[0].negative_weights) check_positive(p, m.name);
        if (s.model->pairs && !m.archives)
            throw illegal_connection(
                {m.name, "plastic synapse", s.name, "static synapses", "leave the synapse model out"});
    }
}

void network::implementation::check_positive(projection const& p, std::string const& model) const {
    std::size_t n = 0;
    for (auto const& a : p.arrays)
        if (a.data() == p.weight.array) n = a.size();
    auto const least = bounds(p.weight, std::int64_t(n)).first;
    if (least < 0)
        throw out_of_range({model, "weight", fmt::format("{}", least), ">= 0: it is a conductance",
                            "choose the receptor by its reversal potential; redraw random weights"});
}

/// Of targets whose receptors are a list.
void network::implementation::mark_receptors(id_view const& post) {
    for (auto& q : populations) {
        if (q.model->role != node_role::neuron || !q.model->has_receptor_list()) continue;
        q.connected.resize(std::size_t(q.n));
        auto const end = post.lower_bound(std::int64_t{q.first} + q.n);
        for (auto i = post.lower_bound(q.first); i < end; ++i)
            q.connected[std::size_t(post[i] - q.first)] = 1;
    }
}

void network::implementation::count_delays(std::int64_t least, std::int64_t largest) {
    if (!delays_asked) delays_asked = {least, largest};
    delays_asked->first = std::min(delays_asked->first, least);
    delays_asked->second = std::max(delays_asked->second, largest);
}

void network::implementation::make_room_for_delays(synapse_model const& m, std::int64_t least,
                                                   std::int64_t largest) {
    least_delay = std::min(least_delay, least);
    bands = std::max(bands, band_of(largest) + 1);
    longest = std::max(longest, std::min(largest, max_slots - 1));
    // A spike with a long delay asks for the past when it is delivered, which is after its slice.
    if (m.pairs) longest_plastic = std::max(longest_plastic, largest + band_lag(band_of(largest)));
}

void network::implementation::finish(projection p, node_role from) {
    check_targets(p, from);
    count_delays(p.least_delay, p.largest_delay);
    bool const current = from == node_role::current_drive, drive = current || from == node_role::spike_drive;
    if (!current) mark_receptors(p.rule.post);
    ++connects;
    dirty = true;
    if (drive) {
        pending_drives.push_back(std::move(p));
        return;
    }
    auto const& s = synapses[std::size_t(p.synapse)];
    make_room_for_delays(*s.model, p.least_delay, p.largest_delay);
    any_pairs |= s.model->pairs;
    any_triplets |= s.model->triplets;
    pending.push_back(std::move(p));
}

/// Connections that recorders make take part in nothing, but a mistake is one.
projection network::implementation::check_recording(nodes const& pre, nodes const& post, rule const& how,
                                                    synapse const& with, std::string const& recorder,
                                                    int receptors) {
    if (how.kind != rule_kind::one_to_one && how.kind != rule_kind::all_to_all)
        throw illegal_connection(
            {recorder, "rule", "random", "all_to_all or one_to_one", "choose the nodes instead"});
    if (with.receptor < 0 || with.receptor >= receptors)
        throw illegal_connection(
            {recorder, "receptor", fmt::format("{}", with.receptor), receptors > 1 ? "0 or 1" : "0",
             receptors > 1 ? "spikes on 1 are compared with those on 0" : "leave it out"});
    return project(pre, post, how, with, connects);
}

void network::implementation::connect_recorder(nodes const& pre, nodes const& post, rule const& how,
                                               synapse const& with) {
    auto const from = common_role(pre, "sources");
    bool const drawn = from == node_role::spike_drive;
    if (!sends_spikes(from) && !drawn)
        throw illegal_connection({"spike_recorder", "source", population_of(pre.front()).model_name,
                                  "neurons and generators of spikes",
                                  "record what it does to a neuron with a multimeter"});
    auto const checked = check_recording(pre, post, how, with, population_of(post.front()).model_name);
    count_delays(checked.least_delay, checked.largest_delay);
    bool const one = how.kind == rule_kind::one_to_one;
    for (std::int64_t r = 0; r < post.size(); ++r) {
        auto const sources = one ? pre.slice(r, r + 1) : pre;
        if (!drawn) {
            recorders.connect_spikes(sources, post[r]);
            continue;
        }
        for (std::int64_t j = 0; j < sources.size(); ++j)
            recorded_trains.add(sources[j], post[r],
                                make_key(opt.seed, stream_kind::neuron, population_of(sources[j]).ordinal),
                                now);
    }
    dirty = true;
}

void network::implementation::connect_detector(nodes const& pre, nodes const& post, rule const& how,
                                               synapse const& with) {
    auto const from = common_role(pre, "sources");
    auto const& name = population_of(post.front()).model_name;
    bool const drawn = from == node_role::spike_drive;
    if (!sends_spikes(from) && !drawn)
        throw illegal_connection({name, "source", population_of(pre.front()).model_name,
                                  "neurons and generators of spikes", "it compares times of spikes"});
    auto const p = check_recording(pre, post, how, with, name, 2);
    if (p.weight.kind != value_kind::constant && p.weight.kind != value_kind::array)
        throw wrong_type(
            {name, "weight", with.weight->text(), "a number or an array", "draw random weights beforehand"});
    count_delays(p.least_delay, p.largest_delay);
    scratch_memory memory(scratch_bytes + std::size_t(scratch_words(p.rule)) * 4);
    serial_team team(memory);
    auto const edges = edge_source_of(p);
    for_each_edge(team, edges, [&](std::int32_t i, std::int32_t j, std::int64_t k) {
        auto const source = p.rule.pre[j], target = p.rule.post[i];
        auto const w = p.weight.kind == value_kind::constant ? p.weight.a : edges.weight_of(i, j, k);
        if (drawn)
            recorded_trains.add(source, target,
                                make_key(opt.seed, stream_kind::neuron, population_of(source).ordinal), now,
                                with.receptor, w);
        else
            correlations.connect(source, target, with.receptor, w);
    });
    dirty = true;
}

void network::implementation::connect_transmitter(nodes const& pre, nodes const& post, rule const& how,
                                                  synapse const& with) {
    auto const& name = population_of(post.front()).model_name;
    for (std::int64_t j = 0; j < pre.size(); ++j)
        if (auto const& p = population_of(pre[j]); p.model->role != node_role::neuron)
            throw illegal_connection(
                {name, "source", p.model_name, "neurons", "put a parrot_neuron between a generator and it"});
    auto const p = check_recording(pre, post, how, with, name);
    count_delays(p.least_delay, p.largest_delay);
    least_delay = std::min(least_delay, p.least_delay);
    scratch_memory memory(scratch_bytes + std::size_t(scratch_words(p.rule)) * 4);
    serial_team team(memory);
    auto const edges = edge_source_of(p);
    for_each_edge(team, edges, [&](std::int32_t i, std::int32_t j, std::int64_t k) {
        transmitters.connect(p.rule.pre[j], p.rule.post[i], edges.delay_of(i, j, k));
    });
    dirty = true;
}

void network::implementation::connect_meter(nodes const& pre, nodes const& post, rule const& how,
                                            synapse const& with) {
    auto const p = check_recording(pre, post, how, with, population_of(pre.front()).model_name);
    if (how.kind == rule_kind::one_to_one) {
        for (std::int64_t k = 0; k < pre.size(); ++k) check_meter(pre.slice(k, k + 1), post.slice(k, k + 1));
        for (std::int64_t k = 0; k < pre.size(); ++k) add_meter(pre.slice(k, k + 1), post.slice(k, k + 1));
        count_delays(p.least_delay, p.largest_delay);
        return;
    }
    check_meter(pre, post);
    count_delays(p.least_delay, p.largest_delay);
    add_meter(pre, post);
}

void network::implementation::check_meter(nodes const& pre, nodes const& post) const {
    for (std::int64_t k = 0; k < pre.size(); ++k) {
        auto const& m = meters.at(pre[k]);
        for (std::int64_t i = 0; i < post.size(); ++i) {
            auto const& p = populations[std::size_t(population_index(post[i]))];
            for (auto const& name : m.names)
                if ((name.empty() || name != p.model->emitted) && !find_recordable(*p.model, p.lengths, name))
                    throw illegal_connection({p.model->name, "record_from", name,
                                              recordables_of(*p.model, p.lengths),
                                              "cannot connect with unknown recordable"});
            for (auto const& before : m.targets) {
                auto const at = before.position(post[i]);
                if (at < before.size() && before[at] == post[i])
                    throw illegal_connection({"multimeter", "target", fmt::format("{}", post[i]),
                                              "nodes that it is not connected to yet",
                                              "make another multimeter"});
            }
        }
    }
}

void network::implementation::add_meter(nodes const& pre, nodes const& post) {
    for (std::int64_t k = 0; k < pre.size(); ++k) {
        auto& m = meters.at(pre[k]);
        m.targets.push_back(post);
        auto const interval = m.interval > 0 ? m.interval : duration_steps(1.0, h);
        if (population_of(post.front()).model->generates() && !m.names.empty()) {
            generator_meter g{{pre[k], 0, 0, {}, {}}, {interval, m.offset, now, 0, 0, {}, {}, {}, {}}};
            for (std::int64_t i = 0; i < post.size(); ++i) g.of.ids.push_back(post[i]);
            for (auto const& name : m.names) g.of.columns.push_back({name, "", 0, 0, false, 0});
            generator_meters.push_back(std::move(g));
        }
        for (std::size_t part = 0; part < partitions.size(); ++part) {
            auto const& where = partitions[part];
            auto const begin = post.position(where.first_id), end = post.position(where.first_id + where.n);
            if (begin == end || m.names.empty()) continue;
            pending_sampler s{pre[k], {}, {}};
            s.plan.partition = std::int32_t(part);
            for (auto i = begin; i < end; ++i) s.plan.neurons.push_back(post[i] - where.first_id);
            auto const& p = populations[std::size_t(where.population)];
            for (auto const& name : m.names) {
                s.columns.push_back(*find_recordable(*p.model, p.lengths, name));
                s.plan.columns.push_back(s.columns.back().column);
            }
            s.plan.interval = interval;
            s.plan.offset = m.offset;
            s.plan.from = now;
            pending_samplers.push_back(std::move(s));
        }
    }
    dirty = true;
}

}  // namespace ranvier
