#include "host/device_values.h"

#include <cmath>

namespace ranvier {

namespace {
[[noreturn]] void wrong(parameter const& value, std::string const& object, std::string const& name,
                        std::string const& needed) {
    throw wrong_type({object, name, value.text(), needed, "it was given as " + value.type()});
}
}  // namespace

double number_of(parameter const& value, std::string const& object, std::string const& name) {
    if (auto const* x = value.get<double>()) return *x;
    if (auto const* i = value.get<std::int64_t>()) return double(*i);
    if (auto const* b = value.get<bool>()) return double(*b);
    wrong(value, object, name, "a number");
}
std::int64_t integer_of(parameter const& value, std::string const& object, std::string const& name) {
    if (auto const* i = value.get<std::int64_t>()) return *i;
    wrong(value, object, name, "an integer");
}
bool flag_of(parameter const& value, std::string const& object, std::string const& name) {
    if (auto const* b = value.get<bool>()) return *b;
    wrong(value, object, name, "true or false");
}
std::string text_of(parameter const& value, std::string const& object, std::string const& name) {
    if (auto const* s = value.get<std::string>()) return *s;
    wrong(value, object, name, "text");
}
std::vector<std::string> texts_of(parameter const& value, std::string const& object,
                                  std::string const& name) {
    if (auto const* s = value.get<std::string>()) return {*s};
    if (auto const* v = value.get<std::vector<std::string>>()) return *v;
    wrong(value, object, name, "text or a list of texts");
}
std::vector<double> numbers_of(parameter const& value, std::string const& object, std::string const& name) {
    if (auto const* v = value.get<std::vector<double>>()) return *v;
    if (auto const* v = value.get<std::vector<std::int64_t>>()) return {v->begin(), v->end()};
    bool const empty = std::visit(
        []<class T>(T const& x) {
            if constexpr (requires { x.begin(); } && !std::is_same_v<T, std::string>) return x.empty();
            return false;
        },
        value.value());
    if (!empty) wrong(value, object, name, "an array of numbers");
    return {};
}

std::int64_t tics_of(double ms) { return std::int64_t(ms * 1000 + (ms < 0 ? -0.5 : 0.5)); }
bool on_grid(double ms, double h) { return std::fabs(ms) <= longest_time && tics_of(ms) % tics_of(h) == 0; }
std::int64_t grid_steps(double ms, double h) {
    if (std::isinf(ms)) return ms > 0 ? INT64_MAX / 4 : -INT64_MAX / 4;
    return tics_of(ms) / tics_of(h);
}

bool set_window(device_window& w, std::string const& object, std::string const& name,
                parameter const& value) {
    if (name != "origin" && name != "start" && name != "stop") return false;
    (name == "origin" ? w.origin : name == "start" ? w.start : w.stop) = number_of(value, object, name);
    return true;
}

void reject_unknown(std::string const& object, std::string const& name, parameter const& value,
                    std::string const& known) {
    throw unknown_parameter({object, name, value.text(), known, "check the spelling"});
}

}  // namespace ranvier
