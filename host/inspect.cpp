// What a network knows of its models, nodes and connections, for front ends that learn names at run time.
#include <algorithm>

#include "host/lists.h"
#include "host/network_impl.h"
#include "host/registry.h"
#include "kernels/build.h"

namespace ranvier {

namespace {

constexpr char const* recorder_names[] = {"n_events",  "label",  "record_to", "file_extension",
                                          "filenames", "origin", "start",     "stop"};
constexpr char const* detector_names[] = {"histogram", "histogram_correction", "count_histogram", "n_events"};
constexpr char const* source_lists[] = {"spike_times", "spike_weights", "spike_multiplicities"};

parameter typed(field_info const& f, double x) {
    if (f.type == field_type::flag) return x != 0;
    if (f.type == field_type::integer) return std::int64_t(x);
    return x;
}

void add_fields(dictionary& all, record_info const& info, void const* record) {
    for (auto const& f : info.fields) all.emplace_back(f.name, typed(f, read_field(f, record)));
}

template <class Names> bool contains(Names const& names, std::string_view name) {
    return std::find(std::begin(names), std::end(names), name) != std::end(names);
}

dictionary defaults_of(node_instance const& m) {
    dictionary all;
    auto const& model = *m.model;
    add_fields(all, model.params, m.params.data());
    if (model.role == node_role::neuron) {
        for (auto const& e : model.lists)
            for (auto const* r : {&e.params, &e.state})
                for (auto const& f : r->fields)
                    all.emplace_back(f.name,
                                     *read_list(model, m.params.data(), m.state.data(), m.lengths, f.name));
        for (std::size_t l = 0; l < model.lists.size(); ++l)
            if (!model.lists[l].count.empty())
                all.emplace_back(model.lists[l].count, model.count(m.params.data(), l));
        add_fields(all, model.state, m.state.data());
        if (model.archives) add_fields(all, archive_info(), &m.archive);
        return all;
    }
    device_window const window;
    add_fields(all, model.state, &window);
    if (model.list)
        for (auto const& name : {model.list->times, model.list->values})
            all.emplace_back(name, std::vector<double>{});
    if (!model.individual.empty()) all.emplace_back(model.individual, model.role != node_role::train_source);
    if (model.role == node_role::packet_source) all.emplace_back(pulse_times, std::vector<double>{});
    if (model.role == node_role::correlation_detector)
        all.emplace_back("n_events", std::vector<std::int64_t>{0, 0});
    if (model.role == node_role::weight_recorder)
        for (auto const* const name : {"senders", "targets"})
            all.emplace_back(name, std::vector<std::int64_t>{});
    if (model.role == node_role::spike_source)
        for (auto const* const name : source_lists) all.emplace_back(name, std::vector<double>{});
    if (is_recorder(model.role)) {
        recorder_settings const s;
        all.emplace_back("label", s.label);
        all.emplace_back("record_to", s.record_to);
        all.emplace_back("file_extension", s.file_extension);
        all.emplace_back("n_events", std::int64_t{0});
        if (model.role == node_role::multimeter) all.emplace_back("record_from", model.record_from);
    }
    for (auto const& [name, value] : m.device) {
        std::erase_if(all, [&given = name](auto const& v) { return v.first == given; });
        all.emplace_back(name, value);
    }
    return all;
}

}  // namespace

dictionary network::defaults(std::string_view model) const {
    for (auto const& m : self_->node_instances)
        if (m.name == model) return defaults_of(m);
    for (auto const& s : self_->synapses) {
        if (s.name != model) continue;
        dictionary all{{"weight", s.weight}, {"delay", s.delay}};
        add_fields(all, s.model->common, s.common.data());
        add_fields(all, s.model->params, s.params.data());
        add_fields(all, s.model->state, s.state.data());
        all.emplace_back("weight_recorder", std::int64_t{s.weight_recorder});
        if (!s.model->modulator.empty()) all.emplace_back(s.model->modulator, std::int64_t{s.modulator});
        if (has_label(*s.model)) {
            auto const label = self_->model_labels.find(s.name);
            all.emplace_back("synapse_label",
                             label == self_->model_labels.end() ? implementation::no_label : label->second);
        }
        return all;
    }
    throw self_->unknown(model);
}

std::vector<std::string> network::readable_names(std::string_view model) const {
    std::vector<std::string> all;
    auto const& m = *self_->node_named(model).model;
    for (auto const& [name, value] : defaults(model)) all.push_back(name);
    auto add = [&](std::string const& name) {
        if (!contains(all, name)) all.push_back(name);
    };
    if (m.role == node_role::neuron) {
        if (m.archives) add("t_spike");
        for (auto const& r : m.recordables) add(r.name);
    }
    if (is_recorder(m.role))
        for (auto const* const name : recorder_names) add(name);
    if (m.role == node_role::correlation_detector)
        for (auto const* const name : detector_names) add(name);
    return all;
}

parameter network::look_up(std::int32_t node, std::string_view name) const {
    auto const& p = self_->population_of(node);
    auto const& m = *p.model;
    nodes const one(node, 1);
    if (is_recorder(m.role)) {
        auto const s = self_->recorders.settings(node);
        if (name == "record_to") return s.record_to;
        if (name == "label") return s.label;
        if (name == "file_extension") return s.file_extension;
        if (name == "filenames") {
            std::vector<std::string> files;
            if (contains(s.record_to, "ascii")) files.push_back(self_->recorders.file_name(node, size()));
            return files;
        }
        if (auto const meter = self_->meters.find(node);
            meter != self_->meters.end() && name == "record_from")
            return meter->second.names;
        if (name == "n_events") return std::int64_t(get(one, name)[0]);
        if (auto const filter = self_->weight_filters.find(node); filter != self_->weight_filters.end()) {
            if (name == "senders") return filter->second.senders;
            if (name == "targets") return filter->second.targets;
        }
    }
    if (m.role == node_role::packet_source && name == pulse_times) return list(node, name);
    if (auto counted = self_->detector_list(node, name)) {
        if (name == "count_histogram" || name == "n_events")
            return std::vector<std::int64_t>(counted->begin(), counted->end());
        return *std::move(counted);
    }
    if (m.role == node_role::spike_source && contains(source_lists, name)) return list(node, name);
    if (m.list && (name == m.list->times || name == m.list->values)) return list(node, name);
    if (!name.empty() && name == m.individual) return m.role != node_role::train_source;
    for (auto const* info : {&m.params, &m.state, m.archives ? &archive_info() : &m.params})
        if (auto const* const f = info->find(name)) return typed(*f, get(one, name)[0]);
    for (auto const& e : m.lists) {
        if (e.params.find(name) || e.state.find(name)) return list(node, name);
        if (!name.empty() && e.count == name) return std::int64_t(get(one, name)[0]);
    }
    try {
        return get(one, name)[0];
    } catch (wrong_type const&) { return list(node, name); } catch (wrong_size const&) {
        return list(node, name);
    }
}

std::pair<double, double> network::delays() const {
    auto const& d = self_->delays_asked;
    return d ? std::pair{double(d->first) * self_->h, double(d->second) * self_->h}
             : std::pair{self_->h, self_->h};
}

void network::set_seed(std::uint32_t seed) {
    if (seed == 0) throw out_of_range({"network", "seed", "0", "1 ... 2^32 - 1", "choose another"});
    self_->opt.seed = seed;
    if (self_->now == 0)
        for (auto& [id, g] : self_->packets) g.seed = seed, g.drawn = false;
    self_->dirty = true;
}

std::pair<std::vector<std::int32_t>, std::vector<std::int32_t>> network::draw(nodes const& pre,
                                                                              nodes const& post,
                                                                              rule const& how) const {
    self_->check_ids(pre);
    self_->check_ids(post);
    if (pre.empty() || post.empty())
        throw illegal_connection(
            {"draw", pre.empty() ? "sources" : "targets", "none", "at least one node", "give nodes"});
    auto const p = self_->project(pre, post, how, {}, self_->connects);
    scratch_memory memory(scratch_bytes + std::size_t(scratch_words(p.rule)) * 4);
    serial_team team(memory);
    std::pair<std::vector<std::int32_t>, std::vector<std::int32_t>> edges;
    for_each_edge(team, self_->edge_source_of(p), [&](std::int32_t i, std::int32_t j, std::int64_t) {
        edges.first.push_back(p.rule.pre[j]);
        edges.second.push_back(p.rule.post[i]);
    });
    return edges;
}

}  // namespace ranvier
