// What a model is made of: records whose members are listed once, their checks, and columns of them.
//
// A neuron model is a struct with
//   name, summary          text
//   reference              text, optional: where the model is from
//   port, n_ports          spike input channels; routes[receptor] says which input goes to which
//   n_currents             receptors that accept currents
//   params, state, derived records (structs of eight-byte members with `using fields = field_list<...>`)
//   params::checks, state::checks   check_list<...>, tested before anything is changed
//   settable, recordables  field_lists of state
//   relative               state members that are kept relative to a parameter (E_L)
//   derive(params, h)      propagators; host only
//   initialise(params, h, state&)   optional: state that follows from parameters. Called when a neuron is
//   created
//                          and when a call sets members of `initialised_by`, a field_list of params; host
//                          only
//   step(derived, state&, inputs, context)   one step; how many spikes
//
// It may have lists of elements as well (receptors, adaptation currents), whose lengths are known at run time
// only: `using lists = element_lists<...>`. An element is a struct with
//   count                  name of the parameter that tells how many there are (read-only), or ""
//   initial                how many a new neuron has
//   receptors              whether they are the receptors 1, 2 ... for spikes, each with a port of its own;
//                          the first list only
//   negative_weights       of receptors: whether connections may have them
//   params, state, derived records, as the neuron's. derived{} must do nothing: lists of a population are
//                          padded to its longest
//   settable, recordables  field_lists of state; a recordable x of element i is x_i
//   derive(neuron's params, params, h)
//   compatible(neuron's params, params), compatible_range   optional: a check of both together
//   advance(derived, state&, input, neuron's state, sums&)   one step, before the neuron's
//   spike(derived, state&, spikes)   optional: after the neuron's, if it has fired
// and step has a fifth argument, the record `sums` of doubles that the elements have added to. Such a neuron
// may have
//   spike(derived, state&, context)   what it does when step says that it fires, or may; how many spikes, or
//   0
// which may loop and branch: step should not, so that loops over neurons vectorise.
//
// A neuron without lists may be integrated in parts of a step (kernels/parts.h):
//   whole(derived, state&, inputs)        before step; takes it at once, if that is enough
//   part(derived, state&, inputs, left)   after whole, until nothing is left
#pragma once
#include <cstddef>
#include <cstdint>
#include <type_traits>
#include <utility>

#include "kernels/math.h"
#include "models/function.h"
#include "models/quantity.h"

