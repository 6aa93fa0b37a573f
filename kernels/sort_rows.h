// Rows in order of targets, where edges were not made in that order: several projections in one group, and
// rules that draw targets at random.
#pragma once
#include "kernels/build.h"
#include "kernels/synapse_views.h"
#include "kernels/team.h"

namespace ranvier {

/// Sorts every row of a group by target. Edges of one pair stay in the order in which they were made.
struct sort_rows {
    /// Bytes of scratch for rows of up to n edges.
    static constexpr std::size_t scratch(std::int64_t n) { return std::size_t(n) * 16 + 256; }

    /// permute(first, m, order, room): row first ... first + m - 1 is to become order[0] ... order[m - 1],
    /// given as positions in the row, in all columns but target; room is for m values of eight bytes.
    template <class Team, class Permute> RANVIER_FN void operator()(Team& team, row_view const& rows,
                                                                    std::uint16_t* target,
                                                                    Permute permute) const {
        team.single([&] {
            for (std::int32_t r = 0; r < rows.n; ++r) {
                std::int64_t const first = rows.begin[r], m = std::int64_t(rows.begin[r + 1]) - first;
                auto* const to = target + first;
                bool sorted = true;
                for (std::int64_t i = 1; i < m; ++i) sorted &= to[i - 1] <= to[i];
                if (sorted) continue;
                auto const mark = team.mark();
                auto* keys = team.template scratch<std::uint64_t>(m);
                auto* room = team.template scratch<std::uint64_t>(m);
                for (std::int64_t i = 0; i < m; ++i) keys[i] = std::uint64_t(to[i]) << 32 | std::uint64_t(i);
                merge_sort(keys, room, m);
                for (std::int64_t i = 0; i < m; ++i) {
                    to[i] = std::uint16_t(keys[i] >> 32);
                    keys[i] &= 0xffffffffu;
                }
                permute(first, m, keys, room);
                team.release(mark);
            }
        });
        team.sync();
    }
    template <class T> RANVIER_FN static void permute_column(T* column, std::int64_t first, std::int64_t m,
                                                             std::uint64_t const* order,
                                                             std::uint64_t* room) {
        static_assert(sizeof(T) <= sizeof(*room));
        auto* const copy = reinterpret_cast<T*>(room);
        for (std::int64_t i = 0; i < m; ++i) copy[i] = column[first + std::int64_t(order[i])];
        for (std::int64_t i = 0; i < m; ++i) column[first + i] = copy[i];
    }

  private:
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
