// What a result was measured on: machine, build, and the memory of this process.
#pragma once
#include <cstdint>
#include <string>

namespace ranvier::bench {

struct machine_info {
    std::string processor, host_system;
    int cores;            // that this process may use
    std::int64_t memory;  // bytes
};
machine_info this_machine();

struct build_info {
    std::string version, commit;  // with "-dirty" if the tree had changes
    std::string compiler, flags, type;
};
build_info this_build();

/// Date and time now, UTC, ISO 8601.
std::string date_now();

/// Bytes of this process in memory now, and the most there have been.
std::int64_t resident_bytes();
std::int64_t peak_resident_bytes();

}  // namespace ranvier::bench
