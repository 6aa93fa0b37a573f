// Ids of nodes as users see them: int32 from 1, in order of creation, devices included.
#pragma once
#include <cstdint>
#include <span>
#include <vector>

namespace ranvier {

/// A set of nodes: distinct ids in ascending order, contiguous or listed.
class nodes {
  public:
    nodes() = default;
    /// n ids from first on; wrong_size if there are no such ids.
    nodes(std::int32_t first, std::int64_t n);
    /// Ids must ascend strictly; wrong_size otherwise.
    explicit nodes(std::vector<std::int32_t> ids);

    std::int64_t size() const { return n_; }
    bool empty() const { return n_ == 0; }
    bool contiguous() const { return ids_.empty(); }
    std::int32_t operator[](std::int64_t i) const {
        return contiguous() ? std::int32_t(first_ + i) : ids_[std::size_t(i)];
    }
    std::int32_t front() const { return (*this)[0]; }
    std::int32_t back() const { return (*this)[n_ - 1]; }
    std::vector<std::int32_t> const& list() const { return ids_; }  // empty if contiguous
    /// Nodes at positions [begin, end); unknown_node if out of bounds.
    nodes slice(std::int64_t begin, std::int64_t end) const;
    /// Both together; wrong_size if they overlap or are not in order of ids.
    friend nodes operator+(nodes const& a, nodes const& b);
    /// Position of the first id that is not below id.
    std::int64_t position(std::int32_t id) const;
    friend bool operator==(nodes const& a, nodes const& b);

  private:
    std::int32_t first_ = 1;
    std::int64_t n_ = 0;
    std::vector<std::int32_t> ids_;
};

}  // namespace ranvier
