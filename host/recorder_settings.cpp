// What users set of correlation detectors and weight recorders, and what weight recorders need of
// connections.
#include <algorithm>
#include <cmath>
#include <tuple>

#include "host/device_values.h"
#include "host/network_impl.h"

namespace ranvier {

namespace {
constexpr std::int64_t most_bins = 10'000'000;

/// Ids as users give them: one, or a list; wrong_type.
std::vector<std::int64_t> integers_of(parameter const& value, std::string const& object,
                                      std::string const& name) {
    if (auto const* v = value.get<std::vector<std::int64_t>>()) return *v;
    if (auto const* i = value.get<std::int64_t>()) return {*i};
    if (auto const* v = value.get<std::vector<double>>(); v && v->empty()) return {};
    throw wrong_type({object, name, value.text(), "ids of nodes", "it was given as " + value.type()});
}
}  // namespace

/// The declared defaults, on the grid: delta_tau at least five steps, tau_max a multiple of it.
correlation_settings network::implementation::new_detector() const {
    auto const& p = describe_record<correlation_detector::params>();
    auto const ms = [&](char const* name) { return p.find(name)->default_value; };
    correlation_settings s;
    s.delta_tau = on_grid(ms("delta_tau"), h) ? grid_steps(ms("delta_tau"), h) : 5;
    bool const fits = on_grid(ms("tau_max"), h) && grid_steps(ms("tau_max"), h) % s.delta_tau == 0;
    s.tau_max = fits ? grid_steps(ms("tau_max"), h) : 10 * s.delta_tau;
    return s;
}

network::implementation::detector_change network::implementation::changed_detector(
    population const& p, std::int32_t id, dictionary const& values) const {
    auto const& object = p.model_name;
    auto const& fields = p.model->params;
    detector_change c{correlations.settings(id), {}, false};
    if (auto const w = windows.find(id); w != windows.end()) c.window = w->second;
    std::vector<std::byte> record(fields.size);
    for (auto const& f : fields.fields) write_field(f, record.data(), device_value(id, p, f.name));
    for (auto const& [name, value] : values) {
        if (set_window(c.window, object, name, value)) continue;
        if (name == "n_events") {
            auto const given = integers_of(value, object, name);
            if (std::any_of(given.begin(), given.end(), [](auto n) { return n != 0; }) || given.empty())
                throw out_of_range({object, name, value.text(), "0 for both receptors, which begins anew",
                                    "make another detector to go on counting"});
            c.reset = true;
            continue;
        }
        auto const* const f = fields.find(name);
        if (!f)
            reject_unknown(object, name, value, names_of(fields.fields) + ", n_events, origin, start, stop");
        auto const x = number_of(value, object, name);
        if (std::isnan(x))
            throw out_of_range(
                {object, name, shown(*f, x), "numbers", "the default is " + shown(*f, f->default_value)});
        write_field(*f, record.data(), x);
    }
    if (auto bad = fields.check(record.data(), object)) throw out_of_range(*bad);
    auto const ms = [&](char const* name) { return read_field(*fields.find(name), record.data()); };
    auto const delta_tau = ms("delta_tau"), tau_max = ms("tau_max");
    if (!(on_grid(delta_tau, h) && tics_of(delta_tau) > 0))
        throw bad_time({object, "delta_tau", fmt::format("{} ms", delta_tau),
                        fmt::format("positive multiples of {} ms", h), "round it to the resolution"});
    if (!(on_grid(tau_max, h) && tics_of(tau_max) % tics_of(delta_tau) == 0))
        throw bad_time({object, "tau_max", fmt::format("{} ms", tau_max),
                        fmt::format("multiples of delta_tau ({} ms)", delta_tau),
                        "set tau_max and delta_tau in one call"});
    auto& s = c.settings;
    s.delta_tau = grid_steps(delta_tau, h);
    s.tau_max = grid_steps(tau_max, h);
    if (s.tau_max / s.delta_tau > most_bins / 2)
        throw out_of_range({object, "tau_max", fmt::format("{} ms", tau_max),
                            fmt::format("at most {} bins of delta_tau ({} ms)", most_bins, delta_tau),
                            "make bins wider"});
    s.t_start = ms("Tstart");
    s.t_stop = ms("Tstop");
    check_window(p, c.window);
    auto const origin = grid_steps(c.window.origin, h);
    s.after = origin + grid_steps(c.window.start, h);
    s.until = origin + grid_steps(c.window.stop, h);
    return c;
}

std::int64_t network::implementation::changed_interval(population const& p, std::int32_t id,
                                                       dictionary const& values) const {
    auto const& fields = p.model->params;
    auto const& interval = fields.fields.front();
    std::vector<std::byte> record(fields.size);
    write_field(interval, record.data(), double(transmitters.interval(id)));
    for (auto const& [name, value] : values) {
        if (name != interval.name) reject_unknown(p.model_name, name, value, interval.name);
        write_field(interval, record.data(), double(integer_of(value, p.model_name, name)));
    }
    if (auto bad = fields.check(record.data(), p.model_name)) throw out_of_range(*bad);
    return std::int64_t(read_field(interval, record.data()));
}

std::vector<std::int64_t> network::implementation::ids_of(std::string const& object, std::string const& name,
                                                          parameter const& value) const {
    auto ids = integers_of(value, object, name);
    auto const nodes = std::int64_t{id_after_last()} - 1;
    for (auto const id : ids)
        if (id < 1 || id > nodes)
            throw unknown_node({object, name, fmt::format("{}", id), fmt::format("ids from 1 to {}", nodes),
                                "use what create has returned"});
    std::sort(ids.begin(), ids.end());
    ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
    return ids;
}

std::int32_t network::implementation::node_of_model(std::string const& object, std::string const& name,
                                                    parameter const& value, node_role role) const {
    auto const ids = integers_of(value, object, name);
    bool const records = role == node_role::weight_recorder,
               none = ids.empty() || ids == std::vector<std::int64_t>{0};
    if (records && none) return 0;
    mistake const m{object, name, value.text(), fmt::format("the id of a node of the model {}", name),
                    records ? "an empty list or 0 ends recording" : "create one, and connect neurons to it"};
    if (none) throw out_of_range(m);
    if (ids.size() > 1) throw wrong_size(m);
    if (ids[0] < 1 || ids[0] >= id_after_last()) throw unknown_node(m);
    auto const id = std::int32_t(ids[0]);
    if (populations[std::size_t(population_index(id))].model->role != role) throw illegal_connection(m);
    return id;
}

/// Which connections are recorded: those of neurons, which plastic synapses all are. Ports are numbers among
/// them, for each synapse model, in the order of connections().
void network::implementation::plan_weight_recordings() {
    std::map<std::int32_t, recorded_group> groups;
    struct edge {
        bool leaving;  // those that are there are counted first
        std::int32_t source, target, delay, group;
        std::size_t position;
    };
    for (std::size_t k = 0; k < synapses.size(); ++k) {
        auto const& s = synapses[k];
        if (s.weight_recorder == 0) continue;
        std::vector<edge> edges;
        for (std::int32_t g = 0; g < engine->groups(); ++g) {
            auto const group = engine->group(g);
            if (group.synapse != std::int32_t(k) || group.edges == 0) continue;
            // Those of static synapses have been recorded when they were sent.
            if (group.leaving && !s.model->plastic) continue;
            auto& r = groups[g];
            r.recorder = s.weight_recorder;
            r.synapse = std::int32_t(k);
            r.receptor = group_receptors[std::size_t(g)];
            r.plastic = s.model->plastic;
            std::int32_t looked_at = 0;
            bool neuron = false;
            engine->visit(g, 1, INT32_MAX - 1, [&](edge_record const& e) {
                if (e.source != looked_at) {
                    looked_at = e.source;
                    neuron = population_of(e.source).model->role == node_role::neuron;
                }
                if (!neuron) return;
                if (r.target.empty()) r.first_source = e.source;
                while (std::int64_t(r.begin.size()) <= e.source - r.first_source + 1)
                    r.begin.push_back(std::int64_t(r.target.size()));
                edges.push_back({group.leaving, e.source, e.target, e.delay, g, r.target.size()});
                r.target.push_back(e.target);
                r.weight.push_back(e.weight);
                ++r.begin.back();
            });
            r.port.resize(r.target.size());
        }
        std::stable_sort(edges.begin(), edges.end(), [](edge const& a, edge const& b) {
            return std::tuple(a.leaving, a.source, a.target, a.delay) <
                   std::tuple(b.leaving, b.source, b.target, b.delay);
        });
        for (std::size_t i = 0; i < edges.size(); ++i)
            groups[edges[i].group].port[edges[i].position] = std::int64_t(i);
    }
    weights.set(std::move(groups), weight_filters);
}

}  // namespace ranvier
