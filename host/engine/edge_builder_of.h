// Definitions of edge_builder's members.
#pragma once
#include "host/engine/edge_builder.h"

namespace ranvier {

template <class Device> void edge_builder<Device>::count(Device& d, int groups,
                                                         count_group::argument const* arguments,
                                                         std::int64_t* edges) {
    d.launch(groups, count_group{}, arguments, edges);
}
template <class Device>
void edge_builder<Device>::fill(Device& d, int groups, fill_group::argument const* arguments) {
    d.launch(groups, fill_group{}, arguments);
}
template <class Device>
void edge_builder<Device>::sort(Device& d, int groups, sort_group::argument const* arguments) {
    d.launch(groups, sort_group{}, arguments);
}
template <class Device>
void edge_builder<Device>::count_inputs(Device& d, int partitions,
                                        count_plastic_inputs::argument const* arguments,
                                        count_plastic_inputs::group const* groups) {
    d.launch(partitions, count_plastic_inputs{}, arguments, groups);
}
template <class Device> void edge_builder<Device>::add_out_degrees(Device& d, std::int32_t groups,
                                                                   row_view const* rows, std::int64_t nodes,
                                                                   std::int64_t* degree) {
    d.launch(int((nodes + add_degrees::sources - 1) / add_degrees::sources), add_degrees{}, rows, groups,
             nodes, degree);
}

}  // namespace ranvier
