// Random numbers of neurons through slices. All models: update_for_tests.h.
#include "models/iaf_psc_exp.h"
#include "tests/update_for_tests.h"

namespace ranvier::test {
namespace {

TEST(kernels_update_draws, shifted_counter_is_caught) {
    update_data<iaf_psc_exp> d{generator(15)};
    ASSERT_TRUE(d.draws);
    auto const right = plain_loop(d), wrong = plain_loop(d, 1);
    run_serial([&](auto& team) { advance_all{}(team, d); });
    EXPECT_EQ(d.fired_log, right.fired_log);
    EXPECT_NE(d.fired_log, wrong.fired_log);
    EXPECT_NE(bits{}.add(d.state), bits{}.add(wrong.state));
}

}  // namespace
}  // namespace ranvier::test
