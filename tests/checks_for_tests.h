// Values that violate the checks of a record, found by trying candidates on the checks themselves, so that a
// new model is tested as soon as it is registered.
#pragma once
#include "tests/errors_for_tests.h"

namespace ranvier::test {

/// Values that are at, just beside, or far from what a check of these members may compare with.
inline std::vector<double> candidates(std::vector<field_info const*> const& members) {
    std::vector<double> all{2, 5, 1e-300, -1e-300, 1e300, -1e300, infinity, -infinity};
    auto around = [&](double x) {
        for (auto const y : {x, -x, std::nextafter(x, infinity), std::nextafter(x, -infinity)})
            all.push_back(y);
    };
    around(0), around(1);
    for (auto const* f : members)
        if (f) around(f->default_value);
    std::sort(all.begin(), all.end(),
              [](auto a, auto b) { return std::pair(a, bits(a)) < std::pair(b, bits(b)); });
    all.erase(std::unique(all.begin(), all.end(), [](auto a, auto b) { return bits(a) == bits(b); }),
              all.end());
    return all;
}

/// Default values but for some members.
struct values {
    std::vector<std::pair<field_info const*, double>> given;
    std::vector<std::byte> record(record_info const& info) const {
        std::vector<std::byte> bytes(info.size);
        info.make(bytes.data());
        for (auto const& [f, x] : given) write_field(*f, bytes.data(), x);
        return bytes;
    }
    dictionary as_dictionary() const {
        dictionary d;
        for (auto const& [f, x] : given)
            d.emplace_back(f->name, f->type == field_type::flag      ? parameter(x != 0)
                                    : f->type == field_type::integer ? parameter(std::int64_t(x))
                                                                     : parameter(x));
        return d;
    }
};

struct violation {
    record_info const* info;
    check_info const* check;  // the first that fails
    values what;
    double value;  // of the check's member
    std::string text() const {
        std::string s = check->member + " " + check->range + ":";
        for (auto const& [f, x] : what.given) s += fmt::format(" {} = {}", f->name, x);
        return s;
    }
};

inline check_info const* first_failure(record_info const& info, values const& v) {
    auto const record = v.record(info);
    for (auto const& c : info.checks)
        if (!c.ok(record.data())) return &c;
    return nullptr;
}

inline bool possible(field_info const& f, double x) {
    return f.type == field_type::real || (f.type == field_type::integer && std::fabs(x) < 1e15) ||
           (f.type == field_type::flag && (x == 0 || x == 1));
}

/// All violations with one given member, or two if the check is about two.
inline std::vector<violation> violations(record_info const& info) {
    std::vector<violation> all;
    auto add = [&](check_info const& c, values const& v) {
        if (first_failure(info, v) != &c) return;
        auto const record = v.record(info);
        all.push_back({&info, &c, v, read_field(*info.find(c.member), record.data())});
    };
    for (auto const& c : info.checks) {
        auto const before = all.size();
        auto const *const member = info.find(c.member), *const other = info.find(c.other);
        auto const tried = candidates({member, other});
        for (auto const x : tried) {
            if (possible(*member, x)) add(c, {{{member, x}}});
            if (!other) continue;
            if (possible(*other, x)) add(c, {{{other, x}}});
            if (other->type == field_type::flag && possible(*member, x)) add(c, {{{member, x}, {other, 1}}});
            for (auto const y : {x, std::nextafter(x, infinity), x + 1})
                if (possible(*member, x) && possible(*other, y)) {
                    add(c, {{{member, x}, {other, y}}});
                    add(c, {{{member, y}, {other, x}}});
                }
        }
        EXPECT_GT(all.size(), before) << "no candidate violates " << c.member << " " << c.range;
    }
    return all;
}

inline std::string name_of_test(testing::TestParamInfo<std::string> const& i) { return i.param; }

}  // namespace ranvier::test
