// Kernels that make connections, for all synapse models.
#include <ranvier/all_models.h>

#include "cuda/smoke.cuh"
#include "host/engine/engine.h"
#include "host/engine/synapse_block_of.h"

namespace ranvier {

template <class S, class Real> void use_synapse(kernel_list& list) {
    use<typename fill_group<S, Real>::argument const*>(list, fill_group<S, Real>{});
    if constexpr (S::plastic) use<typename sort_group<S, Real>::argument const*>(list, sort_group<S, Real>{});
}

kernel_list build_kernels() {
    kernel_list list;
    use<count_group::argument const*>(list, count_group{});
    use<count_plastic_inputs::argument const*, count_plastic_inputs::group const*>(list,
                                                                                   count_plastic_inputs{});
    all_synapses::for_each([&]<class S>() {
        use_synapse<S, float>(list);
        use_synapse<S, double>(list);
    });
    return list;
}

}  // namespace ranvier
