// The engine on a device that is not the host: the same hashes as on the CPU for any number of lanes and
// partitions, and broken twins that are caught.
#include "tests/emulated_device.h"

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>

#include "host/backends.h"
#include "tests/network_scenarios.h"

namespace ranvier::test {
namespace {

struct how {
    std::string backend = "cpu";
    int partitions = 1;
};

/// Hashes after a run in two pieces, the second with another rate of the noise.
std::string hash_after(std::function<void(network&)> const& build, double ms, how const& h) {
    network net({.seed = 7, .threads = 1, .backend = h.backend, .partitions = h.partitions});
    build(net);
    net.simulate(ms / 2);
    for (std::int32_t id = 1; id <= net.size(); ++id)
        if (net.model(id) == "poisson_generator")
            net.set({id, 1}, {{"rate", net.get({id, 1}, "rate")[0] * 1.1}});
    net.simulate(ms / 2);
    return hash_of(net).text;
}

struct lanes_case {
    char const* name;
    void (*build)(network&);
    double ms;
    friend void PrintTo(lanes_case const& c, std::ostream* o) { *o << c.name; }
};
class emulated : public testing::TestWithParam<lanes_case> {};

TEST_P(emulated, has_the_hashes_of_the_cpu) {
    auto const& c = GetParam();
    auto const cpu = hash_after(c.build, c.ms, {});
    EXPECT_EQ(cpu, hash_after(c.build, c.ms, {"cpu", 5}));
    for (auto const& [lanes, partitions] : {std::pair{1, 3}, {4, 1}, {4, 16}, {32, 3}}) {
#if defined(__SANITIZE_ADDRESS__)
        if (partitions == 1) continue;
#endif
        environment const e("RANVIER_EMULATED_LANES", lanes);
        EXPECT_EQ(cpu, hash_after(c.build, c.ms, {"emulated", partitions}))
            << lanes << " lanes, " << partitions << " partitions";
    }
}
INSTANTIATE_TEST_SUITE_P(networks, emulated,
                         testing::Values(lanes_case{"all_models", build_all_models, 20},
                                         lanes_case{"plasticity", build_plasticity, 20},
                                         lanes_case{"modulated", build_modulated, 20},
                                         lanes_case{"rules", build_rules, 20},
                                         lanes_case{"relays", build_relays, 20},
                                         lanes_case{"long_slices", build_long_slices, 60},
                                         lanes_case{"devices", build_devices, 20},
                                         lanes_case{"long_delays", build_long_delays, 220}),
                         [](auto const& p) { return std::string(p.param.name); });

/// Whether a run on the emulated device, in a process of its own, gives the right hashes and no error.
bool comes_out_right(std::string const& right) {
    auto const child = fork();
    if (child == 0) {
        std::signal(SIGSEGV, SIG_DFL);
        std::signal(SIGABRT, SIG_DFL);
        bool same = false;
        try {
            same = hash_after(build_plasticity, 20, {"emulated", 3}) == right;
        } catch (std::exception const&) {}
        _exit(same ? 0 : 3);
    }
    int status = 0;
    waitpid(child, &status, 0);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

TEST(emulated_device, broken_twins_are_caught) {
    auto const right = hash_after(build_plasticity, 20, {});
    EXPECT_TRUE(comes_out_right(right));
    for (auto const d : {device_defect::forgets_upload, device_defect::does_not_wait,
                         device_defect::replays_stale_program}) {
        environment const e("RANVIER_DEVICE_DEFECT", int(d));
        EXPECT_FALSE(comes_out_right(right)) << "defect of the device " << int(d);
    }
    for (auto const d : {defect::forgets_sync, defect::single_is_shared}) {
        environment const e("RANVIER_LANE_DEFECT", int(d));
        EXPECT_FALSE(comes_out_right(right)) << "defect of the lanes " << int(d);
    }
}

TEST(emulated_device, the_host_cannot_touch_its_memory) {
    testing::FLAGS_gtest_death_test_style = "threadsafe";
    emulated_device d({});
    auto* const p = static_cast<int volatile*>(d.allocate(64));
    EXPECT_DEATH(*p = 1, "");
    EXPECT_DEATH([[maybe_unused]] auto x = *p, "");
    int x = 0;
    d.copy_out(&x, const_cast<int*>(p), sizeof x);
    EXPECT_EQ(x, 0) << "the copy must not have happened yet";
    d.synchronize();
    EXPECT_EQ(unsigned(x), 0xA5A5A5A5u) << "fresh memory is garbage";
}

TEST(emulated_device, memory_that_was_given_back_is_garbage) {
    emulated_device d({});
    int seven = 7, x = 0;
    auto* const p = static_cast<int*>(d.allocate(64));
    d.copy_in(p, &seven, sizeof seven);
    d.free(p, 64);
    d.copy_out(&x, p, sizeof x);  // a stale pointer
    d.synchronize();
    EXPECT_EQ(unsigned(x), 0xA5A5A5A5u);
}

TEST(emulated_device, too_little_memory_is_said) {
    auto const m = error_of<out_of_memory>([] {
        network net({.backend = "emulated", .memory_limit = 1 << 20});
        net.create("iaf_psc_alpha", 100'000);
        net.simulate(1);
    });
    EXPECT_FALSE(m.value.empty());
    EXPECT_FALSE(m.allowed.empty());
}

TEST(backends, unknown_ones_are_refused) {
    auto const m = error_of<backend_error>([] { network net({.backend = "abacus"}); });
    EXPECT_EQ(m.value, "abacus");
    EXPECT_NE(m.allowed.find("cpu"), std::string::npos);
    if (auto const why = why_no_cuda(); !why.empty()) {
        EXPECT_NE(error_of<backend_error>([] { network net({.backend = "cuda"}); }).remedy.find(why),
                  std::string::npos);
    } else {
        EXPECT_EQ(error_of<backend_error>([] { network net({.backend = "cuda", .device = 999}); }).value,
                  "999");
    }
}

TEST(backends, the_environment_chooses_for_auto) {
    setenv("RANVIER_BACKEND", "emulated", 1);
    EXPECT_EQ(network(options{}).backend(), "emulated");
    EXPECT_EQ(network(options{.backend = "cpu"}).backend(), "cpu");
    unsetenv("RANVIER_BACKEND");
}

}  // namespace
}  // namespace ranvier::test
