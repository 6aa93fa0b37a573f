// What can be said of a rule's edges before they are drawn, and mistakes in rules.
#pragma once
#include <string>

#include "host/connect.h"
#include "host/error.h"

namespace ranvier {

std::string rule_name(rule_kind k);
/// "indegree", "outdegree" or "N".
std::string count_name(rule_kind k);
/// Throws what a fault means.
void check_rule(rule_fault f, edge_rule const& r, rule const& how);
/// Values in an array for the rule's edges, or -1: it takes none.
std::int64_t array_length(edge_rule const& r);
/// Edges, at most (but for a chance below 1e-8).
double expected_edges(edge_rule const& r);
/// Edges into one target, at most (for random numbers: but for a chance below 1e-20).
double indegree_bound(edge_rule const& r);
/// In- or out-degrees of a rule that gives one for each of n nodes: from an array, or drawn and rounded.
std::vector<std::int32_t> degrees_of(rule const& how, std::int64_t n, std::uint32_t seed,
                                     std::uint32_t ordinal);
/// Of symmetric_pairwise_bernoulli: sources that each of n targets draws, from n_pre.
std::vector<std::int32_t> symmetric_degrees(double p, std::int64_t n_pre, std::int64_t n, std::uint32_t seed,
                                            std::uint32_t ordinal);

}  // namespace ranvier
