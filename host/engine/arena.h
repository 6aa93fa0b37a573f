// Sub-allocation of a device's memory: asking the driver is slow, and a network has thousands of arrays.
#pragma once
#include <cstddef>
#include <functional>
#include <map>
#include <set>
#include <utility>

namespace ranvier {

/// Blocks of large chunks. The smallest free block that is large enough is taken; neighbours that are free
/// become one. Never touches the memory itself.
class arena {
  public:
    static constexpr std::size_t alignment = 256;
    static constexpr std::size_t smallest_chunk = std::size_t{64} << 20;

    /// get(bytes): a chunk, or null if there is none; give_back(chunk).
    arena(std::function<void*(std::size_t)> get, std::function<void(void*)> give_back)
        : get_(std::move(get)), give_back_(std::move(give_back)) {}
    ~arena() {
        for (auto const& [p, bytes] : chunks_) give_back_(p);
    }
    arena(arena const&) = delete;

    /// Null if there is no room.
    void* allocate(std::size_t bytes) {
        bytes = rounded(bytes);
        if (auto* const p = take(bytes)) return p;
        for (auto const size : {std::max(bytes, smallest_chunk), bytes}) {
            auto* p = static_cast<std::byte*>(get_(size));
            if (!p) {
                release_free_chunks();
                p = static_cast<std::byte*>(get_(size));
            }
            if (!p) continue;
            chunks_.emplace(p, size);
            total_ += size;
            add_free(p, size);
            return take(bytes);
        }
        return nullptr;
    }
    void free(void* block, std::size_t bytes) {
        auto* p = static_cast<std::byte*>(block);
        bytes = rounded(bytes);
        used_ -= bytes;
        auto const chunk = std::prev(chunks_.upper_bound(p));
        auto next = free_.lower_bound(p);
        if (next != free_.end() && next->first == p + bytes && next->first < chunk->first + chunk->second) {
            bytes += next->second;
            next = remove_free(next);
        }
        if (next != free_.begin()) {
            auto const before = std::prev(next);
            if (before->first + before->second == p && before->first >= chunk->first) {
                p = before->first;
                bytes += before->second;
                remove_free(before);
            }
        }
        add_free(p, bytes);
    }
    std::size_t used() const { return used_; }
    std::size_t unused() const { return total_ - used_; }  // of the chunks, perhaps in pieces

  private:
    using block_map = std::map<std::byte*, std::size_t>;

    static std::size_t rounded(std::size_t bytes) { return (bytes + alignment - 1) / alignment * alignment; }
    void add_free(std::byte* p, std::size_t bytes) {
        free_.emplace(p, bytes);
        by_size_.emplace(bytes, p);
    }
    block_map::iterator remove_free(block_map::iterator block) {
        by_size_.erase({block->second, block->first});
        return free_.erase(block);
    }
    void* take(std::size_t bytes) {
        auto const fit = by_size_.lower_bound({bytes, nullptr});
        if (fit == by_size_.end()) return nullptr;
        auto const [size, p] = *fit;
        remove_free(free_.find(p));
        if (size > bytes) add_free(p + bytes, size - bytes);
        used_ += bytes;
        return p;
    }
    void release_free_chunks() {
        for (auto chunk = chunks_.begin(); chunk != chunks_.end();) {
            auto const whole = free_.find(chunk->first);
            if (whole == free_.end() || whole->second != chunk->second) {
                ++chunk;
                continue;
            }
            remove_free(whole);
            total_ -= chunk->second;
            give_back_(chunk->first);
            chunk = chunks_.erase(chunk);
        }
    }

    std::function<void*(std::size_t)> get_;
    std::function<void(void*)> give_back_;
    block_map chunks_, free_;                               // by address
    std::set<std::pair<std::size_t, std::byte*>> by_size_;  // free blocks
    std::size_t total_ = 0, used_ = 0;
};

}  // namespace ranvier
