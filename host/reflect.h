// Models at run time: tables made from the declarations in models/.
#pragma once
#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <vector>

#include "host/reflect_record.h"
#include "models/device.h"
#include "models/model.h"
#include "models/synapse.h"

namespace ranvier {

/// Byte offset of a state column, per unit of capacity.
struct recordable_info {
    std::string name, unit;
    std::int64_t column;
    std::size_t offset;  // in the state record
    bool relative;       // to the parameter whose offset in params is `origin`
    std::size_t origin;
};

/// A list of elements that neurons of a model have.
struct element_info {
    std::string count;  // name of the parameter that tells how many there are, or empty
    int initial = 0;
    bool receptors = false, negative_weights = true;
    record_info params, state;  // of state only what users may set
    std::size_t state_size = 0;
    std::vector<recordable_info> recordables;  // of the first element; offsets and columns within an element
    void (*make)(void* params, int element) = nullptr;  // of a new neuron
    /// A check of the neuron's parameters and an element's; may be null.
    bool (*compatible)(void const* params, void const* element) = nullptr;
    std::string compatible_range;
    std::size_t params_size() const { return params.size; }
    std::size_t state_size_of() const { return state_size; }
};
using list_lengths = std::vector<std::int32_t>;  // [list]

/// Two lists of a device: value i holds from time i on.
struct list_info {
    std::string times, values, unit;
    bool future_only;
};

/// A node model at run time.
///
/// A neuron's record of parameters is params, then for each list how many elements it has, then the elements
/// [list][element], as many as the longest list of the population; its record of state is state and elements
/// likewise.
struct node_model {
    std::string name, summary, reference;
    node_role role = node_role::neuron;
    record_info params, state;  // of state only what users may set
    std::vector<recordable_info> recordables;
    std::vector<routing> routes;              // by receptor
    std::vector<std::string> initialised_by;  // parameters that, when set, make `initialise` be called
    int n_ports = 0, n_currents = 0;
    bool multiple = false, archives = false;
    std::size_t state_size = 0;
    /// Users see absolute values, kernels relative ones.
    void (*to_internal)(void const* params, void* state) = nullptr;
    void (*to_absolute)(void const* params, void* state) = nullptr;
    /// State that depends on parameters whenever these are set; may be null.
    void (*initialise)(void const* params, double h, void* state) = nullptr;
    std::int64_t (*least_interval)(void const* params, double h) = nullptr;
    std::int64_t id = 0;  // position in the registry
    std::vector<element_info> lists;

    // Of devices.
    signal (*emit)(void const* params, double value,
                   double h) = nullptr;  // generators that targets draw from
    std::optional<list_info> list;
    std::vector<std::string> on_grid;      // durations that are multiples of the resolution
    bool early = false;                    // in activity, as currents
    std::string emitted;                   // what multimeters record of it, or empty
    std::string individual;                // flag of the model, or empty: without it all targets get
    node_model const* shared = nullptr;    // the spikes of this model, which is not listed
    std::vector<std::string> record_from;  // default
    bool generates() const { return emit != nullptr; }
    char const* emitted_unit() const { return role == node_role::current_drive ? "pA" : "1/s"; }

    std::size_t params_at(list_lengths const& n, std::size_t list, std::int64_t element) const {
        return at<&element_info::params_size>(params.size + 8 * lists.size(), n, list, element);
    }
    std::size_t state_at(list_lengths const& n, std::size_t list, std::int64_t element) const {
        return at<&element_info::state_size_of>(state_size, n, list, element);
    }
    std::size_t params_bytes(list_lengths const& n) const { return params_at(n, lists.size(), 0); }
    std::size_t state_bytes(list_lengths const& n) const { return state_at(n, lists.size(), 0); }
    /// Elements that a neuron has, of its record of parameters.
    std::int64_t count(void const* record, std::size_t list) const {
        std::int64_t n;
        std::memcpy(&n, static_cast<std::byte const*>(record) + params.size + 8 * list, sizeof n);
        return n;
    }
    /// Receptors of a neuron for spikes; input channels of neurons with lists of these lengths.
    bool has_receptor_list() const { return !lists.empty() && lists[0].receptors; }
    int ports(list_lengths const& n) const { return n_ports + (has_receptor_list() ? n[0] : 0); }
    routing route(std::int32_t receptor) const {
        return has_receptor_list() ? to_port(n_ports + receptor - 1) : routes[std::size_t(receptor)];
    }

