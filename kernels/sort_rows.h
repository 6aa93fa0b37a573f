// Rows in their one order, whoever made the edges in whatever order: by target, edges of one pair by what
// they hold.
#pragma once
#include "kernels/build.h"
#include "kernels/synapse_views.h"
#include "kernels/team.h"

namespace ranvier {

/// Values of edges, whatever they mean.
struct edge_column {
    void* data;
    std::int32_t width;  // bytes: 1, 2, 4 or 8

    RANVIER_FN std::uint64_t bits(std::int64_t e) const {
        return width == 1   ? static_cast<std::uint8_t const*>(data)[e]
               : width == 2 ? static_cast<std::uint16_t const*>(data)[e]
               : width == 4 ? static_cast<std::uint32_t const*>(data)[e]
                            : static_cast<std::uint64_t const*>(data)[e];
    }
    RANVIER_FN void set(std::int64_t e, std::uint64_t bits) const {
        if (width == 1) static_cast<std::uint8_t*>(data)[e] = std::uint8_t(bits);
        if (width == 2) static_cast<std::uint16_t*>(data)[e] = std::uint16_t(bits);
        if (width == 4) static_cast<std::uint32_t*>(data)[e] = std::uint32_t(bits);
        if (width == 8) static_cast<std::uint64_t*>(data)[e] = bits;
    }
};

/// Sorts every row of a group by target, edges of one pair by the bits of their columns, the first column
/// first.
struct sort_rows {
    /// Bytes of scratch for rows of up to n edges.
    static constexpr std::size_t scratch(std::int64_t n) { return std::size_t(n) * 16 + 256; }

    template <class Team> RANVIER_FN void operator()(Team& team, row_view const& rows, std::uint16_t* target,
                                                     edge_column const* columns,
                                                     std::int32_t n_columns) const {
        auto precedes = [=](std::int64_t a, std::int64_t b) {
            for (std::int32_t c = 0; c < n_columns; ++c)
                if (columns[c].bits(a) != columns[c].bits(b)) return columns[c].bits(a) < columns[c].bits(b);
            return false;
        };
        team.for_rows(rows.n, [&](auto& lanes, std::int64_t r) {
            std::int64_t const first = rows.begin[r], m = std::int64_t(rows.begin[r + 1]) - first;
            if (m < 2) return;
            auto const mark = lanes.mark();
            auto* const keys = lanes.template scratch<std::uint64_t>(m);
            auto* const room = lanes.template scratch<std::uint64_t>(m);
            lanes.single([&] {
                if (is_sorted(target, first, m, precedes)) return;
                auto const* const order = sorted(target + first, first, m, keys, room, precedes);
                auto* const old = order == keys ? room : keys;
                for (std::int32_t c = 0; c < n_columns; ++c) {
                    for (std::int64_t i = 0; i < m; ++i)
                        old[i] = columns[c].bits(first + std::int64_t(order[i]));
                    for (std::int64_t i = 0; i < m; ++i) columns[c].set(first + i, old[i]);
                }
            });
            lanes.release(mark);
        });
        team.sync();
    }

  private:
    template <class Precedes> RANVIER_FN static bool is_sorted(std::uint16_t const* target,
                                                               std::int64_t first, std::int64_t m,
                                                               Precedes precedes) {
        bool sorted = true;
        for (auto e = first + 1; e < first + m; ++e)
            sorted &= target[e - 1] < target[e] || (target[e - 1] == target[e] && !precedes(e, e - 1));
        return sorted;
    }
    /// Sorts a row's targets; the positions in the row that its edges had, in keys or room.
    template <class Precedes>
    RANVIER_FN static std::uint64_t const* sorted(std::uint16_t* target, std::int64_t first, std::int64_t m,
                                                  std::uint64_t* keys, std::uint64_t* room,
                                                  Precedes precedes) {
        for (std::int64_t i = 0; i < m; ++i) keys[i] = std::uint64_t(target[i]) << 32 | std::uint64_t(i);
        merge_sort(keys, room, m);
        auto position = [&](std::uint64_t key) { return first + std::int64_t(key & 0xffffffffu); };
        for (std::int64_t i = 1; i < m; ++i)
            for (auto a = i; a > 0 && keys[a - 1] >> 32 == keys[a] >> 32 &&
                             precedes(position(keys[a]), position(keys[a - 1]));
                 --a) {
                auto const earlier = keys[a];
                keys[a] = keys[a - 1];
                keys[a - 1] = earlier;
            }
        for (std::int64_t i = 0; i < m; ++i) {
            target[i] = std::uint16_t(keys[i] >> 32);
            keys[i] &= 0xffffffffu;
        }
        return keys;
    }
    /// Bottom-up; the result is in keys, whichever array that is in the end.
    RANVIER_FN static void merge_sort(std::uint64_t*& keys, std::uint64_t*& room, std::int64_t m) {
        for (std::int64_t width = 1; width < m; width *= 2) {
            for (std::int64_t begin = 0; begin < m; begin += 2 * width) {
                auto const middle = begin + width < m ? begin + width : m;
                auto const end = begin + 2 * width < m ? begin + 2 * width : m;
                auto a = begin, b = middle;
                for (auto i = begin; i < end; ++i)
                    room[i] = a < middle && (b >= end || keys[a] < keys[b]) ? keys[a++] : keys[b++];
            }
            auto* const sorted = room;
            room = keys;
            keys = sorted;
        }
    }
};

}  // namespace ranvier
