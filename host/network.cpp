// The interface, and runs.
#include "host/network.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <numeric>
#include <utility>

#include "host/backends.h"
#include "host/lists.h"
#include "host/network_impl.h"
#include "host/registry.h"
#include "kernels/hash.h"

namespace ranvier {

namespace {

options checked(options const& o) {
    auto const tics = o.resolution * 1000;
    if (!(tics >= 1) || tics > 1e9 || std::fabs(tics - std::round(tics)) > 4 * tics * 2.3e-16)
        throw out_of_range({"options", "resolution", fmt::format("{} ms", o.resolution),
                            "positive multiples of 0.001 ms", "round it"});
    if (o.seed == 0) throw out_of_range({"options", "seed", "0", "1 ... 2^32 - 1", "choose another"});
    if (o.threads < 0 || o.threads > 1024)
        throw out_of_range({"options", "threads", fmt::format("{}", o.threads), "0 (one per core) ... 1024",
                            "0 is a good choice"});
    if (o.partitions < 0 || o.partitions > 65536)
        throw out_of_range({"options", "partitions", fmt::format("{}", o.partitions), "0 (chosen) ... 65536",
                            "0 is a good choice"});
    if (o.memory_limit < 0)
        throw out_of_range(
            {"options", "memory_limit", fmt::format("{}", o.memory_limit), ">= 0 bytes", "0: what is free"});
    return o;
}

/// One that others seldom have: handles of theirs are told from one's own.
std::uint64_t next_number() {
    static std::atomic<std::uint64_t> made = 0;
    return made++ % 127 + 1;
}

}  // namespace

network::implementation::implementation(options const& o)
    : opt(checked(o)),
      h(o.resolution),
      engine(make_backend(o)),
      recorders(o.resolution),
      sources(o.resolution),
      correlations(o.resolution),
      number(next_number()) {
    for (auto const& m : node_models()) {
        node_instance n{m.name, &m, {}, {}, {}, {}, {}};
        for (auto const& e : m.lists) n.lengths.push_back(e.initial);
        n.params.resize(m.params_bytes(n.lengths));
        m.params.make(n.params.data());
        n.state.resize(m.role == node_role::neuron ? m.state_bytes(n.lengths) : m.state.size);
        m.state.make(n.state.data());
        for (std::size_t l = 0; l < m.lists.size(); ++l) {
            std::int64_t const count = n.lengths[l];
            std::memcpy(n.params.data() + m.params.size + 8 * l, &count, sizeof count);
            for (int j = 0; j < count; ++j)
                m.lists[l].make(n.params.data() + m.params_at(n.lengths, l, j), j);
        }
        node_instances.push_back(std::move(n));
    }
    for (auto const& m : synapse_models()) {
        synapse_instance s{&m,
                           m.name,
                           m.weight,
                           1,
                           std::vector<std::byte>(m.common.size),
                           std::vector<std::byte>(m.params.size),
                           std::vector<std::byte>(m.state.size)};
        m.common.make(s.common.data());
        m.state.make(s.state.data());
        m.params.make(s.params.data());
        synapses.push_back(std::move(s));
    }
}

void network::implementation::check_usable() const {
    if (failed) throw unusable({"network", "", "", "", "an earlier run failed: make a new network"});
}

void network::implementation::progress_at(std::string_view task, std::int64_t done, std::int64_t total) {
    if (!report) return;
    auto const t = std::chrono::steady_clock::now();
    if (done < total && t - last_report < std::chrono::milliseconds(100)) return;
    last_report = t;
    report({task, done, total});
}

void network::implementation::generated(std::int64_t t, int steps, std::vector<spike_event>& events,
                                        std::vector<std::int64_t>& begin) {
    sources.collect(t, steps, events, begin);
    shared_trains.generate(t, steps, events, begin);
}

bool network::implementation::slice(spike_list const& from_generators, spike_list const& s,
                                    std::vector<samples_view> const& samples) {
    now = s.t + s.steps;
    auto const count_events = [&](spike_event const& e) {
        auto const source = std::size_t(e.source);
        if (source >= out_degree.size()) return;
        counted.synaptic_events += e.multiplicity * out_degree[source];
        counted.plastic_events += e.multiplicity * plastic_out_degree[source];
    };
    for (int k = 0; k < s.steps; ++k)
        for (auto i = s.begin[k]; i < s.begin[k + 1]; ++i) {
            auto const& e = s.events[i];
            auto const source = std::size_t(e.source);
            if (e.multiplicity > max_multiplicity)
                throw overflow({std::string(population_of(e.source).model_name),
                                fmt::format("spikes of neuron {} in one step", e.source),
                                fmt::format("{}", e.multiplicity),
                                fmt::format("at most {}", max_multiplicity),
                                fmt::format("lower its input, or cut a loop of relays; it happened at {} ms",
                                            double(s.t + k + 1) * h)});
            spike_hash += hash_item(std::uint64_t(s.t + k + 1), source, std::uint64_t(e.multiplicity));
            counted.spikes += e.multiplicity;
            count_events(e);
        }
    for (auto i = from_generators.begin[0]; i < from_generators.begin[s.steps]; ++i)
        count_events(from_generators.events[i]);
    try {
        recorders.spikes(from_generators);
        correlations.spikes(from_generators, false);
        recorded_trains.record(s.t, s.steps, [this](auto receiver, auto receptor, auto stamp, auto const& e) {
            if (correlations.exists(receiver))
                correlations.train(receiver, receptor, stamp, e);
            else
                recorders.train(receiver, stamp, e);
        });
        recorders.spikes(s);
        transmitters.spikes(s);
        transmitters.forget(now);
        correlations.spikes(s, true);
        correlations.count();
        weights.spikes(s);
        weights.record(recorders);
        write_samples(samples, s.t, s.steps);
        recorders.check();
        if (!sink_failure) progress_at("simulate", now - run_from, run_until - run_from);
    } catch (...) { sink_failure = std::current_exception(); }
    return !sink_failure && !stop.load(std::memory_order_relaxed);
}

void network::implementation::sent(std::int32_t group, spike_list const& spikes, std::int64_t const* begin,
                                   double const* weight) {
    weights.sent(group, spikes, begin, weight);
}

double network::implementation::origin_of(sampler const& from, std::size_t column, std::int32_t id) const {
    auto const& r = from.columns[column];
    if (!r.relative) return 0;
    double origin = 0;
    auto const& p = populations[std::size_t(from.population)];
    std::memcpy(&origin, static_cast<std::byte const*>(p.params.at(id - p.first)) + r.origin, sizeof origin);
    return origin;
}

void network::implementation::write_samples(std::vector<samples_view> const& samples, std::int64_t t,
                                            int steps) {
    std::vector<std::vector<double>> emitted_by_generators;
    std::vector<samples_view> of_generators;
    for (auto const& g : generator_meters) {
        auto& values = emitted_by_generators.emplace_back();
        samples_view v{-std::int32_t(emitted_by_generators.size()), 0, g.times.next(t), {}};
        for (auto s = v.first_stamp; s <= t + steps; s = g.times.next(s), ++v.n_samples)
            for (std::size_t c = 0; c < g.of.columns.size(); ++c)
                for (auto const id : g.of.ids) values.push_back(emitted(id, s));
        v.values = values;
        of_generators.push_back(v);
    }
    auto const sampler_of = [&](samples_view const& v) -> sampler const& {
        return v.sampler >= 0 ? samplers[std::size_t(v.sampler)]
                              : generator_meters[std::size_t(-1 - v.sampler)].of;
    };
    // By stamp, then by id, however the meter's neurons are divided.
    std::map<std::pair<std::int32_t, std::int64_t>, std::vector<std::pair<samples_view const*, std::int32_t>>>
        by_stamp;
    for (auto const* const views : {&samples, &std::as_const(of_generators)})
        for (auto const& v : *views) {
            auto const meter = sampler_of(v).meter;
            auto const interval =
                meters.at(meter).interval > 0 ? meters.at(meter).interval : duration_steps(1.0, h);
            for (std::int32_t k = 0; k < v.n_samples; ++k)
                by_stamp[{meter, v.first_stamp + k * interval}].emplace_back(&v, k);
        }
    for (auto const& [at, parts] : by_stamp) {
        std::vector<std::int32_t> ids;
        std::vector<std::vector<double>> columns(sampler_of(*parts.front().first).columns.size());
        for (auto const& [v, k] : parts) {
            auto const& from = sampler_of(*v);
            ids.insert(ids.end(), from.ids.begin(), from.ids.end());
            auto const n = from.ids.size();
            for (std::size_t c = 0; c < columns.size(); ++c)
                for (std::size_t i = 0; i < n; ++i)
                    columns[c].push_back(v->values[(std::size_t(k) * columns.size() + c) * n + i] +
                                         origin_of(from, c, from.ids[i]));
        }
        if (!std::is_sorted(ids.begin(), ids.end())) {
            std::vector<std::size_t> order(ids.size());
            std::iota(order.begin(), order.end(), std::size_t{0});
            std::sort(order.begin(), order.end(), [&](auto a, auto b) { return ids[a] < ids[b]; });
            auto permute = [&](auto& x) {
                auto const old = x;
                for (std::size_t i = 0; i < order.size(); ++i) x[i] = old[order[i]];
            };
            permute(ids);
            for (auto& c : columns) permute(c);
        }
        std::vector<double const*> pointers;
        for (auto const& c : columns) pointers.push_back(c.data());
        recorders.samples(at.first, at.second, ids.data(), std::int64_t(ids.size()), pointers.data());
    }
}

void network::implementation::simulate(double ms) {
    check_usable();
    auto const tics = ms * 1000;
    auto const per_step = std::int64_t(h * 1000 + 0.5);
    if (!(ms >= 0) || !(tics < 9e17))
        throw bad_time({"simulate", "duration", fmt::format("{} ms", ms),
                        fmt::format("non-negative multiples of {} ms", h), "time runs forwards only"});
    auto const whole = std::int64_t(tics + 0.5);
    if (whole % per_step != 0)
        throw bad_time({"simulate", "duration", fmt::format("{} ms", ms),
                        fmt::format("multiples of {} ms", h), "round it to the resolution"});
    prepare();
    if (whole == 0) return;
    recorders.begin(populations.empty() ? 0 : populations.back().first + populations.back().n - 1);
    stop = false;
    sink_failure = nullptr;
    run_from = now;
    run_until = now + whole / per_step;
    auto const start = std::chrono::steady_clock::now();
    std::fill(host_current.begin(), host_current.end(), char{0});
    for (std::size_t i = 0; i < populations.size(); ++i)
        if (populations[i].model->role != node_role::neuron) host_current[i] = 1;
    try {
        now = engine->run(now, run_until, *this);
    } catch (...) {
        failed = true;
        throw;
    }
    counted.simulate_seconds +=
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    if (sink_failure) {
        try {
            recorders.end();
        } catch (error const&) {  // the first failure is the one to report
        }
        std::rethrow_exception(sink_failure);
    }
    recorders.end();
    if (stop && now < run_until)
        throw interrupted({"simulate", "time", fmt::format("{} ms", double(now) * h), "",
                           "it was interrupted; it can go on from here"});
}

network::network(options const& o) : self_(std::make_unique<implementation>(o)) {}
network::network(network&&) noexcept = default;
network& network::operator=(network&&) noexcept = default;
network::~network() = default;

nodes network::create(std::string_view model, std::int64_t n, dictionary const& values) {
    return self_->create(model, n, nullptr, values);
}
nodes network::create_typed(std::string_view model, std::int64_t n, void const* params) {
    return self_->create(model, n, params, {});
}
void network::copy_model(std::string_view existing, std::string const& name, dictionary const& defaults) {
    self_->copy_model(existing, name, defaults);
}
void network::set_defaults(std::string_view model, dictionary const& defaults) {
    self_->set_defaults(model, defaults);
}
void network::set(nodes const& which, dictionary const& values) { self_->set(which, values); }
std::vector<double> network::get(nodes const& which, std::string_view name) const {
    return self_->get(which, name);
}
std::vector<double> network::list(std::int32_t node, std::string_view name) const {
    auto const& p = self_->population_of(node);
    if (p.model->role == node_role::spike_source) return self_->sources.get(node, name);
    if (p.model->role == node_role::packet_source && name == pulse_times)
        return self_->packets.at(node).times;
    if (auto counted = self_->detector_list(node, name)) return *std::move(counted);
    if (p.model->list && (name == p.model->list->times || name == p.model->list->values)) {
        auto const& g = self_->generators.at(node);
        return name == p.model->list->times ? g.times : g.given;
    }
    if (!p.model->lists.empty()) {
        self_->read_state(self_->population_index(node));
        auto const i = node - p.first;
        if (auto values = read_list(*p.model, p.params.at(i), p.state.at(i), p.lengths, name))
            return *std::move(values);
    }
    throw unknown_parameter({p.model_name, std::string(name), "", list_names(*p.model), "use get()"});
}
std::string_view network::model(std::int32_t id) const { return self_->population_of(id).model_name; }
std::int64_t network::size() const {
    return self_->populations.empty() ? 0 : self_->populations.back().first + self_->populations.back().n - 1;
}
void network::connect(nodes const& pre, nodes const& post, rule const& how, synapse const& with) {
    self_->connect(pre, post, how, with);
}
void network::connect(edge_list const& edges, synapse const& with) { self_->connect(edges, with); }
void network::prepare() { self_->prepare(); }
void network::simulate(double ms) { self_->simulate(ms); }
void network::interrupt() noexcept { self_->stop = true; }
double network::time() const { return 0.001 * double(self_->now * std::int64_t(self_->h * 1000 + 0.5)); }
std::int64_t network::steps() const { return self_->now; }
double network::resolution() const { return self_->h; }
int network::threads() const { return self_->engine->concurrency(); }
std::string_view network::backend() const { return self_->engine->name(); }
std::string network::device_name() const { return self_->engine->device_name(); }
void network::set_output(output_settings const& output) { self_->recorders.set_output(output); }
spike_data network::spikes(nodes const& recorder) const {
    spike_data all;
    for (std::int64_t i = 0; i < recorder.size(); ++i) {
        auto const one = self_->recorders.spike_events(recorder[i]);
        all.senders.insert(all.senders.end(), one.senders.begin(), one.senders.end());
        all.steps.insert(all.steps.end(), one.steps.begin(), one.steps.end());
        all.times.insert(all.times.end(), one.times.begin(), one.times.end());
    }
    return all;
}
sample_data network::samples(nodes const& recorder) const {
    if (recorder.size() != 1)
        throw wrong_size({"samples", "recorder", fmt::format("{} nodes", recorder.size()), "one",
                          "take them one after the other"});
    return self_->recorders.sample_events(recorder.front());
}
void network::on_progress(std::function<void(progress const&)> f) { self_->report = std::move(f); }

result_hash network::hash() {
    self_->prepare();
    auto const [weights, state] = self_->engine->hash(self_->now);
    return {self_->spike_hash, weights, state};
}

statistics network::stats() const {
    auto s = self_->counted;
    auto const t = self_->engine->seconds();
    s.update_seconds = t.update;
    s.drive_seconds = t.drive;
    s.gather_seconds = t.gather;
    s.deliver_seconds = t.deliver;
    s.plastic_seconds = t.plastic;
    s.record_seconds = t.record;
    for (std::int32_t g = 0; g < self_->engine->groups(); ++g) {
        auto const info = self_->engine->group(g);
        s.connection_bytes += info.bytes;
        (info.plastic ? s.plastic_bytes : s.static_bytes) += info.bytes;
    }
    s.neuron_bytes = self_->engine->neuron_bytes();
    s.device_bytes = self_->engine->device_bytes();
    return s;
}

}  // namespace ranvier