  private:
    template <auto Size>
    std::size_t at(std::size_t first, list_lengths const& n, std::size_t list, std::int64_t element) const {
        for (std::size_t l = 0; l < list; ++l) first += (lists[l].*Size)() * std::size_t(n[l]);
        return list < lists.size() ? first + (lists[list].*Size)() * std::size_t(element) : first;
    }
};

/// Of state member Member of R; column: bytes of the members before it.
template <class R, auto Member> recordable_info describe_recordable() {
    recordable_info r{std::string(member_name<Member>()),
                      std::string(unit_of<member_type<Member>>()),
                      0,
                      offset_of<Member>(),
                      false,
                      0};
    bool before = true;
    R::fields::for_each([&]<auto N>() {
        if (member_name<N>() == r.name) before = false;
        if (before) r.column += sizeof(member_type<N>);
    });
    return r;
}

template <class M, class E> element_info describe_elements() {
    element_info e;
    e.count = E::count;
    e.initial = E::initial;
    e.receptors = E::receptors;
    e.negative_weights = E::negative_weights;
    e.params = describe_record<typename E::params>();
    e.state = describe_record<typename E::state, typename E::settable>();
    e.state_size = sizeof(typename E::state);
    E::recordables::for_each([&]<auto Member>() {
        e.recordables.push_back(describe_recordable<typename E::state, Member>());
    });
    e.make = [](void* params, [[maybe_unused]] int element) {
        if constexpr (requires { E::initial_params(0); })
            new (params) typename E::params(E::initial_params(element));
        else
            new (params) typename E::params{};
    };
    if constexpr (requires(typename M::params const& p, typename E::params const& q) {
                      E::compatible(p, q);
                  }) {
        e.compatible = [](void const* params, void const* element) {
            return E::compatible(*static_cast<typename M::params const*>(params),
                                 *static_cast<typename E::params const*>(element));
        };
        e.compatible_range = E::compatible_range;
    }
    return e;
}

template <class M> node_model describe_neuron() {
    node_model m;
    m.name = M::name;
    m.summary = M::summary;
    if constexpr (requires { M::reference; }) m.reference = M::reference;
    m.params = describe_record<typename M::params>();
    m.state = describe_record<typename M::state, typename M::settable>();
    m.state_size = sizeof(typename M::state);
    if constexpr (requires { M::routes; })
        for (auto const& r : M::routes) m.routes.push_back(r);
    lists_of<M>::for_each([&]<int L, class E>() { m.lists.push_back(describe_elements<M, E>()); });
    m.n_ports = M::n_ports;
    m.n_currents = M::n_currents;
    m.multiple = M::multiple;
    m.archives = M::archives;
    m.to_internal = [](void const* params, void* state) {
        M::relative::for_each([&]<class R>(R) {
            auto& x = static_cast<typename M::state*>(state)->*R::member;
            x = x - static_cast<typename M::params const*>(params)->*R::origin;
        });
    };
    m.to_absolute = [](void const* params, void* state) {
        M::relative::for_each([&]<class R>(R) {
            auto& x = static_cast<typename M::state*>(state)->*R::member;
            x = x + static_cast<typename M::params const*>(params)->*R::origin;
        });
    };
    if constexpr (requires(typename M::params p, typename M::state s) { M::initialise(p, 0.1, s); })
        m.initialise = [](void const* params, double h, void* state) {
            M::initialise(*static_cast<typename M::params const*>(params), h,
                          *static_cast<typename M::state*>(state));
        };
    if constexpr (requires { typename M::initialised_by; })
        M::initialised_by::for_each([&]<auto Member>() {
            m.initialised_by.push_back(std::string(member_name<Member>()));
        });
    m.least_interval = [](void const* params, double h) -> std::int64_t {
        return M::least_interval(M::derive(*static_cast<typename M::params const*>(params), h));
    };
    M::recordables::for_each([&]<auto Member>() {
        auto r = describe_recordable<typename M::state, Member>();
        M::relative::for_each([&]<class R>(R) {
            if (member_name<R::member>() != r.name) return;
            r.relative = true;
            r.origin = offset_of<R::origin>();
        });
        m.recordables.push_back(std::move(r));
    });
    return m;
}

template <class D> node_model describe_device() {
    node_model m;
    m.name = D::name;
    m.summary = D::summary;
    if constexpr (requires { D::reference; }) m.reference = D::reference;
    m.role = D::role;
    m.params = describe_record<typename D::params>();
    m.state = D::role == node_role::volume_transmitter ? describe_record<nothing>()
                                                       : describe_record<device_window>();
    if constexpr (requires(typename D::params p) { D::emit(p, 0.0, 0.1); })
        m.emit = [](void const* p, double value, double h) {
            return D::emit(*static_cast<typename D::params const*>(p), value, h);
        };
    if constexpr (requires { D::list; })
        m.list = list_info{D::list.times, D::list.values, D::list.unit, D::list.future_only};
    if constexpr (requires { typename D::on_grid; })
        D::on_grid::for_each([&]<auto M>() { m.on_grid.push_back(std::string(member_name<M>())); });
    m.early = D::role == node_role::current_drive;
    if constexpr (requires { D::early; }) m.early = D::early;
    if constexpr (requires { D::recordable; }) m.emitted = D::recordable;
    if constexpr (requires { D::record_from; }) m.record_from = {D::record_from};
    if constexpr (requires { D::individual; }) {
        static auto const shared = [&] {
            auto other = m;
            other.role = node_role::train_source;
            other.individual = D::individual;
            return other;
        }();
        m.individual = D::individual;
        m.shared = &shared;
    }
    return m;
}

/// A synapse model at run time. weight_ok says whether a weight goes with per-connection parameters,
/// largest_factor how many times its weight a connection may send.
struct synapse_model {
    std::string name, summary, reference;
    bool single = false;  // weights are float
    bool common_weight = false;
    bool plastic = false;  // what a spike does depends on others, or on chance
    bool pairs = false, triplets = false, stochastic = false;
    double weight = 1;  // default
    record_info common, params, state;
    std::string modulator,
        no_modulator;               // name of the property that tells who modulates; what is said if none
    std::size_t source_traces = 0;  // members of state that are traces of sources: the first ones
    bool (*weight_ok)(void const* params, double weight) = nullptr;
    double (*largest_factor)(void const* params, void const* state) = nullptr;
    std::string weight_range;
    std::int64_t id = 0;
};

template <class S> synapse_model describe_synapse(bool single) {
    synapse_model m;
    m.name = std::string(S::name) + (single ? "_hpc" : "");
    m.summary = std::string(S::summary) + (single ? " (single precision, compact)" : "");
    if constexpr (requires { S::reference; }) m.reference = S::reference;
    m.single = single;
    m.plastic = S::kind != synapse_kind::fixed;
    m.pairs = S::kind == synapse_kind::pairs;
    if constexpr (S::kind == synapse_kind::pairs) m.triplets = of_triplets<typename S::template rule<double>>;
    if constexpr (requires { S::modulator; }) m.modulator = S::modulator, m.no_modulator = S::no_modulator;
    if constexpr (S::kind == synapse_kind::sending) m.stochastic = S::template rule<double>::stochastic;
    m.common_weight = S::common_weight;
    m.weight = S::weight;
    m.common = describe_record<typename S::common>();
    m.params = describe_record<typename S::params>();
    m.state = describe_record<typename S::state>();
    if (m.pairs) m.source_traces = m.modulator.empty() ? m.state.fields.size() : 1;
    if constexpr (requires(typename S::params p) { S::weight_ok(p, 1.0); }) {
        m.weight_ok = [](void const* p, double w) {
            return S::weight_ok(*static_cast<typename S::params const*>(p), w);
        };
        m.weight_range = S::weight_range;
    }
    if constexpr (requires(typename S::params p, typename S::state s) { S::largest_factor(p, s); })
        m.largest_factor = [](void const* p, void const* s) {
            return S::largest_factor(*static_cast<typename S::params const*>(p),
                                     *static_cast<typename S::state const*>(s));
        };
    return m;
}

}  // namespace ranvier
