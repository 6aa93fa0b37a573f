#include "bench/common/plot.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "bench/common/program.h"

namespace ranvier::bench {
namespace {
constexpr double pixels_per_point = 2;
constexpr double label_size = 12, tick_size = 11, tick_length = 4;
}  // namespace

picture::picture(double width, double height)
    : width_(width),
      height_(height),
      surface_(cairo_image_surface_create(CAIRO_FORMAT_RGB24, int(width * pixels_per_point),
                                          int(height * pixels_per_point))),
      cairo_(cairo_create(surface_.get())) {
    cairo_scale(cairo(), pixels_per_point, pixels_per_point);
    cairo_set_source_rgb(cairo(), 1, 1, 1);
    cairo_paint(cairo());
}

void picture::set(colour c, double alpha) { cairo_set_source_rgba(cairo(), c.r, c.g, c.b, alpha); }

void picture::font(double size, bool bold) {
    cairo_select_font_face(cairo(), "sans-serif", CAIRO_FONT_SLANT_NORMAL,
                           bold ? CAIRO_FONT_WEIGHT_BOLD : CAIRO_FONT_WEIGHT_NORMAL);
    cairo_set_font_size(cairo(), size);
}

double picture::text_width(std::string const& s, double size, bool bold) {
    font(size, bold);
    cairo_text_extents_t e;
    cairo_text_extents(cairo(), s.c_str(), &e);
    return e.x_advance;
}

void picture::text(double x, double y, std::string const& s, double size, align how, bool bold) {
    auto const w = text_width(s, size, bold);
    cairo_move_to(cairo(), x - (how == align::right ? w : how == align::centre ? w / 2 : 0), y);
    cairo_show_text(cairo(), s.c_str());
}

void picture::text_upwards(double x, double y, std::string const& s, double size) {
    cairo_save(cairo());
    cairo_translate(cairo(), x, y);
    cairo_rotate(cairo(), -1.5707963267948966);
    text(0, 0, s, size, align::centre);
    cairo_restore(cairo());
}

void picture::line(double x0, double y0, double x1, double y1, double width) {
    cairo_set_line_width(cairo(), width);
    cairo_move_to(cairo(), x0, y0);
    cairo_line_to(cairo(), x1, y1);
    cairo_stroke(cairo());
}

void picture::rectangle(double x, double y, double w, double h) {
    cairo_rectangle(cairo(), x, y, w, h);
    cairo_fill(cairo());
}

void picture::save(std::string const& path) {
    auto const temporary = path + ".part";
    auto const status = cairo_surface_write_to_png(surface_.get(), temporary.c_str());
    if (status != CAIRO_STATUS_SUCCESS)
        fail_on_file(path, std::string("cannot be written: ") + cairo_status_to_string(status));
    replace_file(temporary, path);
}

std::vector<double> round_ticks(double low, double high, int n) {
    auto const raw = (high - low) / n;
    auto const power = std::pow(10, std::floor(std::log10(raw)));
    auto const m = raw / power;
    auto const step = (m < 1.5 ? 1 : m < 3.5 ? 2 : m < 7.5 ? 5 : 10) * power;
    std::vector<double> ticks;
    for (auto k = std::ceil(low / step - 1e-9); k * step <= high + 1e-9 * step; ++k)
        ticks.push_back(k * step);
    return ticks;
}

std::string tick_label(double v) {
    if (std::abs(v) < 1e-12) return "0";
    if (std::abs(v) < 1000) return fmt::format("{:.6g}", v);
    return grouped(std::int64_t(std::llround(v)));
}

void draw_x_axis(picture& p, frame const& f, std::string const& label, bool numbers) {
    auto const bottom = f.top + f.height;
    p.set(black);
    p.line(f.left, bottom, f.left + f.width, bottom, 1);
    for (auto const v : round_ticks(f.x0, f.x1, 8)) {
        p.line(f.x(v), bottom, f.x(v), bottom + tick_length, 1);
        if (numbers)
            p.text(f.x(v), bottom + tick_length + tick_size + 2, tick_label(v), tick_size, align::centre);
    }
    if (!label.empty()) p.text(f.left + f.width / 2, bottom + 38, label, label_size, align::centre);
}

void draw_y_axis(picture& p, frame const& f, std::string const& label, int ticks) {
    p.set(black);
    p.line(f.left, f.top, f.left, f.top + f.height, 1);
    for (auto const v : round_ticks(std::min(f.y0, f.y1), std::max(f.y0, f.y1), ticks)) {
        p.line(f.left - tick_length, f.y(v), f.left, f.y(v), 1);
        p.text(f.left - tick_length - 4, f.y(v) + tick_size * 0.36, tick_label(v), tick_size, align::right);
    }
    if (!label.empty()) p.text_upwards(f.left - 58, f.top + f.height / 2, label, label_size);
}

}  // namespace ranvier::bench
