#include "bench/common/machine.h"

#include <sched.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <ctime>
#include <fstream>

#include "bench_commit.h"

namespace ranvier::bench {
namespace {

/// Value of the first line of a file that begins with key, after the colon.
std::string line_of(char const* file, std::string const& key) {
    std::ifstream in(file);
    for (std::string line; std::getline(in, line);) {
        if (!line.starts_with(key)) continue;
        auto const at = line.find_first_not_of(": \t", line.find(':'));
        return at == std::string::npos ? "" : line.substr(at);
    }
    return "";
}

std::int64_t kilobytes(std::string const& key) {
    auto const text = line_of("/proc/self/status", key);
    return text.empty() ? 0 : std::stoll(text) * 1024;
}

}  // namespace

machine_info this_machine() {
    machine_info m;
    m.processor = line_of("/proc/cpuinfo", "model name");
    utsname u{};
    uname(&u);
    m.host_system = std::string(u.sysname) + " " + u.release + " " + u.machine;
    cpu_set_t cpus;
    CPU_ZERO(&cpus);
    m.cores = sched_getaffinity(0, sizeof cpus, &cpus) == 0 ? CPU_COUNT(&cpus) : 1;
    m.memory = std::int64_t(sysconf(_SC_PHYS_PAGES)) * sysconf(_SC_PAGESIZE);
    return m;
}

build_info this_build() {
    return {.version = RANVIER_VERSION,
            .commit = RANVIER_COMMIT,
            .compiler = RANVIER_COMPILER,
            .flags = RANVIER_FLAGS,
            .type = RANVIER_BUILD_TYPE};
}

std::string date_now() {
    auto const now = std::time(nullptr);
    std::tm utc{};
    gmtime_r(&now, &utc);
    char text[32];
    std::strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%SZ", &utc);
    return text;
}

std::int64_t resident_bytes() { return kilobytes("VmRSS"); }
std::int64_t peak_resident_bytes() { return kilobytes("VmHWM"); }

}  // namespace ranvier::bench
