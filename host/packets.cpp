// Pulse packets (devices.md, 2): settings, and the trains that follow from them, which spike_sources play.
#include <algorithm>
#include <cmath>
#include <map>

#include "host/device_values.h"
#include "host/network_impl.h"
#include "kernels/distributions.h"

namespace ranvier {

namespace {
constexpr double most_spikes_listed = 2e9;  // counted in 32 bits
}

packet_state network::implementation::changed_packets(population const& p, std::int32_t id,
                                                      dictionary const& values) const {
    auto const& object = p.model_name;
    auto const& fields = p.model->params;
    auto changed = packets.at(id);
    changed.drawn = false;
    for (auto const& [name, value] : values) {
        if (set_window(changed.window, object, name, value)) continue;
        if (name == pulse_times) {
            changed.times = numbers_of(value, object, name);
            for (auto const t : changed.times)
                if (!(std::fabs(t) <= longest_time))
                    throw bad_time({object, name, fmt::format("{} ms", t),
                                    fmt::format("from {} to {} ms", -longest_time, longest_time),
                                    "look at where it comes from"});
            std::sort(changed.times.begin(), changed.times.end());
            continue;
        }
        auto const* const f = fields.find(name);
        if (!f)
            reject_unknown(object, name, value,
                           names_of(fields.fields) + ", " + pulse_times + ", origin, start, stop");
        // Within what an integer can hold; the check below has the narrower range.
        auto const x = f->type == field_type::integer
                           ? std::clamp(double(integer_of(value, object, name)), -1e18, 1e18)
                           : number_of(value, object, name);
        write_field(*f, changed.params.data(), x);
    }
    if (auto bad = fields.check(changed.params.data(), object)) throw out_of_range(*bad);
    auto const activity = read_field(*fields.find("activity"), changed.params.data());
    if (activity * double(changed.times.size()) > most_spikes_listed)
        throw out_of_range(
            {object, "activity", fmt::format("{}", activity),
             fmt::format("at most {} spikes in all {} packets", most_spikes_listed, changed.times.size()),
             "use several generators"});
    check_window(p, changed.window);
    return changed;
}

/// Spike k of packet i is a function of the seed that the generator began with, the generator's create call,
/// id, i and k: neither slices nor the ends of runs matter, and what is set anew as it was stays as it was.
void network::implementation::draw_packets() {
    for (auto& [id, g] : packets) {
        if (g.drawn) continue;
        auto const& p = population_of(id);
        auto const activity = std::int64_t(read_field(*p.model->params.find("activity"), g.params.data()));
        auto const sdev = read_field(*p.model->params.find("sdev"), g.params.data());
        auto const draws = make_key(g.seed, stream_kind::neuron, p.ordinal);
        auto const tics_per_step = tics_of(h);
        std::map<std::int64_t, std::int32_t> counts;  // by stamp
        for (std::size_t i = 0; i < g.times.size(); ++i) {
            auto const add = [&](double x, std::int64_t n) {
                auto const tics = tics_of(x);
                if (tics < 0 || n == 0) return;
                // The step in which x lies ends at the next multiple; the spike is emitted one step later.
                counts[(tics + tics_per_step - 1) / tics_per_step + 1] += std::int32_t(n);
            };
            if (sdev == 0) add(g.times[i], activity);
            for (std::int64_t k = 0; sdev > 0 && k < activity; k += 2) {
                auto const z =
                    standard_normal_pair(philox(draws, std::uint32_t(id), i, std::uint32_t(k / 2)));
                add(g.times[i] + sdev * z.first, 1);
                if (k + 1 < activity) add(g.times[i] + sdev * z.second, 1);
            }
        }
        std::vector<std::int64_t> stamps;
        std::vector<std::int32_t> multiplicities;
        for (auto const& [stamp, n] : counts) {
            stamps.push_back(stamp);
            multiplicities.push_back(n);
        }
        // The window is that of currents: stamps in [start, stop).
        auto const from = grid_steps(g.window.origin, h) + grid_steps(g.window.start, h),
                   until = grid_steps(g.window.origin, h) + grid_steps(g.window.stop, h);
        sources.play(id, std::move(stamps), std::move(multiplicities), from - 1, until - 1);
        g.drawn = true;
    }
}

}  // namespace ranvier
