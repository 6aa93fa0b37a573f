// Writes docs/models.md: all models, from their declarations. With --check FILE: says whether FILE is that
// text.
#include <fmt/format.h>

#include <cmath>
#include <fstream>
#include <iostream>
#include <sstream>

#include "host/registry.h"
#include "models/archiving.h"

namespace {
using namespace ranvier;

std::string number(double x) {
    if (std::isinf(x)) return x < 0 ? "-inf" : "inf";
    return fmt::format("{}", x);
}
std::string value(field_info const& f, double x) {
    return f.type == field_type::flag ? (x != 0 ? "true" : "false") : number(x);
}
std::string row(field_info const& f, std::string const& default_value) {
    auto const unit = f.type == field_type::flag ? "" : f.unit;
    return fmt::format("| `{}` | {} | {} | {} |\n", f.name, unit, default_value, f.range);
}
std::string rows(record_info const& r) {
    std::string s;
    for (auto const& f : r.fields) s += row(f, value(f, f.default_value));
    return s;
}
std::string names(std::vector<recordable_info> const& list, std::string const& suffix = "") {
    std::string s;
    for (auto const& r : list)
        s += fmt::format("{}`{}{}`{}", s.empty() ? "" : ", ", r.name, suffix,
                         r.unit.empty() ? "" : " (" + r.unit + ")");
    return s;
}
constexpr char const* head = "\n| name | unit | default | allowed |\n|---|---|---|---|\n";

std::string title(std::string const& name, std::string const& summary, std::string const& reference) {
    return fmt::format("\n### {}\n\n{}{}.\n", name, summary, reference.empty() ? "" : " (" + reference + ")");
}

std::string lists(node_model const& m) {
    std::string s;
    for (auto const& e : m.lists) {
        s += fmt::format("\nLists, one value for each {}{}:\n{}", e.receptors ? "receptor" : "element",
                         e.count.empty() ? "" : " (`" + e.count + "` of them)", head);
        for (auto const& f : e.params.fields) {
            std::string defaults;
            for (int j = 0; j < e.initial; ++j) {
                std::vector<std::byte> record(e.params.size);
                e.make(record.data(), j);
                defaults += (j ? ", " : "") + number(read_field(f, record.data()));
            }
            s += row(f, "[" + defaults + "]");
        }
        for (auto const& f : e.state.fields) s += row(f, "zeros");
        if (!e.recordables.empty()) s += "\nRecordable: " + names(e.recordables, "_i") + " of receptor i.\n";
    }
    return s;
}

std::string describe(node_model const& m) {
    bool const neuron = m.role == node_role::neuron;
    auto s = title(m.name, m.summary, m.reference);
    if (auto const all = rows(m.params); !all.empty()) s += head + all;
    s += lists(m);
    if (auto const all = rows(m.state); neuron && !all.empty())
        s += "\nState that can be set:\n" + (head + all);
    if (!m.recordables.empty()) s += "\nRecordable: " + names(m.recordables) + ".\n";
    if (!m.emitted.empty()) s += fmt::format("\nRecordable: `{}` ({}).\n", m.emitted, m.emitted_unit());
    if (!neuron) return s;
    std::string inputs;
    if (m.has_receptor_list()) inputs = "spikes on receptors 1, 2, ...";
    if (!m.routes.empty())
        inputs = m.routes.size() == 1 ? "spikes on receptor 0"
                                      : fmt::format("spikes on receptors 0 ... {}", m.routes.size() - 1);
    if (m.n_currents > 0)
        inputs += (inputs.empty() ? "" : "; ") +
                  std::string(m.n_currents == 1 ? "currents on receptor 0" : "currents on receptors 0, 1");
    return s + fmt::format("\nInput: {}.\n", inputs.empty() ? "none" : inputs);
}

std::string describe(synapse_model const& m) {
    auto s = title(m.name, m.summary, m.reference) + head;
    s += fmt::format("| `weight` | | {} | {} |\n", number(m.weight), m.common_weight ? "of the model" : "");
    s += "| `delay` | ms | 1 | a step or more |\n" + rows(m.params) + rows(m.state);
    if (!m.common.fields.empty()) s += "\nOf the model, for all its connections:\n" + (head + rows(m.common));
    if (!m.modulator.empty())
        s += fmt::format(
            "\nSo is `{}`, the id of a node of that model, which is set before anything is connected. "
            "Weights and state are read as they are at the time; where delays are 1024 steps or longer, as "
            "they were when the last spikes that have been delivered by then were sent.\n",
            m.modulator);
    return s;
}

std::string all() {
    std::string s =
        "# Models\n\nMade from the declarations in models/ by the build target `docs_models`; not to be "
        "edited. Names, units and "
        "defaults are those of the field's reference simulator, where it has the model.\n\nEvery neuron "
        "model also has";
    for (auto const& f : describe_record<archiving>().fields)
        s += fmt::format(" `{}` ({} {}, {})", f.name, number(f.default_value), f.unit, f.range);
    s += " for plastic synapses onto it, and `t_spike`, the time of its last spike. Every synapse model "
         "exists a second time as "
         "`<name>_hpc`, with weights of single precision. Every synapse model and copy has "
         "`weight_recorder`, the "
         "id of the node that records what its connections send, or 0.\n\n## Neurons\n";
    for (auto const& m : node_models())
        if (m.role == node_role::neuron) s += describe(m);
    s += "\n## Generators and recorders\n\nAll have `origin`, `start` and `stop` (ms): they are active in "
         "the window from origin "
         "+ start to origin + stop.\n";
    for (auto const& m : node_models())
        if (m.role != node_role::neuron) s += describe(m);
    s += "\n## Synapses\n";
    for (auto const& m : synapse_models())
        if (!m.single) s += describe(m);
    return s;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc == 3 && std::string_view(argv[1]) == "--check") {
        std::ifstream file(argv[2]);
        std::stringstream text;
        text << file.rdbuf();
        if (text.str() == all()) return 0;
        std::cerr << argv[2] << " is not what the models' declarations say: build the target docs_models\n";
        return 1;
    }
    std::cout << all();
    return 0;
}
