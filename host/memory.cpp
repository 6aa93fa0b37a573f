#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <fstream>
#include <string>
#include <string_view>

#include "host/cpu_device.h"
#include "host/error.h"

namespace ranvier {

namespace {
constexpr std::size_t large_page = std::size_t{1} << 21;

std::int64_t number_in(char const* file) {
    std::ifstream in(file);
    std::int64_t x = -1;
    return in >> x ? x : -1;
}
}  // namespace

bool wide_vectors() {
    auto const* const setting = std::getenv("RANVIER_AVX512");
    return RANVIER_HAS_WIDE && !(setting && std::string_view(setting) == "0") &&
           __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
           __builtin_cpu_supports("avx512vl");
}

void* allocate_pages(std::size_t bytes) {
    if (bytes == 0) return nullptr;
    void* p = nullptr;
    if (bytes < large_page) {
        p = std::aligned_alloc(64, (bytes + 63) / 64 * 64);
        if (p) std::memset(p, 0, bytes);
    } else {
        p = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
        if (p == MAP_FAILED) p = nullptr;
        if (p) madvise(p, bytes, MADV_HUGEPAGE);
    }
    if (!p)
        throw out_of_memory({"memory", "needed", fmt::format("{} bytes", bytes),
                             fmt::format("{} bytes are available", available_memory()),
                             "make the network smaller"});
    return p;
}

void free_pages(void* p, std::size_t bytes) {
    if (bytes < large_page)
        std::free(p);
    else
        munmap(p, bytes);
}

std::int64_t available_memory() {
    std::int64_t available = std::int64_t(sysconf(_SC_AVPHYS_PAGES)) * sysconf(_SC_PAGESIZE);
    std::ifstream info("/proc/meminfo");
    for (std::string key; info >> key;) {
        std::int64_t kib = 0;
        if (key == "MemAvailable:" && info >> kib) available = kib * 1024;
    }
    auto const limit = number_in("/sys/fs/cgroup/memory.max");
    auto const used = number_in("/sys/fs/cgroup/memory.current");
    if (limit > 0 && used >= 0) available = std::min(available, limit - used);
    return available;
}

}  // namespace ranvier
