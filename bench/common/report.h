// Results of a benchmark run: as JSON and as a summary for people.
#pragma once
#include <nlohmann/json.hpp>
#include <optional>
#include <string>

#include "bench/common/experiment.h"
#include "bench/common/floor.h"
#include "bench/common/spikes.h"

namespace ranvier::bench {

using json = nlohmann::ordered_json;

/// What is known at the end of a run, for both outputs.
struct results {
    std::string program = {};
    json parameters = {};
    std::vector<recording> recordings = {};
    double measured_from = 0;        // ms: rates and intervals count later spikes
    std::string plastic_model = {};  // "" if no synapse is plastic
    std::optional<network::weight_summary> plastic_weights = {};
    std::optional<bandwidth> bandwidths = {};
    result_hash hash{};

    /// Everything that has to be read from the network.
    void collect(experiment& run);
};

json to_json(results const& r, experiment& run);
/// Figures of the run, or only the three hashes if the run is quiet.
void print_summary(results const& r, experiment& run);
/// "11,250 neurons, 126.6 million synapses, seed 1"
std::string size_text(experiment& run);
/// "cpu, 2 threads"
std::string resources_text(experiment& run);

}  // namespace ranvier::bench
