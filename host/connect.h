// What connect takes: rules, synapse specifications, edge lists.
#pragma once
#include <optional>
#include <span>
#include <string>

#include "host/parameter.h"
#include "kernels/edges.h"

namespace ranvier {

/// Which pairs are connected (connectivity.md, 2). Multapses and autapses are allowed unless switched off.
struct rule {
    rule_kind kind = rule_kind::all_to_all;
    std::int64_t count = 0;  // in-degree, out-degree or total number
    double p = 0;
    bool allow_autapses = true, allow_multapses = true;
    bool make_symmetric = false;            // one_to_one: also target -> source, with the same values
    std::optional<parameter> degrees = {};  // of each target or source, instead of `count`

    rule without_autapses() const { return with(false, allow_multapses); }
    rule without_multapses() const { return with(allow_autapses, false); }
    rule with(bool autapses, bool multapses) const {
        auto r = *this;
        r.allow_autapses = autapses;
        r.allow_multapses = multapses;
        return r;
    }
    rule symmetric() const {
        auto r = *this;
        r.make_symmetric = true;
        return r;
    }
    /// A rule by its name; `value` is indegree, outdegree, N, p or the mean number of connections of a pair.
    /// unknown_rule if there is none of that name.
    static rule named(std::string_view name, double value = 0);
};
inline rule all_to_all() { return {rule_kind::all_to_all}; }
inline rule one_to_one() { return {rule_kind::one_to_one}; }
inline rule fixed_indegree(std::int64_t k) { return {rule_kind::fixed_indegree, k}; }
inline rule fixed_outdegree(std::int64_t k) { return {rule_kind::fixed_outdegree, k}; }
inline rule fixed_total_number(std::int64_t n) { return {rule_kind::fixed_total_number, n}; }
inline rule pairwise_bernoulli(double p) { return {rule_kind::pairwise_bernoulli, 0, p}; }
/// As many connections from a source to a target as a Poisson number of this mean.
inline rule pairwise_poisson(double mean) { return {rule_kind::pairwise_poisson, 0, mean}; }
/// Degrees one by one (integers), or random, rounded to the next integer. Values of connections can be no
/// arrays then.
inline rule fixed_indegree(parameter degrees) {
    return {rule_kind::fixed_indegree, 0, 0, true, true, false, std::move(degrees)};
}
inline rule fixed_outdegree(parameter degrees) {
    return {rule_kind::fixed_outdegree, 0, 0, true, true, false, std::move(degrees)};
}
/// Each target draws sources (a binomial number, p < 1, of distinct ones, not itself), and is connected with
/// them in both directions.
inline rule symmetric_pairwise_bernoulli(double p) {
    return {rule_kind::symmetric_pairwise_bernoulli, 0, p, false, true, true};
}

/// How the pairs are connected. Arrays have one value per connection, in the rule's order of creation:
/// one_to_one [n], all_to_all [targets][sources], fixed_indegree [targets][indegree], fixed_outdegree
/// [sources][outdegree], fixed_total_number [N], edge lists [edges].
struct synapse {
    std::string model = "static_synapse";
    std::optional<parameter> weight = {};  // unit of the target's input; default: the model's
    std::optional<parameter> delay = {};   // ms; default: the model's
    int receptor = 0;
    dictionary params = {};  // any other parameter of the connection, scalar, array or distribution
};

/// Explicit edges: source[i] -> target[i], ids.
struct edge_list {
    std::span<std::int32_t const> source, target;
};

/// Connections as a table; column i of each belongs to connection i.
struct connection_table {
    std::vector<std::int32_t> source, target;  // ids
    std::vector<double> weight, delay;         // delay in ms
    std::vector<std::int32_t> synapse_model;   // index for network::synapse_name
    std::vector<double> Kplus;                 // NaN where the synapse has none
    std::vector<std::uint64_t> handle;         // for set_weights; valid until it is disconnected
};

}  // namespace ranvier
