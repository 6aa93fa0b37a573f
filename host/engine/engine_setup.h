// The engine's members that are called between runs.
#pragma once
#include "host/engine/engine.h"

namespace ranvier {

template <class Device> void engine<Device>::add_population(population const& p, std::int32_t,
                                                            std::vector<partition_plan> const& parts) {
    auto const id = std::size_t(p.model->id);
    if (neurons_.size() <= id) neurons_.resize(id + 1);
    if (!neurons_[id]) neurons_[id] = factory_.neuron(*device_, p.model->id);
    for (auto const& part : parts) {
        auto& q = *partitions_.emplace_back(std::make_unique<partition<Device>>());
        q.plan = part;
        q.model = p.model;
        q.block = std::int32_t(id);
        q.block_index = neurons_[id]->add(part.n, p.lengths);
        q.ports = p.ports();
        q.current = {*device_, std::vector<double>(std::size_t(std::max(p.model->n_currents, 1)) *
                                                   std::size_t(part.n))};
        q.archives = {*device_, std::vector<std::uint32_t>(std::size_t(part.n))};
        q.last_spike = {*device_, std::vector<std::int64_t>(std::size_t(part.n), -1)};
    }
}

template <class Device> void engine<Device>::write_constants(population const& p, std::int32_t index) {
    for_parts(index, [&](auto& q, auto& block, std::int64_t begin) {
        block.write_constants(q.block_index, p, begin, h_);
        if (!p.model->archives) return;
        auto of = [&](std::int64_t i) { return static_cast<archiving const*>(p.archive.at(i)); };
        q.common_decay = h_ / of(begin)->tau_minus;
        q.common_decay_triplet = h_ / of(begin)->tau_minus_triplet;
        q.decay = {};
        q.decay_triplet = {};
        if (p.archive.shared()) return;
        std::vector<double> rates, triplet;
        for (std::int32_t i = 0; i < q.plan.n; ++i) {
            rates.push_back(h_ / of(begin + i)->tau_minus);
            triplet.push_back(h_ / of(begin + i)->tau_minus_triplet);
        }
        q.decay = {*device_, rates};
        q.decay_triplet = {*device_, triplet};
    });
}

template <class Device>
std::vector<std::int64_t> engine<Device>::last_spikes(population const&, std::int32_t index) {
    device_->synchronize();
    std::vector<std::int64_t> all;
    for_parts(index, [&](auto& q, auto&, std::int64_t) {
        auto const some = q.last_spike.read();
        all.insert(all.end(), some.begin(), some.end());
    });
    return all;
}

template <class Device> void engine<Device>::build(std::vector<group_plan> const& plans,
                                                   std::vector<synapse_instance> const& instances,
                                                   std::function<void(std::int64_t)> const& built) {
    std::vector<std::vector<group_plan>> by_block;
    for (auto const& plan : plans) {
        auto const& model = *instances[std::size_t(plan.synapse)].model;
        std::size_t b = 0;
        while (b < synapses_.size() && &synapses_[b]->model() != &model) ++b;
        if (b == synapses_.size()) synapses_.push_back(factory_.synapse(*device_, model));
        by_block.resize(synapses_.size());
        by_block[b].push_back(plan);
    }
    build_context<Device> const context{partitions_, instances, h_, built};
    for (std::size_t b = 0; b < by_block.size(); ++b) {
        auto const before = synapses_[b]->groups();
        synapses_[b]->build(by_block[b], context);
        for (auto g = before; g < synapses_[b]->groups(); ++g) groups_.emplace_back(b, g);
    }
}

template <class Device> void engine<Device>::add_out_degrees(std::int32_t first, bool plastic_only,
                                                             std::vector<std::int64_t>& degree) {
    device_array<Device, std::int64_t> sums(*device_, degree);
    for (std::size_t b = 0; b < synapses_.size(); ++b) {
        if (plastic_only && !synapses_[b]->model().plastic) continue;
        std::int32_t from = INT32_MAX;
        for (auto g = std::size_t(first); g < groups_.size(); ++g)
            if (groups_[g].first == b) from = std::min(from, groups_[g].second);
        synapses_[b]->add_out_degrees(from, sums.size(), sums.data());
    }
    degree = sums.read();
}

template <class Device> void engine<Device>::add_drive(drive_plan const& plan) {
    auto& p = *partitions_[std::size_t(plan.partition)];
    if (!p.drives) p.drives = std::make_unique<partition_drives<Device>>();
    (plan.current ? p.drives->currents : p.drives->trains).emplace_back(*device_, plan);
}

template <class Device> std::int32_t engine<Device>::add_sampler(sampler_plan const& plan) {
    auto& p = *partitions_[std::size_t(plan.partition)];
    auto& s = p.samplers.emplace_back();
    s.plan = plan;
    s.neurons = {*device_, plan.neurons};
    s.columns = {*device_, plan.columns};
    s.count = {*device_, std::vector<std::int32_t>(1)};
    samplers_.emplace_back(std::size_t(plan.partition), p.samplers.size() - 1);
    return std::int32_t(samplers_.size()) - 1;
}

template <class Device> void engine<Device>::refresh_partition(partition<Device>& p, run_plan const& plan) {
    auto const population = std::size_t(p.plan.population);
    auto const slots = std::int64_t(std::bit_ceil(std::uint64_t(std::max<std::int64_t>(plan.longest, 1))));
    auto const ports = plan.ports[population];
    if (slots > p.n_slots || ports > p.ports) {
        // Pending input moves: slot s & old mask holds the input of some step; steps are the same modulo the
        // old size, and at most the old size of them are pending, those from the present step on.
        auto const all = std::max(slots, p.n_slots);
        device_array<Device, std::int64_t> bigger(*device_, all * ports * p.plan.n);
        bigger.zero();
        auto const old = p.slots.read();
        auto moved = bigger.read();
        auto const from = std::size_t(p.ports) * std::size_t(p.plan.n),
                   to = std::size_t(ports) * std::size_t(p.plan.n);
        for (std::int64_t s = now_; s < now_ + p.n_slots; ++s)
            std::copy_n(old.begin() + std::ptrdiff_t(std::size_t(s & (p.n_slots - 1)) * from), from,
                        moved.begin() + std::ptrdiff_t(std::size_t(s & (all - 1)) * to));
        bigger.write(moved);
        p.slots = std::move(bigger);
        p.n_slots = all;
        p.ports = ports;
    }
    p.largest = plan.largest[population];
    bool pairs = false, triplets = false;
    for (auto const& [b, g] : groups_) {
        auto const& model = synapses_[b]->model();
        pairs |= model.pairs && partitions_[std::size_t(synapses_[b]->partition_of(g))].get() == &p;
        triplets |= model.triplets;  // in the whole network, so that partitions make no difference
    }
    if (pairs) {
        auto const least = plan.least_intervals[population];
        std::erase_if(states_set_,
                      [&](auto step) { return step < now_ - plan.longest_plastic - 2 * plan.slice; });
        auto const more = states_set_.empty() ? 0 : 2 * std::int64_t(std::bit_ceil(states_set_.size()));
        p.deepen(*device_, std::int32_t(history_depth(plan.longest_plastic, plan.slice, least) + more),
                 triplets);
    }
    auto const receptors = std::max(p.model->n_currents, 1);
    bool const currents = p.drives && !p.drives->currents.empty();
    if (currents && p.current.size() < std::int64_t{max_slice} * receptors * p.plan.n)
        p.current = {*device_, std::int64_t{max_slice} * receptors * p.plan.n};
    p.current_stride = currents ? std::int64_t{p.model->n_currents} * p.plan.n : 0;
    std::vector<sampler_view> samplers;
    for (auto& s : p.samplers) {
        auto const most = batch_ * plan.slice / s.plan.interval + 1;
        if (s.values.size() < most * std::int64_t(s.row()))
            s.values = {*device_, most * std::int64_t(s.row())};
        samplers.push_back({s.plan.interval, s.plan.offset, s.plan.from, std::int32_t(s.plan.neurons.size()),
                            std::int32_t(s.plan.columns.size()), s.neurons.data(), s.columns.data(),
                            s.values.data(), s.count.data()});
    }
    p.sampler_views = {*device_, samplers};
}

template <class Device> void engine<Device>::prepare(run_plan const& plan,
                                                     std::vector<synapse_instance> const& instances,
                                                     std::vector<population> const& populations) {
    device_->synchronize();
    program_ = {};
    find_recorded(instances);
    find_modulators(instances);
    choose_batch(plan);
    std::vector<std::int32_t> shifts;
    bool shift = false;
    host_faults_.assign(partitions_.size(), fault{});
    faults_ = {*device_, host_faults_};
    for (auto& p : partitions_) {
        p->first_fault = faults_.data() + shifts.size();
        auto const exponent = plan.exponents[std::size_t(p->plan.population)];
        shifts.push_back(p->n_slots > 0 && exponent < p->exponent ? std::min(p->exponent - exponent, 63) : 0);
        shift |= shifts.back() > 0;
        if (p->n_slots == 0 || exponent < p->exponent) p->exponent = exponent;
        refresh_partition(*p, plan);
    }
    emissions_.refresh(*device_, partitions_, plan.emission, now_);
    plan_ = plan;
    if (nodes_.nodes < plan.nodes) {
        nodes_.nodes = plan.nodes;
        nodes_.fired = {*device_, std::vector<std::uint64_t>(std::size_t(plan.nodes))};
        bool multiple = false;
        for (auto const& p : partitions_) multiple |= p->model->multiple;
        if (multiple)
            nodes_.multiplicity = {*device_,
                                   std::vector<std::int32_t>(std::size_t(plan.nodes) * max_slice, 1)};
    }
    std::vector<partition_view> views;
    std::vector<choose_full_kernel::argument> full;
    for (auto& p : partitions_) {
        auto const first = p->plan.first_id - 1;
        views.push_back({p->plan.first_id, p->plan.n, p->inbox(), nullptr, 0, nullptr, 0,
                         std::max(p->model->n_currents, 1), p->current.data(), nodes_.fired.data() + first,
                         p->model->multiple ? nodes_.multiplicity.data() + first : nullptr, nodes_.nodes,
                         p->history()});
        if (auto const* d = p->drives.get()) {
            views.back().trains = d->train_views.data();
            views.back().n_trains = std::int32_t(d->trains.size());
            views.back().currents = d->current_views.data();
            views.back().n_currents = std::int32_t(d->currents.size());
        }
        auto const least = plan.least_intervals[std::size_t(p->plan.population)];
        full.push_back({p->full.data(), p->drop.data(), std::int32_t(plan.slice / least + 2)});
    }
    views_ = {*device_, views};
    full_arguments_ = {*device_, full};
    chosen_ = {*device_, std::int64_t(partitions_.size())};
    histories_ = std::any_of(partitions_.begin(), partitions_.end(), [](auto& p) { return p->depth > 0; });
    drives_ =
        std::any_of(partitions_.begin(), partitions_.end(), [](auto& p) { return p->drives != nullptr; });
    if (shift) {
        device_array<Device, std::int32_t> const bits(*device_, shifts);
        device_->launch(int(partitions_.size()), rescale_partition{}, views_.data(), bits.data());
        device_->synchronize();
    }
    std::vector<std::uint32_t> ordinals;
    for (auto const& p : populations) ordinals.push_back(p.ordinal);
    for (auto& n : neurons_)
        if (n) n->refresh(partitions_, nodes_, plan.seed, ordinals);
    for (auto& s : synapses_) {
        s->reach(now_);
        s->refresh(partitions_, instances, modulators_, h_, plan.slice);
    }
    host_lists_.resize(std::size_t(2 * plan.bands));
    lists_ = {*device_, 2 * plan.bands};
    late_events_.resize(std::size_t(2 * plan.bands));
    while (late_begin_.size() < host_lists_.size()) late_begin_.emplace_back(*device_, max_slice + 1);
    if (plan.bands > 1) {
        archive_.resize(band_lag(plan.bands - 1) + max_slice);
        generator_archive_.resize(band_lag(plan.bands - 1) + max_slice);
    }
    refresh_gathering();
}

template <class Device> void engine<Device>::find_recorded(std::vector<synapse_instance> const& instances) {
    recorded_.clear();
    for (std::size_t g = 0; g < groups_.size(); ++g) {
        auto const [b, i] = groups_[g];
        auto const& block = *synapses_[b];
        if (block.model().plastic && block.edges(i) > 0 &&
            instances[std::size_t(block.synapse_of(i))].weight_recorder)
            recorded_.push_back(std::int32_t(g));
    }
}

template <class Device> void engine<Device>::find_modulators(std::vector<synapse_instance> const& instances) {
    std::vector<std::int32_t> ids;
    for (auto const& [b, g] : groups_)
        if (auto const id = instances[std::size_t(synapses_[b]->synapse_of(g))].modulator; id > 0)
            ids.push_back(id);
    modulators_.add(*device_, ids);
}

/// How many slices may be queued at once: for all spikes that they can hold there must be room. With bands of
/// long delays, with recorders of plastic weights and with modulators the host looks at the spikes of each
/// slice.
template <class Device> void engine<Device>::choose_batch(run_plan const& plan) {
    std::int64_t most = 1;  // spikes of a slice; state that is set from outside may add one
    for (auto const& p : partitions_) {
        auto const least = plan.least_intervals[std::size_t(p->plan.population)];
        most += p->plan.n * std::min<std::int64_t>(plan.slice, plan.slice / least + 2);
    }
    auto const slices =
        plan.bands > 1 || !recorded_.empty() || !modulators_.empty()
            ? 1
            : std::clamp<std::int64_t>(Device::events_at_once / most, 1, device_->slices_at_once());
    if (slices * most > events_.size()) events_ = {*device_, slices * most};
    batch_ = slices;
    if (begin_.size() < batch_ * (max_slice + 1)) {
        begin_ = {*device_, batch_ * (max_slice + 1)};
        generated_begin_ = {*device_, batch_ * (max_slice + 1)};
    }
}

/// After any array of the view has moved.
template <class Device> void engine<Device>::refresh_gathering() {
    auto const parts = std::int64_t(partitions_.size());
    if (who_.size() < nodes_.nodes) who_ = {*device_, nodes_.nodes};
    if (n_who_.size() < parts) {
        n_who_ = {*device_, parts};
        count_ = {*device_, parts * max_slice};
    }
    gather_view const view{who_.data(),
                           n_who_.data(),
                           count_.data(),
                           parts,
                           events_.data(),
                           begin_.data(),
                           max_slice + 1,
                           lists_.data(),
                           lists_.data() + plan_.bands,
                           generated_.data(),
                           generated_begin_.data()};
    gather_ = {*device_, std::vector<gather_view>{view}};
    if (clock_.size() == 0) clock_ = {*device_, 1};
    program_ = {};
}

}  // namespace ranvier
