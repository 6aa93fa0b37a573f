// Records at run time: their members, units, defaults and checks, made from the declarations in models/.
#pragma once
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "host/error.h"
#include "models/model.h"

namespace ranvier {

enum class field_type { real, integer, flag, list, text };

/// One member of a record of eight-byte members.
struct field_info {
    std::string name, unit;
    field_type type;
    double default_value;
    std::string range;   // allowed values in words, empty: any number
    std::size_t offset;  // bytes into the record
};

/// One declared check of a record.
struct check_info {
    std::string member;  // whose value is rejected
    std::string range;   // allowed values in words
    std::string other;   // member that it is compared with, or empty
    bool (*ok)(void const* record);
};

/// A record type at run time.
struct record_info {
    std::size_t size = 0;
    std::vector<field_info> fields;
    std::vector<check_info> checks;
    void (*make)(void*) = nullptr;  // default values into raw memory

    field_info const* find(std::string_view name) const {
        for (auto const& f : fields)
            if (f.name == name) return &f;
        return nullptr;
    }
    /// The first check that fails.
    std::optional<mistake> check(void const* record, std::string const& object) const;
};

inline double read_field(field_info const& f, void const* record) {
    auto const* const p = static_cast<std::byte const*>(record) + f.offset;
    if (f.type == field_type::real) {
        double x;
        std::memcpy(&x, p, sizeof x);
        return x;
    }
    std::int64_t x;
    std::memcpy(&x, p, sizeof x);
    return double(x);
}
inline void write_field(field_info const& f, void* record, double value) {
    auto* const p = static_cast<std::byte*>(record) + f.offset;
    if (f.type == field_type::real) {
        std::memcpy(p, &value, sizeof value);
    } else {
        auto const x = std::int64_t(value);
        std::memcpy(p, &x, sizeof x);
    }
}

/// "C_m" of &iaf_psc_exp::params::C_m.
template <auto M> constexpr std::string_view member_name() {
    std::string_view s = __PRETTY_FUNCTION__;
    auto const begin = s.find("M = ") + 4;
    auto const end = s.find_first_of(";]", begin);
    s = s.substr(begin, end - begin);
    return s.substr(s.rfind(':') + 1);
}

template <class Q> constexpr field_type type_of() {
    if constexpr (std::is_same_v<Q, flag>)
        return field_type::flag;
    else if constexpr (std::is_same_v<typename plain<Q>::type, std::int64_t>)
        return field_type::integer;
    else
        return field_type::real;
}
template <class Q> constexpr std::string_view unit_of() {
    if constexpr (requires { typename Q::unit; })
        return Q::unit::text;
    else
        return "";
}

template <class C> std::string range_of() {
    std::string s = C::range;
    if constexpr (requires { C::other; }) s += member_name<C::other>();
    return s;
}

/// A member's value with its unit.
inline std::string shown(field_info const& f, double value) {
    return fmt::format("{}{}{}", value, f.unit.empty() ? "" : " ", f.unit);
}

inline std::optional<mistake> record_info::check(void const* record, std::string const& object) const {
    for (auto const& c : checks) {
        if (c.ok(record)) continue;
        mistake m{object, c.member, "", c.range, ""};
        if (auto const* f = find(c.member)) {
            m.value = shown(*f, read_field(*f, record));
            m.remedy = "the default is " + shown(*f, f->default_value);
        }
        if (auto const* f = find(c.other)) {
            m.allowed += fmt::format(" ({})", shown(*f, read_field(*f, record)));
            m.remedy = fmt::format("set {} and {} in one call", c.member, c.other);
        }
        return m;
    }
    return {};
}

/// Bytes from the start of its record.
template <auto M> std::size_t offset_of() {
    typename member_of<M>::record const r{};
    return std::size_t(reinterpret_cast<std::byte const*>(&(r.*M)) - reinterpret_cast<std::byte const*>(&r));
}

template <class R, class Fields = typename R::fields> record_info describe_record() {
    record_info info;
    info.size = sizeof(R);
    info.make = [](void* p) { new (p) R{}; };
    if constexpr (requires { typename R::checks; })
        R::checks::for_each([&]<class C>(C) {
            check_info c{std::string(member_name<C::member>()), range_of<C>(), "",
                         [](void const* r) { return C::ok(*static_cast<R const*>(r)); }};
            if constexpr (requires { C::other; }) c.other = member_name<C::other>();
            info.checks.push_back(std::move(c));
        });
    R const defaults{};
    Fields::for_each([&]<auto M>() {
        using type = member_type<M>;
        field_info f{std::string(member_name<M>()),
                     std::string(unit_of<type>()),
                     type_of<type>(),
                     double(defaults.*M),
                     "",
                     offset_of<M>()};
        for (auto const& c : info.checks)
            if (c.member == f.name) f.range += (f.range.empty() ? "" : " and ") + c.range;
        info.fields.push_back(std::move(f));
    });
    return info;
}

}  // namespace ranvier
