// Linked into tests of networks, which run on the backend that RANVIER_BACKEND names: the emulated device as
// one of them, and on a GPU they are skipped where there is none.
#include <gtest/gtest.h>

#include <cstdlib>
#include <iostream>

#include "host/backends.h"
#include "host/engine/engine.h"
#include "tests/emulated_device.h"

namespace ranvier {
namespace {

int number(char const* variable, int otherwise) {
    auto const* const text = std::getenv(variable);
    return text && *text ? std::atoi(text) : otherwise;
}

bool const added = [] {
    add_backend("emulated", [](options const& o) -> std::unique_ptr<simulation_backend> {
        emulated_device::settings s;
        s.lanes = number("RANVIER_EMULATED_LANES", 4);
        s.how = number("RANVIER_EMULATED_THREADS", 0) ? test::schedule::at_once : test::schedule::in_turns;
        s.lane_defect = test::defect(number("RANVIER_LANE_DEFECT", 0));
        s.defect = device_defect(number("RANVIER_DEVICE_DEFECT", 0));
        s.seed = o.seed;
        s.memory_limit = o.memory_limit;
        return std::make_unique<engine<emulated_device>>(std::make_unique<emulated_device>(s),
                                                         blocks_of<emulated_device>(), o.resolution);
    });
    return true;
}();

class gpu_or_skip : public testing::Environment {
  public:
    void SetUp() override {
        auto const* const backend = std::getenv("RANVIER_BACKEND");
        if (!backend || std::string(backend) != "cuda") return;
        if (auto const why = why_no_cuda(); !why.empty()) {
            std::cout << "skipped without a GPU: " << why << std::endl;
            GTEST_SKIP() << why;
        }
    }
};
testing::Environment* const gpu = testing::AddGlobalTestEnvironment(new gpu_or_skip);

}  // namespace
}  // namespace ranvier
