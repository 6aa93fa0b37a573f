// The engine's members that are called in a run. Slices are queued many at a time where the device works by
// itself: what a kernel must know of the present one it reads from the clock on the device.
#pragma once
#include "host/engine/engine.h"

namespace ranvier {

template <class Device> std::int64_t engine<Device>::run(std::int64_t t, std::int64_t end, slice_sink& sink) {
    bool go_on = true;
    while (t < end && go_on) {
        choose_slices(t, end);
        device_->start_laps();
        send_generated(sink);
        send_arrivals(sink);
        if (plan_.bands > 1) send_late_spikes(t, queued_.front().steps);
        host_clock_ = {t, end, plan_.slice, 0, -1, room_due_};
        room_due_ = false;
        device_->copy_in(clock_.data(), &host_clock_, sizeof host_clock_);
        for (auto const& [p, i] : samplers_) partitions_[p]->samplers[i].count.zero();
        if (recorded_.empty())
            device_->repeat(program_, int(queued_.size()), [this] {
                emit_slice();
                deliver_slice();
            });
        else
            advance_recorded(sink);
        device_->copy_out(host_faults_.data(), faults_.data(), host_faults_.size() * sizeof(fault));
        fetch_samples();
        fetch_spikes();
        device_->lap(seconds_.gather);

        std::size_t faulty = 0;
        auto const* const failure = first_fault(faulty);
        for (std::size_t i = 0; i < queued_.size(); ++i) {
            auto const& s = queued_[i];
            if (failure && failure->step < s.t + s.steps) raise(*failure, *partitions_[faulty], s);
            auto const at = i * (max_slice + 1);
            spike_list const spikes{host_events_.data(), host_begin_.data() + at, s.t, s.steps};
            spike_list const generated{host_generated_.data(), host_generated_begin_.data() + at, s.t,
                                       s.steps};
            if (plan_.bands > 1) {
                archive_.add(spikes);
                generator_archive_.add(generated);
            }
            t = s.t + s.steps;
            now_ = t;
            if (check_is_due(s.t, s.steps, end)) finite_ = t;
            for (auto& b : synapses_) b->reach(t);
            go_on &= sink.slice(generated, spikes, samples_of(s));
        }
        device_->lap(seconds_.record);
    }
    return t;
}

/// Slices are [n L, (n + 1) L) whatever the run; only its ends cut them.
template <class Device> void engine<Device>::choose_slices(std::int64_t t, std::int64_t end) {
    queued_.clear();
    while (t < end && std::int64_t(queued_.size()) < batch_) {
        auto const until = std::min(end, (t / plan_.slice + 1) * plan_.slice);
        queued_.push_back({t, int(until - t)});
        t = until;
    }
}

template <class Device> void engine<Device>::send_generated(slice_sink& sink) {
    host_generated_.clear();
    host_generated_begin_.clear();
    for (auto const& s : queued_) {
        sink.generated(s.t, s.steps, some_events_, some_begins_);
        auto const before = std::int64_t(host_generated_.size());
        host_generated_.insert(host_generated_.end(), some_events_.begin(), some_events_.end());
        for (auto const b : some_begins_) host_generated_begin_.push_back(before + b);
        host_generated_begin_.resize(host_generated_begin_.size() + std::size_t(max_slice - s.steps),
                                     std::int64_t(host_generated_.size()));
    }
    if (std::int64_t(host_generated_.size()) > generated_.size()) {
        generated_ = {*device_, std::int64_t(2 * host_generated_.size())};
        refresh_gathering();
    }
    device_->copy_in(generated_.data(), host_generated_.data(), host_generated_.size() * sizeof(spike_event));
    device_->copy_in(generated_begin_.data(), host_generated_begin_.data(),
                     host_generated_begin_.size() * sizeof(std::int64_t));
}

/// Of one slice: its spikes may be the next one's arrivals.
template <class Device> void engine<Device>::send_arrivals(slice_sink& sink) {
    if (modulators_.empty()) return;
    auto const& s = queued_.front();
    arrivals_.clear();
    sink.arrivals(s.t, s.steps, arrivals_);
    if (!modulators_.has_room()) {
        for (auto& b : synapses_) b->pass();
        modulators_.forget(*device_, s.t - band_lag(plan_.bands - 1));
    }
    modulators_.append(*device_, arrivals_);
}

/// Lists of the bands of long delays; those of band 0 are made on the device.
template <class Device> void engine<Device>::send_late_spikes(std::int64_t t, int steps) {
    for (std::int32_t b = 1; b < plan_.bands; ++b)
        for (int g = 0; g < 2; ++g) {
            auto const at = std::size_t(g * plan_.bands + b);
            (g ? generator_archive_ : archive_).collect(t - band_lag(b), steps, some_events_, some_begins_);
            auto& events = late_events_[at];
            if (std::int64_t(some_events_.size()) > events.size())
                events = {*device_, std::int64_t(2 * some_events_.size())};
            device_->copy_in(events.data(), some_events_.data(), some_events_.size() * sizeof(spike_event));
            device_->copy_in(late_begin_[at].data(), some_begins_.data(),
                             some_begins_.size() * sizeof(std::int64_t));
            device_->synchronize();  // the next list takes the same memory here
            host_lists_[at] = {events.data(), late_begin_[at].data(), t - band_lag(b), steps};
        }
    device_->copy_in(lists_.data(), host_lists_.data(), host_lists_.size() * sizeof(spike_list));
}

template <class Device> void engine<Device>::emit_slice() {
    auto const parts = int(partitions_.size());
    auto const* const clock = clock_.data();
    device_->launch(1, next_slice_kernel{}, clock_.data());
    if (histories_) make_room_in_histories();
    device_->lap(seconds_.plastic);
    if (drives_) device_->launch(parts, drive_partition{}, views_.data(), clock);
    device_->lap(seconds_.drive);
    for (auto& n : neurons_)
        if (n) n->advance(clock);
    device_->lap(seconds_.update);
    device_->launch(parts, archive_partition{}, views_.data(), gather_.data(), clock);
    device_->launch(1, offset_kernel{}, gather_.data(), clock);
    device_->launch(parts, list_partition{}, views_.data(), gather_.data(), clock);
    device_->lap(seconds_.gather);
}

template <class Device> void engine<Device>::deliver_slice() {
    for (bool const plastic : {false, true}) {
        for (auto& s : synapses_)
            if (s->model().plastic == plastic) s->deliver(lists_.data(), lists_.data() + plan_.bands);
        device_->lap(plastic ? seconds_.plastic : seconds_.deliver);
    }
}

/// Of the slice that has been emitted, for the host.
template <class Device> spike_list engine<Device>::spikes_of_band(std::int32_t band) {
    auto const& s = queued_.front();
    if (band == 0) return {host_events_.data(), host_begin_.data(), s.t, s.steps};
    archive_.collect(s.t - band_lag(band), s.steps, some_events_, some_begins_);
    return {some_events_.data(), some_begins_.data(), s.t - band_lag(band), s.steps};
}

/// One slice, of which the host must know the spikes before they are delivered.
template <class Device> void engine<Device>::advance_recorded(slice_sink& sink) {
    emit_slice();
    fetch_spikes();
    for (auto const g : recorded_) {
        auto const [b, i] = groups_[std::size_t(g)];
        synapses_[b]->sent(i).expect(*device_, spikes_of_band(synapses_[b]->band_of_group(i)));
    }
    deliver_slice();
    for (auto const g : recorded_) {
        auto const [b, i] = groups_[std::size_t(g)];
        auto& sent = synapses_[b]->sent(i);
        sink.sent(g, spikes_of_band(synapses_[b]->band_of_group(i)), sent.begin(), sent.read());
    }
    device_->lap(seconds_.record);
}

template <class Device> void engine<Device>::make_room_in_histories() {
    auto const parts = int(partitions_.size());
    device_->launch(parts, choose_full_kernel{}, views_.data(), full_arguments_.data(), clock_.data(),
                    plan_.longest_plastic, chosen_.data());
    if constexpr (Device::immediate)
        if (std::all_of(chosen_.data(), chosen_.data() + parts, [](auto n) { return n == 0; })) return;
    for (auto& s : synapses_) s->catch_up(chosen_.data());
    device_->launch(parts, drop_spikes_kernel{}, views_.data(), full_arguments_.data(), chosen_.data());
}

template <class Device> void engine<Device>::fetch_spikes() {
    host_begin_.resize(queued_.size() * (max_slice + 1));
    device_->copy_out(host_begin_.data(), begin_.data(), host_begin_.size() * sizeof(std::int64_t));
    device_->synchronize();
    host_events_.resize(std::size_t(host_begin_.back()));
    device_->copy_out(host_events_.data(), events_.data(), host_events_.size() * sizeof(spike_event));
    device_->synchronize();
}

/// How many samples of a sampler fall into the steps [t, t + steps).
inline std::int64_t samples_in(sampler_plan const& plan, std::int64_t t, std::int64_t steps) {
    sampler_view view{};
    view.interval = plan.interval;
    view.offset = plan.offset;
    view.from = plan.from;
    std::int64_t n = 0;
    for (auto s = view.next(t); s <= t + steps; s = view.next(s)) ++n;
    return n;
}

template <class Device> void engine<Device>::fetch_samples() {
    auto const t = queued_.front().t, until = queued_.back().t + queued_.back().steps;
    sample_values_.resize(samplers_.size());
    samples_taken_.assign(samplers_.size(), 0);
    for (std::size_t i = 0; i < samplers_.size(); ++i) {
        auto const& s = partitions_[samplers_[i].first]->samplers[samplers_[i].second];
        sample_values_[i].resize(std::size_t(samples_in(s.plan, t, until - t)) * s.row());
        device_->copy_out(sample_values_[i].data(), s.values.data(),
                          sample_values_[i].size() * sizeof(double));
    }
}

template <class Device> std::vector<samples_view> engine<Device>::samples_of(queued_slice const& slice) {
    std::vector<samples_view> views;
    for (std::size_t i = 0; i < samplers_.size(); ++i) {
        auto const& s = partitions_[samplers_[i].first]->samplers[samplers_[i].second];
        auto const n = samples_in(s.plan, slice.t, slice.steps);
        if (n == 0) continue;
        sampler_view view{};
        view.interval = s.plan.interval;
        view.offset = s.plan.offset;
        view.from = s.plan.from;
        auto const all = std::span<double const>(sample_values_[i]);
        views.push_back({std::int32_t(i), std::int32_t(n), view.next(slice.t),
                         all.subspan(std::size_t(samples_taken_[i]) * s.row(), std::size_t(n) * s.row())});
        samples_taken_[i] += n;
    }
    return views;
}

template <class Device> fault const* engine<Device>::first_fault(std::size_t& partition) const {
    fault const* first = nullptr;
    for (std::size_t i = 0; i < host_faults_.size(); ++i) {
        auto const& f = host_faults_[i];
        if (f.what == fault::none || (first && first->step <= f.step)) continue;
        first = &f;
        partition = i;
    }
    return first;
}

template <class Device>
void engine<Device>::raise(fault const& f, partition<Device> const& p, queued_slice const& s) const {
    auto const id = p.plan.first_id + f.neuron;
    auto const from = f.what == fault::not_finite ? finite_ : s.t;
    auto const time = fmt::format("between {} and {} ms", double(from) * h_, double(s.t + s.steps) * h_);
    if (f.what == fault::not_finite)
        throw numerical_instability({p.model->name, fmt::format("state of neuron {}", id), "NaN or Inf",
                                     "finite numbers",
                                     "look at this neuron's input and parameters; it happened " + time});
    throw overflow({"plastic synapse", fmt::format("weight from {} to {}", f.source, id), "too large",
                    fmt::format("|weight| <= {:.6g}", p.largest),
                    "bound the weight or its growth; it happened " + time});
}

template <class Device> std::array<std::uint64_t, 2> engine<Device>::hash(std::int64_t t) {
    std::array<std::uint64_t, 2> h{0, 0};
    for (auto& s : synapses_) s->hash(&h[0]);
    for (auto& n : neurons_)
        if (n) n->hash(t, &h[1]);
    return h;
}

}  // namespace ranvier
