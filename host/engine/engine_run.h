// The engine's members that are called in a run.
#pragma once
#include "host/engine/engine.h"

namespace ranvier {

template <class Device> std::int64_t engine<Device>::run(std::int64_t t, std::int64_t end, slice_sink& sink) {
    while (t < end) {
        // Slices are [n L, (n + 1) L) whatever the run; only its ends cut them.
        auto const until = std::min(end, (t / plan_.slice + 1) * plan_.slice);
        auto const steps = int(until - t);
        if (t % plan_.slice == 0 || room_due_) make_room_in_histories(t);
        room_due_ = false;
        slice(t, steps, sink);
        raise_faults(t, steps);
        t = until;
        now_ = t;
        lap();
        bool const go_on = sink.slice({host_events_.data(), host_begin_.data(), t - steps, steps}, samples_);
        seconds_.record += lap();
        if (!go_on) break;
    }
    return t;
}

template <class Device> void engine<Device>::slice(std::int64_t t, int steps, slice_sink& sink) {
    auto const parts = int(partitions_.size());
    lap();
    device_->launch(parts, drive_partition{}, views_.data(), t, steps);
    seconds_.drive += lap();
    for (auto& n : neurons_)
        if (n) n->advance(t, steps);
    seconds_.update += lap();

    device_->launch(1, gather_kernel{}, nodes_.fired.data(), nodes_.multiplicity.data(), nodes_.nodes, steps,
                    who_.data(), events_.data(), begin_.data());
    device_->launch(parts, archive_partition{}, views_.data(), t, steps);
    host_begin_.resize(std::size_t(steps) + 1);
    device_->copy_out(host_begin_.data(), begin_.data(), host_begin_.size() * sizeof(std::int64_t));
    device_->synchronize();
    host_events_.resize(std::size_t(host_begin_.back()));
    device_->copy_out(host_events_.data(), events_.data(), host_events_.size() * sizeof(spike_event));

    sink.generated(t, steps, host_generated_, host_generated_begin_);
    if (std::int64_t(host_generated_.size()) > generated_.size())
        generated_ = {*device_, std::int64_t(2 * host_generated_.size())};
    device_->copy_in(generated_.data(), host_generated_.data(), host_generated_.size() * sizeof(spike_event));
    device_->copy_in(generated_begin_.data(), host_generated_begin_.data(),
                     host_generated_begin_.size() * sizeof(std::int64_t));
    device_->synchronize();

    auto& lists = host_lists_;
    lists[0] = {events_.data(), begin_.data(), t, steps};
    lists[std::size_t(plan_.bands)] = {generated_.data(), generated_begin_.data(), t, steps};
    if (plan_.bands > 1) {
        archive_.add({host_events_.data(), host_begin_.data(), t, steps});
        generator_archive_.add({host_generated_.data(), host_generated_begin_.data(), t, steps});
        for (std::int32_t b = 1; b < plan_.bands; ++b)
            for (int g = 0; g < 2; ++g) {
                auto const at = std::size_t(g * plan_.bands + b);
                (g ? generator_archive_ : archive_).collect(t - band_lag(b), steps, late_, late_begins_);
                late_events_[at] = {*device_, late_};
                late_begin_[at] = {*device_, late_begins_};
                lists[at] = {late_events_[at].data(), late_begin_[at].data(), t - band_lag(b), steps};
            }
    }
    lists_.write(lists);
    seconds_.gather += lap();
    for (int plastic = 0; plastic < 2; ++plastic) {
        for (auto& s : synapses_)
            if (s->model().plastic == bool(plastic)) s->deliver(lists_.data(), lists_.data() + plan_.bands);
        (plastic ? seconds_.plastic : seconds_.deliver) += lap();
    }

    samples_.clear();
    sample_values_.resize(samplers_.size());
    for (std::size_t i = 0; i < samplers_.size(); ++i) {
        auto& s = partitions_[samplers_[i].first]->samplers[samplers_[i].second];
        auto const count = s.count.read(0, 1)[0];
        if (count == 0) continue;
        auto const row = std::int64_t(s.plan.columns.size()) * std::int64_t(s.plan.neurons.size());
        sample_values_[i] = s.values.read(0, count * row);
        s.count.zero();
        sampler_view view{};
        view.interval = s.plan.interval;
        view.offset = s.plan.offset;
        view.from = s.plan.from;
        samples_.push_back({std::int32_t(i), count, view.next(t), sample_values_[i]});
    }
    device_->synchronize();
}

template <class Device> void engine<Device>::make_room_in_histories(std::int64_t t) {
    bool any = false;
    for (auto const& p : partitions_) any |= p->depth > 0;
    if (!any) return;
    auto const parts = int(partitions_.size());
    device_->launch(parts, choose_full_kernel{}, views_.data(), full_arguments_.data(), t,
                    plan_.longest_plastic, chosen_.data());
    auto const chosen = chosen_.read();
    if (std::all_of(chosen.begin(), chosen.end(), [](auto n) { return n == 0; })) return;
    for (auto& s : synapses_) s->catch_up(chosen);
    device_->launch(parts, drop_spikes_kernel{}, views_.data(), full_arguments_.data(), chosen_.data());
    device_->synchronize();
}

template <class Device> void engine<Device>::raise_faults(std::int64_t t, int steps) {
    device_->copy_out(host_faults_.data(), faults_.data(), host_faults_.size() * sizeof(fault));
    device_->synchronize();
    for (std::size_t i = 0; i < host_faults_.size(); ++i) {
        auto const& f = host_faults_[i];
        if (f.what == fault::none) continue;
        auto const& p = partitions_[i];
        auto const id = p->plan.first_id + f.neuron;
        auto const time = fmt::format("between {} and {} ms", double(t) * h_, double(t + steps) * h_);
        if (f.what == fault::not_finite)
            throw numerical_instability({p->model->name, fmt::format("state of neuron {}", id), "NaN or Inf",
                                         "finite numbers",
                                         "look at this neuron's input and parameters; it happened " + time});
        throw overflow({"plastic synapse", fmt::format("weight from {} to {}", f.source, id), "too large",
                        fmt::format("|weight| <= {:.6g}", p->largest),
                        "bound the weight or its growth; it happened " + time});
    }
}

template <class Device> std::array<std::uint64_t, 2> engine<Device>::hash(std::int64_t t) {
    std::array<std::uint64_t, 2> h{0, 0};
    for (auto& s : synapses_) s->hash(&h[0]);
    for (auto& n : neurons_)
        if (n) n->hash(t, &h[1]);
    return h;
}

}  // namespace ranvier
