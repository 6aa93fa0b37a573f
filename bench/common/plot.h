// Pictures: a page, axes on it with round ticks, text. Units are points at scale 1; files have twice as many
// pixels.
#pragma once
#include <cairo.h>

#include <memory>
#include <string>
#include <vector>

namespace ranvier::bench {

struct colour {
    double r, g, b;
};
constexpr colour black{0.13, 0.13, 0.15}, grey{0.55, 0.56, 0.58}, light{0.90, 0.91, 0.92};
constexpr colour excitatory_colour{0.11, 0.40, 0.68}, inhibitory_colour{0.82, 0.22, 0.27};

enum class align { left, centre, right };

class picture {
  public:
    picture(double width, double height);
    cairo_t* cairo() const { return cairo_.get(); }
    double width() const { return width_; }
    double height() const { return height_; }

    void set(colour c, double alpha = 1);
    void text(double x, double y, std::string const& s, double size, align how = align::left,
              bool bold = false);
    void text_upwards(double x, double y, std::string const& s, double size);  // centred
    double text_width(std::string const& s, double size, bool bold = false);
    void line(double x0, double y0, double x1, double y1, double width);
    void rectangle(double x, double y, double w, double h);
    /// Writes a PNG file.
    void save(std::string const& path);

  private:
    void font(double size, bool bold);
    struct destroy {
        void operator()(cairo_surface_t* p) const { cairo_surface_destroy(p); }
        void operator()(cairo_t* p) const { cairo_destroy(p); }
    };
    double width_, height_;
    std::unique_ptr<cairo_surface_t, destroy> surface_;
    std::unique_ptr<cairo_t, destroy> cairo_;
};

/// A rectangle of the page with a linear coordinate system.
struct frame {
    double left, top, width, height;  // on the page
    double x0, x1, y0, y1;            // coordinates at left, right, bottom, top

    double x(double v) const { return left + (v - x0) / (x1 - x0) * width; }
    double y(double v) const { return top + height - (v - y0) / (y1 - y0) * height; }
};

/// Round numbers in [low, high], about n of them.
std::vector<double> round_ticks(double low, double high, int n);
/// A number for people: 1,234 or 0.5.
std::string tick_label(double v);

void draw_x_axis(picture& p, frame const& f, std::string const& label, bool numbers = true);
void draw_y_axis(picture& p, frame const& f, std::string const& label, int ticks = 4);

}  // namespace ranvier::bench