namespace ranvier {

template <auto Member> struct member_of;
template <class R, class T, T R::*M> struct member_of<M> {
    using record = R;
    using type = T;
};
template <auto Member> using member_type = typename member_of<Member>::type;
/// The plain number that a member holds.
template <class T> struct plain { using type = T; };
template <class U, class T> struct plain<quantity<U, T>> { using type = T; };
template <auto Member> using plain_type = typename plain<member_type<Member>>::type;
template <auto Member> struct member_tag {};

/// The members of a record, in order. Columns, tables, checks and documentation are derived from it.
template <auto... Members> struct field_list {
    static constexpr std::size_t bytes = (std::size_t{0} + ... + sizeof(member_type<Members>));
    static constexpr int size = sizeof...(Members);
    template <class F> RANVIER_FN static constexpr void for_each([[maybe_unused]] F f) {
        (f.template operator()<Members>(), ...);
    }
};

template <class... Lists> struct joined_lists;
template <auto... A> struct joined_lists<field_list<A...>> { using type = field_list<A...>; };
template <auto... A, auto... B, class... More>
struct joined_lists<field_list<A...>, field_list<B...>, More...>
    : joined_lists<field_list<A..., B...>, More...> {};
/// Members of the first list, then those of the next.
template <class... Lists> using joined = typename joined_lists<Lists...>::type;

/// A record without members, for models that need none.
struct nothing {
    using fields = field_list<>;
};

/// A record's members as structure of arrays in one allocation: column j holds `capacity` values of member j.
/// Two words, trivially copyable: a kernel argument.
template <class R> struct columns {
    std::byte* base = nullptr;
    std::int64_t capacity = 0;

    static constexpr std::size_t width = R::fields::bytes;
    static_assert(R::fields::size == 0 || R::fields::bytes == sizeof(R),
                  "a member is missing from fields, or the record has padding");
    static std::size_t bytes(std::int64_t capacity) { return std::size_t(capacity) * width; }

    template <auto M> RANVIER_FN auto* column() const {
        std::size_t offset = 0;
        bool before = true;
        R::fields::for_each([&]<auto N>() {
            if constexpr (std::is_same_v<member_tag<N>, member_tag<M>>) before = false;
            if (before) offset += sizeof(member_type<N>);
        });
        return reinterpret_cast<plain_type<M>*>(base + offset * std::size_t(capacity));
    }
    RANVIER_FN R load(std::int64_t i) const {
        R r;
        R::fields::for_each([&]<auto M>() { r.*M = column<M>()[i]; });
        return r;
    }
    RANVIER_FN void store(std::int64_t i, R const& r) const {
        R::fields::for_each([&]<auto M>() { column<M>()[i] = plain_type<M>(r.*M); });
    }
};

/// Constants that all records of a population share; columns<R> is the other kind.
template <class R> struct shared_record {
    R value;
    RANVIER_FN R const& load(std::int64_t) const { return value; }
};

/// Where input of one receptor goes: by sign of the weight, or all to one port.
struct routing {
    enum class value { signed_weight, magnitude, count, none };
    std::int32_t positive = 0, negative = 0;  // port of contributions > 0, of those <= 0
    value what = value::signed_weight;
};
constexpr routing to_port(int port) { return {port, port, routing::value::signed_weight}; }
constexpr routing by_sign(int ex, int in) { return {ex, in, routing::value::signed_weight}; }
constexpr routing by_sign_magnitude(int ex, int in) { return {ex, in, routing::value::magnitude}; }
constexpr routing spike_count(int port) { return {port, port, routing::value::count}; }
constexpr routing ignored() { return {0, 0, routing::value::none}; }

/// Input of one neuron in one step: spike ports in the unit of the weight, currents (pA) that act in this
/// step.
template <int Ports, int Currents> struct inputs {
    double spikes[Ports > 0 ? Ports : 1];
    double currents[Currents > 0 ? Currents : 1];
    RANVIER_FN double operator[](int port) const { return spikes[port]; }
};

/// State member Member is kept relative to parameter Origin; users see the sum.
template <auto Member, auto Origin> struct relative_to {
    static constexpr auto member = Member;
    static constexpr auto origin = Origin;
};
template <class... R> struct relative_list {
    template <class F> static constexpr void for_each([[maybe_unused]] F f) { (f(R{}), ...); }
};

/// Checks of a record. Each names a member, says whether a record passes, and in words what is allowed.
template <class... C> struct check_list {
    template <class F> static constexpr void for_each([[maybe_unused]] F f) { (f(C{}), ...); }
};
template <auto M> struct positive {
    static constexpr auto member = M;
    static constexpr char range[] = "> 0";
    template <class R> static constexpr bool ok(R const& r) { return r.*M > 0; }
};
template <auto M> struct non_negative {
    static constexpr auto member = M;
    static constexpr char range[] = ">= 0";
    template <class R> static constexpr bool ok(R const& r) { return r.*M >= 0; }
};
template <auto M> struct in_0_1 {
    static constexpr auto member = M;
    static constexpr char range[] = "in (0, 1]";
    template <class R> static constexpr bool ok(R const& r) { return r.*M > 0 && r.*M <= 1; }
};
template <auto M> struct in_closed_0_1 {
    static constexpr auto member = M;
    static constexpr char range[] = "in [0, 1]";
    template <class R> static constexpr bool ok(R const& r) { return r.*M >= 0 && r.*M <= 1; }
};
template <auto M, auto With> struct sum_at_most_1 {
    static constexpr auto member = M, other = With;
    static constexpr char range[] = "<= 1 - ";
    template <class R> static constexpr bool ok(R const& r) { return r.*M + r.*With <= 1; }
};
template <auto M> struct countable {
    static constexpr auto member = M;
    static constexpr std::int64_t most = 65535;
    static constexpr char range[] = "0 ... 65535";
    template <class R> static constexpr bool ok(R const& r) { return r.*M >= 0 && r.*M <= most; }
};
template <auto M, auto Than> struct less {
    static constexpr auto member = M, other = Than;
    static constexpr char range[] = "< ";  // followed by the other member's name
    template <class R> static constexpr bool ok(R const& r) { return r.*M < r.*Than; }
};
template <auto M, auto Than> struct at_least {
    static constexpr auto member = M, other = Than;
    static constexpr char range[] = ">= ";
    template <class R> static constexpr bool ok(R const& r) { return r.*M >= r.*Than; }
};
template <auto M, auto Than> struct differs {
    static constexpr auto member = M, other = Than;
    static constexpr char range[] = "other than ";
    template <class R> static constexpr bool ok(R const& r) { return r.*M != r.*Than; }
};

/// Types of a neuron's elements.
template <class... E> struct element_lists {
    static constexpr int size = sizeof...(E);
    template <class F> RANVIER_FN static constexpr void for_each([[maybe_unused]] F f) {
        [&]<int... L>(std::integer_sequence<int, L...>) { (f.template operator()<L, E>(), ...); }
        (std::make_integer_sequence<int, sizeof...(E)>{});
    }
};
template <class M> struct lists_of_model { using type = element_lists<>; };
template <class M>
requires requires { typename M::lists; }
struct lists_of_model<M> {
    using type = typename M::lists;
};
template <class M> using lists_of = typename lists_of_model<M>::type;

/// Whether some state of a model follows from parameters.
/// A stochastic neuron that asks for random numbers only with some parameters: draws(params).
template <class M>
concept may_draw = M::stochastic && requires(typename M::params const& p) {
    M::draws(p);
};
template <class M>
concept initialises = requires(typename M::params const& p, typename M::state& s) {
    M::initialise(p, 0.1, s);
};

}  // namespace ranvier
