// Kernels of a running simulation, for all models.
#include <ranvier/all_models.h>

#include "cuda/smoke.cuh"
#include "host/engine/engine.h"
#include "host/engine/synapse_block_of.h"

namespace ranvier {
namespace {

template <class M> void use_neuron(kernel_list& list) {
    using views = neuron_view<M> const*;
    use<views, std::int64_t, int>(list, advance_kernel<M>{});
    use<views, std::int64_t, std::uint64_t*>(list, hash_state_kernel<M>{});
}

template <class S, class Real> void use_synapse(kernel_list& list) {
    using view = typename group_view_of<S, Real>::type;
    using lists = spike_list const*;
    use<typename deliver_group<view>::argument const*, view const*, lists, lists>(list,
                                                                                  deliver_group<view>{});
    use<view const*, std::int32_t const*, std::uint64_t*>(list, hash_group<view>{});
    if constexpr (S::plastic)
        use<typename catch_up_group<view>::argument const*, view const*>(list, catch_up_group<view>{});
}

void use_rest(kernel_list& list) {
    using parts = partition_view const*;
    using full = choose_full_kernel::argument const*;
    use<std::uint64_t const*, std::int32_t const*, std::int64_t, int, std::int32_t*, spike_event*,
        std::int64_t*>(list, gather_kernel{});
    use<parts, std::int64_t, int>(list, drive_partition{});
    use<parts, std::int64_t, int>(list, archive_partition{});
    use<parts, std::int32_t const*>(list, rescale_partition{});
    use<parts, full, std::int64_t, std::int64_t, std::int64_t*>(list, choose_full_kernel{});
    use<parts, full, std::int64_t const*>(list, drop_spikes_kernel{});
}

}  // namespace

kernel_list run_kernels() {
    kernel_list list;
    all_neurons::for_each([&]<class M>() { use_neuron<M>(list); });
    all_synapses::for_each([&]<class S>() {
        use_synapse<S, float>(list);
        use_synapse<S, double>(list);
    });
    use_rest(list);
    return list;
}

}  // namespace ranvier
