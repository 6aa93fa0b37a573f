#include "host/rules.h"

#include <algorithm>
#include <cmath>

#include "host/expression.h"
#include "kernels/values.h"

namespace ranvier {

namespace {

constexpr char const* rule_names[] = {
    "all_to_all",       "one_to_one",      "fixed_indegree",     "pairwise_bernoulli",
    "pairwise_poisson", "fixed_outdegree", "fixed_total_number", "symmetric_pairwise_bernoulli"};

}  // namespace

std::string rule_name(rule_kind k) { return rule_names[int(k)]; }

std::string count_name(rule_kind k) {
    return k == rule_kind::fixed_indegree ? "indegree" : k == rule_kind::fixed_outdegree ? "outdegree" : "N";
}

void check_rule(rule_fault f, edge_rule const& r, rule const& how) {
    std::string const name = rule_names[int(how.kind)];
    auto impossible = [&](std::string const& parameter, std::string const& value, std::string const& allowed,
                          std::string const& remedy) {
        throw impossible_connectivity({name, parameter, value, allowed, remedy});
    };
    auto const count = how.degrees ? how.degrees->text() : fmt::format("{}", how.count);
    switch (f) {
        case rule_fault::none:
            return;
        case rule_fault::empty_pre:
            impossible("sources", "none", "at least one", "give the sources");
            break;
        case rule_fault::empty_post:
            impossible("targets", "none", "at least one", "give the targets");
            break;
        case rule_fault::unequal_sizes:
            throw wrong_size({name, "sources and targets", fmt::format("{} and {}", r.pre.n, r.post.n),
                              "equal numbers", "choose another rule"});
        case rule_fault::ids_not_ascending:
            impossible("ids", "not ascending", "distinct ids in ascending order", "sort them");
            break;
        case rule_fault::negative_count:
            impossible(count_name(how.kind), count, ">= 0", "0 makes no connections");
            break;
        case rule_fault::probability_out_of_range:
            impossible("p", fmt::format("{}", how.p), "0 ... 1", "give a probability");
            break;
        case rule_fault::mean_out_of_range:
            impossible("p", fmt::format("{}", how.p), ">= 0, and at most 2^31 edges into a target",
                       "give the mean number of connections of a pair");
            break;
        case rule_fault::indegree_exceeds_sources:
        case rule_fault::no_admissible_source:
            impossible("indegree", count, fmt::format("at most the {} sources a target may have", r.pre.n),
                       "allow multapses or autapses, or lower it");
            break;
        case rule_fault::outdegree_exceeds_targets:
        case rule_fault::no_admissible_target:
            impossible("outdegree", count, fmt::format("at most the {} targets a source may have", r.post.n),
                       "allow multapses or autapses, or lower it");
            break;
        case rule_fault::total_exceeds_pairs:
        case rule_fault::total_without_multapses:
            impossible("allow_multapses", "false", "true for this rule", "allow multapses");
            break;
        case rule_fault::no_admissible_pair:
            impossible("N", count, "0: every pair is an autapse", "allow autapses");
            break;
        case rule_fault::poisson_without_multapses:
            impossible("allow_multapses", "false", "true for this rule", "allow multapses");
            break;
    }
}

std::int64_t array_length(edge_rule const& r) {
    switch (r.kind) {
        case rule_kind::all_to_all:
            return std::int64_t{r.pre.n} * r.post.n;
        case rule_kind::one_to_one:
            return r.post.n;
        case rule_kind::fixed_indegree:
            return r.counts ? -1 : r.post.n * r.count;
        case rule_kind::fixed_outdegree:
            return r.counts ? -1 : r.pre.n * r.count;
        case rule_kind::fixed_total_number:
            return r.count;
        default:
            return -1;
    }
}

double expected_edges(edge_rule const& r) {
    auto const n = total_edges(r);
    if (n >= 0) return double(n);
    auto const pairs = double(r.pre.n) * double(r.post.n);
    if (r.kind == rule_kind::all_to_all) return pairs;
    if (r.kind == rule_kind::one_to_one) return r.post.n;
    return pairs * r.p + 6 * std::sqrt(pairs * r.p) + 1;
}

double indegree_bound(edge_rule const& r) {
    auto unlikely = [](double mean) { return mean + 10 * std::sqrt(mean) + 50; };
    double const pre = r.pre.n;
    auto const total = double(total_edges(r)), mean = total / r.post.n;
    switch (r.kind) {
        case rule_kind::all_to_all:
            return pre;
        case rule_kind::one_to_one:
            return r.post.ids ? r.post.n : 1;
        case rule_kind::fixed_indegree:
            if (r.turned) return std::min(pre, unlikely(mean));
            return r.counts ? *std::max_element(r.counts, r.counts + r.post.n) : double(r.count);
        case rule_kind::pairwise_bernoulli:
            return std::min(pre, unlikely(r.p * pre));
        case rule_kind::pairwise_poisson:
            return unlikely(r.p * pre);
        default:
            return std::min(total, unlikely(mean));
    }
}

namespace {

void check_degree(double x, rule const& how, std::string const& value) {
    if (x >= 0 && x < 0x1p31) return;
    throw impossible_connectivity({rule_name(how.kind), count_name(how.kind), value, "0 ... 2^31 - 1",
                                   "bound random degrees by redraw or max"});
}

}  // namespace

std::vector<std::int32_t> degrees_of(rule const& how, std::int64_t n, std::uint32_t seed,
                                     std::uint32_t ordinal) {
    auto const& given = *how.degrees;
    auto const object = rule_name(how.kind), name = count_name(how.kind);
    std::vector<std::int32_t> out;
    if (auto const* list = given.get<std::vector<std::int64_t>>()) {
        if (std::int64_t(list->size()) != n)
            throw wrong_size({object, name, fmt::format("{} values", list->size()),
                              fmt::format("{} values", n), "give one for each node"});
        for (auto const k : *list) {
            check_degree(double(k), how, fmt::format("{}", k));
            out.push_back(std::int32_t(k));
        }
        return out;
    }
    auto const* d = given.get<distribution>();
    if (!d)
        throw wrong_type({object, name, given.text(), "an integer, integers or a distribution",
                          "it was given as " + given.type()});
    for (auto const drawn :
         draws_of(*d, n, make_key(seed, stream_kind::edge_counts, ordinal), 0, object, name)) {
        auto const x = std::floor(drawn + 0.5);
        check_degree(x, how, fmt::format("{} of {}", x, given.text()));
        out.push_back(std::int32_t(x));
    }
    return out;
}

std::vector<std::int32_t> symmetric_degrees(double p, std::int64_t n_pre, std::int64_t n, std::uint32_t seed,
                                            std::uint32_t ordinal) {
    auto const keyed = make_key(seed, stream_kind::edge_counts, ordinal);
    std::vector<std::int32_t> out;
    for (std::int64_t i = 0; i < n; ++i) {
        draws from{keyed, std::uint32_t(i)};
        auto k = binomial(from, n_pre, p);
        for (int attempt = 0; k == n_pre && attempt < max_attempts; ++attempt) k = binomial(from, n_pre, p);
        out.push_back(std::int32_t(std::min(k, n_pre - 1)));
    }
    return out;
}

rule rule::named(std::string_view name, double value) {
    std::string known;
    for (int k = 0; k < int(std::size(rule_names)); ++k) {
        auto const kind = rule_kind(k);
        if (rule_names[k] == name) {
            if (kind == rule_kind::symmetric_pairwise_bernoulli)
                return ranvier::symmetric_pairwise_bernoulli(value);
            if (kind == rule_kind::pairwise_bernoulli || kind == rule_kind::pairwise_poisson)
                return {kind, 0, value};
            bool const counts = kind != rule_kind::all_to_all && kind != rule_kind::one_to_one;
            if (counts && !(std::fabs(value) < 1e15 && value == std::floor(value)))
                throw wrong_type({std::string(name), count_name(kind), fmt::format("{}", value),
                                  "an integer below 1e15", "round it"});
            return {kind, counts ? std::int64_t(value) : 0};
        }
        known += (k ? ", " : "") + std::string(rule_names[k]);
    }
    throw unknown_rule({"connect", "rule", std::string(name), known, "check the spelling"});
}

}  // namespace ranvier
