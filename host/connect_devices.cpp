// Connections that have been checked, into what the layout builds; recorders.
#include <algorithm>

#include "host/network_impl.h"
#include "kernels/random.h"

namespace ranvier {

bool sends_spikes(node_role r) { return r == node_role::neuron || r == node_role::spike_source; }

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
    if (s.model->plastic) {
        bool device = from == node_role::poisson_drive || current;
        for (std::int32_t j = 0; !device && j < p.rule.pre.n; ++j)
            device =
                populations[std::size_t(population_index(p.rule.pre[j]))].model->role != node_role::neuron;
        if (device)
            throw illegal_connection({s.name, "source", "a generator", "neurons",
                                      "put a parrot_neuron between generator and plastic synapse"});
    }
    population const* last = nullptr;
    for (std::int32_t i = 0; i < post.n; ++i) {
        auto const id = post[i];
        if (last && id >= last->first && id < last->first + last->n) continue;
        last = &populations[std::size_t(population_index(id))];
        auto const& m = *last->model;
        auto const receptors = current ? m.n_currents : int(m.routes.size());
        if (p.receptor < 0 || p.receptor >= receptors)
            throw illegal_connection(
                {m.name, current ? "receptor for currents" : "receptor", fmt::format("{}", p.receptor),
                 receptors ? fmt::format("0 ... {}", receptors - 1) : "none: it takes no such input",
                 receptors ? "0 is the default" : "connect it to other models"});
        if (s.model->plastic && !m.archives)
            throw illegal_connection(
                {m.name, "plastic synapse", s.name, "static synapses", "leave the synapse model out"});
    }
}

void network::implementation::finish(projection p, node_role from) {
    check_targets(p, from);
    bool const current = from == node_role::current_drive,
               drive = current || from == node_role::poisson_drive;
    ++connects;
    dirty = true;
    if (drive) {
        pending_drives.push_back({std::move(p), current});
        return;
    }
    auto const& s = synapses[std::size_t(p.synapse)];
    least_delay = std::min(least_delay, p.least_delay);
    bands = std::max(bands, band_of(p.largest_delay) + 1);
    longest = std::max(longest, std::min(p.largest_delay, max_slots - 1));
    // A spike with a long delay asks for the past when it is delivered, which is after its slice.
    if (s.model->plastic)
        longest_plastic = std::max(longest_plastic, p.largest_delay + band_lag(band_of(p.largest_delay)));
    any_plastic |= s.model->plastic;
    pending.push_back(std::move(p));
}

/// Connections that recorders make take part in nothing, but a mistake is one.
void network::implementation::check_recording(nodes const& pre, nodes const& post, rule const& how,
                                              synapse const& with, std::string const& recorder) {
    if (how.kind != rule_kind::one_to_one && how.kind != rule_kind::all_to_all)
        throw illegal_connection(
            {recorder, "rule", "random", "all_to_all or one_to_one", "choose the nodes instead"});
    if (with.receptor != 0)
        throw illegal_connection(
            {recorder, "receptor", fmt::format("{}", with.receptor), "0", "leave it out"});
    project(pre, post, how, with);
}

void network::implementation::connect_recorder(nodes const& pre, nodes const& post, rule const& how,
                                               synapse const& with) {
    auto const from = common_role(pre, "sources");
    bool const poisson = from == node_role::poisson_drive;
    if (!sends_spikes(from) && !poisson)
        throw illegal_connection({"spike_recorder", "source", population_of(pre.front()).model_name,
                                  "neurons and generators of spikes",
                                  "record what it does to a neuron with a multimeter"});
    check_recording(pre, post, how, with, population_of(post.front()).model_name);
    bool const one = how.kind == rule_kind::one_to_one;
    for (std::int64_t r = 0; r < post.size(); ++r) {
        auto const sources = one ? pre.slice(r, r + 1) : pre;
        if (!poisson) {
            recorders.connect_spikes(sources, post[r]);
            continue;
        }
        for (std::int64_t j = 0; j < sources.size(); ++j)
            trains.add(sources[j], post[r],
                       make_key(opt.seed, stream_kind::neuron, population_of(sources[j]).ordinal));
    }
    dirty = true;
}

void network::implementation::connect_meter(nodes const& pre, nodes const& post, rule const& how,
                                            synapse const& with) {
    check_recording(pre, post, how, with, population_of(pre.front()).model_name);
    if (how.kind == rule_kind::one_to_one) {
        for (std::int64_t k = 0; k < pre.size(); ++k) check_meter(pre.slice(k, k + 1), post.slice(k, k + 1));
        for (std::int64_t k = 0; k < pre.size(); ++k) add_meter(pre.slice(k, k + 1), post.slice(k, k + 1));
        return;
    }
    check_meter(pre, post);
    add_meter(pre, post);
}

void network::implementation::check_meter(nodes const& pre, nodes const& post) const {
    for (std::int64_t k = 0; k < pre.size(); ++k) {
        auto const& m = meters.at(pre[k]);
        for (std::int64_t i = 0; i < post.size(); ++i) {
            auto const& p = populations[std::size_t(population_index(post[i]))];
            for (auto const& name : m.names)
                if (std::none_of(p.model->recordables.begin(), p.model->recordables.end(),
                                 [&](auto const& r) { return r.name == name; }))
                    throw illegal_connection(
                        {p.model->name, "record_from", name,
                         p.model->recordables.empty() ? "none" : names_of(p.model->recordables),
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
        for (std::size_t part = 0; part < partitions.size(); ++part) {
            auto const& where = partitions[part];
            auto const begin = post.position(where.first_id), end = post.position(where.first_id + where.n);
            if (begin == end || m.names.empty()) continue;
            pending_sampler s{pre[k], {}};
            s.plan.partition = std::int32_t(part);
            for (auto i = begin; i < end; ++i) s.plan.neurons.push_back(post[i] - where.first_id);
            auto const& model = *populations[std::size_t(where.population)].model;
            for (auto const& name : m.names)
                for (auto const& r : model.recordables)
                    if (r.name == name) s.plan.columns.push_back(r.column);
            s.plan.interval = m.interval > 0 ? m.interval : duration_steps(1.0, h);
            s.plan.offset = m.offset;
            s.plan.from = now;
            pending_samplers.push_back(std::move(s));
        }
    }
    dirty = true;
}

}  // namespace ranvier
