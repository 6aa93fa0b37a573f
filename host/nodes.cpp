#include "host/nodes.h"

#include <algorithm>

#include "host/error.h"

namespace ranvier {

nodes::nodes(std::int32_t first, std::int64_t n) : first_(first), n_(n) {
    if (n < 0 || n > std::int64_t{INT32_MAX} - first + 1)
        throw wrong_size({"nodes", "n", fmt::format("{}", n),
                          fmt::format("0 ... {}", std::int64_t{INT32_MAX} - first + 1), "give fewer"});
}

nodes::nodes(std::vector<std::int32_t> ids) : n_(std::int64_t(ids.size())) {
    if (ids.empty()) return;
    for (std::size_t i = 1; i < ids.size(); ++i)
        if (ids[i] <= ids[i - 1])
            throw wrong_size({"nodes", "", fmt::format("{} after {}", ids[i], ids[i - 1]),
                              "distinct ids in ascending order", "sort them"});
    first_ = ids.front();
    if (std::int64_t{ids.back()} - first_ + 1 != n_) ids_ = std::move(ids);
}

nodes nodes::slice(std::int64_t begin, std::int64_t end) const {
    if (begin < 0 || end < begin || end > n_)
        throw unknown_node({"nodes", "positions", fmt::format("[{}, {})", begin, end),
                            fmt::format("within [0, {})", n_), "ask for size()"});
    if (contiguous()) return {std::int32_t(first_ + begin), end - begin};
    return nodes(std::vector<std::int32_t>(ids_.begin() + begin, ids_.begin() + end));
}

nodes operator+(nodes const& a, nodes const& b) {
    if (a.empty()) return b;
    if (b.empty()) return a;
    if (a.back() >= b.front())
        throw wrong_size(
            {"nodes", "", fmt::format("{} ... {} + {} ... {}", a.front(), a.back(), b.front(), b.back()),
             "sets whose ids are all above those of the one before", "join them in order of ids"});
    if (a.contiguous() && b.contiguous() && std::int64_t{a.back()} + 1 == b.front())
        return {a.front(), a.size() + b.size()};
    std::vector<std::int32_t> ids;
    ids.reserve(std::size_t(a.size() + b.size()));
    for (auto const* part : {&a, &b})
        for (std::int64_t i = 0; i < part->size(); ++i) ids.push_back((*part)[i]);
    return nodes(std::move(ids));
}

std::int64_t nodes::position(std::int32_t id) const {
    if (contiguous()) return std::clamp<std::int64_t>(std::int64_t{id} - first_, 0, n_);
    return std::lower_bound(ids_.begin(), ids_.end(), id) - ids_.begin();
}

bool operator==(nodes const& a, nodes const& b) {
    // Ids without gaps are never listed.
    return a.n_ == b.n_ && a.ids_ == b.ids_ && (a.n_ == 0 || a.front() == b.front());
}

}  // namespace ranvier
