// Random numbers of neurons through slices, and broken twins of the kernel. All models: update_for_tests.h.
#include "models/iaf_psc_exp.h"
#include "models/iaf_psc_exp_multisynapse.h"
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

/// One model of each kind: with ports, with a list of receptors, with multiplicities.
template <class M> class kernels_update_twins : public ::testing::Test {};
using kinds = ::testing::Types<iaf_psc_exp, iaf_psc_exp_multisynapse, parrot_neuron>;
TYPED_TEST_SUITE(kernels_update_twins, kinds);

TYPED_TEST(kernels_update_twins, are_caught) {
    update_data<TypeParam> d{generator(16)};
    expect_caught<defect::forgets_sync>(d, advance_all{});
    d.record();
    d.samples.resize(8 * d.samples.size());  // room for what four lanes count
    expect_caught<defect::single_is_shared>(d, advance_all{});
}

}  // namespace
}  // namespace ranvier::test
