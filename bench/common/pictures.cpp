#include "bench/common/pictures.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "bench/common/plot.h"

namespace ranvier::bench {
namespace {

constexpr double page_width = 960, left_margin = 92, right_margin = 28, top_margin = 76;
constexpr double plot_width = page_width - left_margin - right_margin;

void draw_caption(picture& p, caption const& words) {
    p.set(black);
    p.text(left_margin, 34, words.title, 19, align::left, true);
    p.set(grey);
    p.text(left_margin, 56, words.subtitle, 12.5);
}

colour colour_of(recording const& r) { return r.excitatory ? excitatory_colour : inhibitory_colour; }

void shade(picture& p, frame const& f, double until) {
    if (until <= f.x0) return;
    p.set(light, 0.55);
    p.rectangle(f.left, f.top, f.x(until) - f.left, f.height);
}

void draw_dots(picture& p, frame const& f, recording const& r) {
    auto const dense = double(r.spikes.times.size()) / f.height;
    auto const size = dense > 60 ? 0.9 : dense > 15 ? 1.3 : 1.9;
    p.set(colour_of(r), dense > 60 ? 0.6 : 0.9);
    for (std::size_t i = 0; i < r.spikes.times.size(); ++i) {
        auto const row = double(r.members.position(r.spikes.senders[i])) + 0.5;
        p.rectangle(f.x(r.spikes.times[i]) - size / 2, f.y(row) - size / 2, size, size);
    }
}

/// Ids at a band's axis: its members are contiguous.
void draw_band_axis(picture& p, frame const& f, recording const& r, int ticks) {
    frame ids = f;
    ids.y0 = r.members.front();
    ids.y1 = double(r.members.front()) + double(r.members.size());
    draw_y_axis(p, ids, "", ticks);
    p.set(colour_of(r));
    p.text_upwards(f.left + f.width + 16, f.top + f.height / 2, r.name, 12);
}

std::vector<double> rates(recording const& r, double bin, int bins) {
    std::vector<double> rate(static_cast<std::size_t>(bins));
    for (auto const t : r.spikes.times) {
        auto const k = int(std::ceil(t / bin - 1e-9)) - 1;  // a spike at t ends its step
        rate[std::size_t(std::clamp(k, 0, bins - 1))] += 1e3 / bin / double(r.members.size());
    }
    return rate;
}

void draw_rates(picture& p, frame f, std::vector<recording> const& recordings, double end,
                double measured_from) {
    auto const bins = int(std::clamp(std::ceil(end), 1.0, 400.0));
    auto const bin = end / bins;
    std::vector<std::vector<double>> all;
    for (auto const& r : recordings) all.push_back(rates(r, bin, bins));
    f.y1 = 1;
    for (auto const& rate : all) f.y1 = std::max(f.y1, 1.08 * *std::max_element(rate.begin(), rate.end()));
    shade(p, f, measured_from);
    for (std::size_t i = 0; i < all.size(); ++i) {
        auto* const c = p.cairo();
        auto trace = [&] {
            for (int k = 0; k < bins; ++k) {
                cairo_line_to(c, f.x(k * bin), f.y(all[i][std::size_t(k)]));
                cairo_line_to(c, f.x((k + 1) * bin), f.y(all[i][std::size_t(k)]));
            }
        };
        if (recordings[i].excitatory) {
            cairo_move_to(c, f.x(0), f.y(0));
            trace();
            cairo_line_to(c, f.x(end), f.y(0));
            p.set(excitatory_colour, 0.25);
            cairo_fill(c);
        }
        cairo_new_path(c);
        trace();
        p.set(colour_of(recordings[i]));
        cairo_set_line_width(c, 1.1);
        cairo_stroke(c);
    }
    draw_y_axis(p, f, "rate (spikes/s)", 3);
    draw_x_axis(p, f, fmt::format("time (ms), bins of {:.3g} ms", bin));
}

}  // namespace

void draw_raster(std::string const& path, caption const& words, std::vector<recording> const& recordings,
                 double end, double measured_from) {
    if (path.empty() || recordings.empty() || end <= 0) return;
    constexpr double dots_height = 420, rate_height = 120, gap = 8, between = 22;
    picture p(page_width, top_margin + dots_height + between + rate_height + 56);
    draw_caption(p, words);
    std::int64_t members = 0;
    for (auto const& r : recordings) members += r.members.size();
    auto const room = dots_height - gap * double(recordings.size() - 1);
    auto const least = 0.18 * room;  // of a band, so that small populations can be seen
    auto bottom = top_margin + dots_height;
    auto share_left = room;
    for (std::size_t i = 0; i < recordings.size(); ++i) {
        auto const& r = recordings[i];
        auto const later = double(recordings.size() - 1 - i);
        auto const wanted = std::max(least, room * double(r.members.size()) / double(members));
        auto const height = later == 0 ? share_left : std::min(wanted, share_left - later * least);
        share_left -= height;
        frame const f{left_margin, bottom - height, plot_width, height, 0, end, 0, double(r.members.size())};
        shade(p, f, measured_from);
        draw_dots(p, f, r);
        draw_band_axis(p, f, r, std::max(2, int(height / 60)));
        bottom -= height + gap;
    }
    p.set(black);
    p.text_upwards(left_margin - 58, top_margin + dots_height / 2, "neuron id", 12);
    draw_rates(p, {left_margin, top_margin + dots_height + between, plot_width, rate_height, 0, end, 0, 1},
               recordings, end, measured_from);
    p.save(path);
}

void draw_weights(std::string const& path, caption const& words, weight_histograms const& h) {
    if (path.empty() || h.after.empty()) return;
    picture p(page_width, 460);
    draw_caption(p, words);
    auto const highest = [](std::vector<std::int64_t> const& v) {
        return double(*std::max_element(v.begin(), v.end()));
    };
    // Before the run all weights may be equal: one tall bin, which must not hide the rest.
    frame const f{left_margin, top_margin, plot_width, 320,
                  h.low,       h.high,     0,          1.08 * std::max(1.0, highest(h.after))};
    auto const bin = (h.high - h.low) / double(h.after.size());
    auto draw = [&](std::vector<std::int64_t> const& counts, colour c) {
        for (std::size_t k = 0; k < counts.size(); ++k) {
            if (counts[k] == 0) continue;
            auto const top = f.y(std::min(double(counts[k]), f.y1));
            p.set(c, 0.55);
            p.rectangle(f.x(h.low + double(k) * bin), top, f.x(bin) - f.x(0) + 0.2, f.top + f.height - top);
        }
    };
    draw(h.before, grey);
    draw(h.after, excitatory_colour);
    draw_y_axis(p, f, "synapses in bin", 5);
    draw_x_axis(p, f, fmt::format("weight (pA), bins of {:.3g} pA", bin));
    p.set(grey);
    p.text(f.left + f.width - 8, f.top + 14, "before", 12, align::right, true);
    p.set(excitatory_colour);
    p.text(f.left + f.width - 8, f.top + 32, "after", 12, align::right, true);
    p.save(path);
}

void draw_matrix(std::string const& path, caption const& words, nodes const& which,
                 connection_table const& table) {
    if (path.empty() || which.empty()) return;
    auto const n = double(which.size());
    constexpr double side = 560;
    picture p(left_margin + side + right_margin, top_margin + side + 56);
    draw_caption(p, words);
    auto const first = double(which.front());
    frame const f{left_margin, top_margin, side,      side,
                  first,       first + n,  first + n, first};  // sources downwards
    auto const cell = std::max(side / n, 0.5);
    for (std::size_t i = 0; i < table.source.size(); ++i) {
        p.set(table.weight[i] < 0 ? inhibitory_colour : excitatory_colour, 0.7);
        p.rectangle(f.x(table.target[i]), f.y(table.source[i]), cell, cell);
    }
    draw_y_axis(p, f, "source id", 6);
    draw_x_axis(p, f, "target id");
    p.save(path);
}

}  // namespace ranvier::bench
