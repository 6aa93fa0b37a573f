// Sets of nodes; values as text.
#include <gtest/gtest.h>

#include "host/error.h"
#include "host/nodes.h"
#include "host/parameter.h"

namespace ranvier {
namespace {

using ids = std::vector<std::int32_t>;

ids all_of(nodes const& n) {
    ids all;
    for (std::int64_t i = 0; i < n.size(); ++i) all.push_back(n[i]);
    return all;
}

TEST(Nodes, AreContiguousOrListed) {
    nodes const range(5, 3), listed(ids{2, 5, 9});
    EXPECT_EQ(all_of(range), (ids{5, 6, 7}));
    EXPECT_EQ(range.front(), 5);
    EXPECT_EQ(range.back(), 7);
    EXPECT_TRUE(range.contiguous());
    EXPECT_EQ(all_of(listed), (ids{2, 5, 9}));
    EXPECT_EQ(listed.back(), 9);
    EXPECT_FALSE(listed.contiguous());
    EXPECT_TRUE(nodes().empty());
    EXPECT_TRUE(nodes(ids{}).empty());
    nodes const without_gaps(ids{5, 6, 7});
    EXPECT_TRUE(without_gaps.contiguous());
    EXPECT_EQ(without_gaps, range);
    EXPECT_EQ(nodes(3, 0), nodes());
    EXPECT_FALSE(range == listed);
    EXPECT_FALSE(range == nodes(6, 3));
    EXPECT_FALSE(listed == nodes(ids{2, 5, 8}));
    EXPECT_FALSE(listed == nodes(ids{2, 6, 9}));
}

TEST(Nodes, MustAscend) {
    EXPECT_THROW(nodes(ids{2, 2}), wrong_size);
    EXPECT_THROW(nodes(ids{1, 3, 2}), wrong_size);
    EXPECT_THROW(nodes(ids{1, INT32_MAX, 2}), wrong_size);
    EXPECT_EQ(nodes(ids{1, INT32_MAX}).size(), 2);
}

TEST(Nodes, CanBeSliced) {
    nodes const range(5, 10), listed(ids{1, 4, 5, 6, 9});
    EXPECT_EQ(range.slice(2, 5), nodes(7, 3));
    EXPECT_EQ(range.slice(0, 10), range);
    EXPECT_TRUE(range.slice(10, 10).empty());
    EXPECT_EQ(all_of(listed.slice(0, 3)), (ids{1, 4, 5}));
    EXPECT_EQ(listed.slice(1, 4), nodes(4, 3));
    EXPECT_TRUE(listed.slice(2, 2).empty());
    for (auto const* n : {&range, &listed}) {
        EXPECT_THROW(n->slice(-1, 2), unknown_node);
        EXPECT_THROW(n->slice(0, n->size() + 1), unknown_node);
        EXPECT_THROW(n->slice(3, 2), unknown_node);
    }
}

TEST(Nodes, CanBeJoined) {
    EXPECT_EQ(nodes(1, 3) + nodes(4, 2), nodes(1, 5));
    EXPECT_EQ(all_of(nodes(1, 2) + nodes(9, 2)), (ids{1, 2, 9, 10}));
    EXPECT_EQ(all_of(nodes(ids{1, 4}) + nodes(ids{6, 8})), (ids{1, 4, 6, 8}));
    EXPECT_EQ(nodes() + nodes(4, 2), nodes(4, 2));
    EXPECT_EQ(nodes(4, 2) + nodes(), nodes(4, 2));
    EXPECT_THROW(nodes(4, 2) + nodes(1, 3), wrong_size);
    EXPECT_THROW(nodes(1, 3) + nodes(3, 3), wrong_size);
    EXPECT_THROW(nodes(ids{1, 9}) + nodes(4, 1), wrong_size);
}

TEST(Nodes, FindPositions) {
    nodes const range(5, 3), listed(ids{2, 5, 9});
    EXPECT_EQ(range.position(-3), 0);
    EXPECT_EQ(range.position(5), 0);
    EXPECT_EQ(range.position(7), 2);
    EXPECT_EQ(range.position(8), 3);
    EXPECT_EQ(listed.position(1), 0);
    EXPECT_EQ(listed.position(5), 1);
    EXPECT_EQ(listed.position(6), 2);
    EXPECT_EQ(listed.position(10), 3);
    EXPECT_EQ(nodes().position(3), 0);
}

TEST(Parameter, IsShownAsGiven) {
    using reals = std::vector<double>;
    using integers = std::vector<std::int64_t>;
    using texts = std::vector<std::string>;
    std::pair<parameter, std::pair<std::string, std::string>> const cases[] = {
        {0.1, {"0.1", "number"}},
        {2.0, {"2", "number"}},
        {1e-12, {"1e-12", "number"}},
        {INFINITY, {"inf", "number"}},
        {-3, {"-3", "integer"}},
        {true, {"true", "bool"}},
        {"memory", {"\"memory\"", "text"}},
        {"", {"\"\"", "text"}},
        {reals{}, {"[]", "array of numbers"}},
        {reals{1, 2.5}, {"[1, 2.5]", "array of numbers"}},
        {reals(8, 1), {"[1, 1, 1, 1, 1, 1, 1, 1]", "array of numbers"}},
        {integers(1000, 7), {"[7, 7, 7, 7, 7, 7, 7, 7, ...] (1000 values)", "array of integers"}},
        {texts{"a", "b"}, {"[\"a\", \"b\"]", "array of texts"}},
        {uniform(1, 2.5), {"uniform(1, 2.5)", "distribution"}},
        {uniform_int(4), {"uniform_int(4)", "distribution"}},
        {normal(0, 1).redraw(-1, 2), {"normal(0, 1).redraw(-1, 2)", "distribution"}},
        {lognormal(0, 1), {"lognormal(0, 1)", "distribution"}},
        {exponential(3), {"exponential(3)", "distribution"}}};
    for (auto const& [value, expected] : cases) {
        EXPECT_EQ(value.text(), expected.first);
        EXPECT_EQ(value.type(), expected.second);
    }
    // Characters of UTF-8 are not cut.
    EXPECT_EQ(parameter(std::string(199, 'x') + "\u00fcx").text(), '"' + std::string(199, 'x') + "...\"");
    EXPECT_EQ(parameter(std::string(198, 'x') + "\u00fcx").text(),
              '"' + std::string(198, 'x') + "\u00fc...\"");
    EXPECT_EQ(parameter(std::string(1000, 'x')).text(), '"' + std::string(200, 'x') + "...\"");
}

}  // namespace
}  // namespace ranvier
