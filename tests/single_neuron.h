// One neuron taken through its step function directly: input slots, no engine. Steps, stamps and slots are
// those of time_and_events.md, 3: a spike stamped s with delay d is in the slot of step s + d - 1.
#pragma once
#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include "kernels/parts.h"
#include "models/model.h"

namespace ranvier::test {

/// Name of a member: what comes after the last "::" in "[with auto Member = &model::params::name; ...]".
template <auto Member> constexpr std::string_view member_name() {
    std::string_view const text = __PRETTY_FUNCTION__;
    auto const first = text.find("Member = ");
    auto const path = text.substr(first, text.find_first_of(";])", first) - first);
    return path.substr(path.rfind("::") + 2);
}

/// Stands for the random numbers of a step: always `value`, or a model that may not draw.
struct constant_draws {
    static constexpr bool has_draws = true;
    double value;
    double uniform() const { return value; }
};
struct no_draws {
    static constexpr bool has_draws = false;
};

template <class M> class single_neuron {
  public:
    double h;
    typename M::params params;
    typename M::state state{};  // relative members relative, as a partition keeps them
    typename M::derived derived;

    explicit single_neuron(double h, typename M::params p = {}) : h(h), params(p), derived(M::derive(p, h)) {
        M::relative::for_each([&](auto r) { state.*r.member = state.*r.member - params.*r.origin; });
        if constexpr (initialises<M>) M::initialise(params, h, state);
    }
    /// A state member as users see it.
    template <auto Member> double get() const { return state.*Member + origin<Member>(); }
    template <auto Member> void set(double x) { state.*Member = x - origin<Member>(); }
    double V_m() const { return get<&M::state::V_m>(); }
    double recorded(std::string_view name) const {
        double x = 0;
        bool found = false;
        M::recordables::for_each([&]<auto Member>() {
            if (member_name<Member>() == name) x = get<Member>(), found = true;
        });
        if (!found) throw std::invalid_argument("no recordable " + std::string(name));
        return x;
    }

    void spike(std::int64_t step, double contribution, int receptor = 0, int multiplicity = 1) {
        auto const route = M::routes[receptor];
        if (route.what == routing::value::none) return;
        auto& slot = input(step).spikes[contribution > 0 ? route.positive : route.negative];
        if (route.what == routing::value::signed_weight) slot += contribution * multiplicity;
        if (route.what == routing::value::magnitude) slot += std::fabs(contribution) * multiplicity;
        if (route.what == routing::value::count) slot += multiplicity;
    }
    /// Current that acts in steps [first, last).
    void current(std::int64_t first, std::int64_t last, double pA, int receptor = 0) {
        for (auto k = first; k < last; ++k) input(k).currents[receptor] += pA;
    }

    /// One step; how many spikes.
    template <class Context = no_draws> int step(Context const& context = {}) {
        auto const& in = take_input();
        integrate<M>(
            [&]() -> auto const& { return derived; }, state, in);
        return M::step(derived, state, in, context);
    }
    /// Input of the step that is due, which is over then.
    inputs<M::n_ports, M::n_currents> const& take_input() { return input(now_++); }
    /// Stamps of the spikes of so many steps, after each of which observe(stamp) is called.
    std::vector<std::int64_t> run(std::int64_t steps, std::function<void(std::int64_t)> observe = {}) {
        std::vector<std::int64_t> stamps;
        for (auto const end = now_ + steps; now_ < end;) {
            for (auto n = step(); n > 0; --n) stamps.push_back(now_);
            if (observe) observe(now_);
        }
        return stamps;
    }
    std::int64_t now() const { return now_; }

  private:
    using input_type = inputs<M::n_ports, M::n_currents>;
    input_type& input(std::int64_t step) {
        if (std::size_t(step) >= input_.size()) input_.resize(std::size_t(step) + 1, input_type{});
        return input_[std::size_t(step)];
    }
    template <auto Member> double origin() const {
        double x = 0;
        M::relative::for_each([&](auto r) {
            if constexpr (std::is_same_v<member_tag<r.member>, member_tag<Member>>) x = params.*r.origin;
        });
        return x;
    }

    std::vector<input_type> input_;
    std::int64_t now_ = 0;
};

inline nlohmann::json read_json(std::string const& name) {
    std::ifstream file(std::string(RANVIER_TEST_DATA) + "/" + name);
    if (!file) throw std::runtime_error("cannot read " + name);
    return nlohmann::json::parse(file);
}

/// The default record, with the members that are named in `values` and known to it. null: infinity.
template <class R> R record_from(nlohmann::json const& values, R r = {}) {
    R::fields::for_each([&]<auto Member>() {
        auto const found = values.find(member_name<Member>());
        if (found == values.end()) return;
        if (found->is_boolean())
            r.*Member = found->template get<bool>();
        else
            r.*Member =
                found->is_null() ? std::numeric_limits<double>::infinity() : found->template get<double>();
    });
    return r;
}

/// Whether a record passes all its checks.
template <class R> bool valid(R const& r) {
    bool ok = true;
    R::checks::for_each([&](auto check) { ok = ok && check.ok(r); });
    return ok;
}

}  // namespace ranvier::test
