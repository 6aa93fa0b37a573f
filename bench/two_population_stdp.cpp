// A local cortical circuit after Brunel (2000, J Comput Neurosci 8:183) with power-law STDP between
// excitatory neurons (Morrison, Aertsen & Diesmann 2007, Neural Comput 19:1437). With ignore_and_fire neurons
// activity is set by the user and does not depend on the size of the network, while all work at synapses
// stays: for scaling.
#include <algorithm>
#include <cmath>

#include "bench/common/pictures.h"
#include "bench/common/psp.h"
#include "bench/common/report.h"
#include "bench/common/table.h"

namespace {
using namespace ranvier;
using namespace ranvier::bench;

constexpr char program[] = "two_population_stdp";

struct published {
    std::int64_t N = 12500, K = 1250;
    double beta = 0.8, T = 10000;  // ms
    std::string neuron_model = "ignore_and_fire";
    double tau_m = 20, C_m = 250, tau_s = 2, theta = 20, V_reset = 0, E_L = 0, t_ref = 2, I_DC = 0;
    double J_E = 0.5, g = 10, eta = 1.2, delay = 1.5;
    std::optional<double> V_init_min, V_init_max;  // E_L, theta
    double alpha = 0.1, lambda = 20, mu_plus = 0.4, tau_plus = 15, tau_minus = 30, w_0 = 1;
    std::vector<double> rate_dist{0.5, 1.5}, phase_dist{0.01, 1.0};
    bool allow_autapses = false, allow_multapses = true;
    bool record_spikes = false;
    std::int64_t N_rec_spikes = -1;
    std::string parameters = std::string(program) + "_parameters.json", connectivity, connectivity_nodes,
                matrix, weights;

    std::int64_t N_E() const { return std::int64_t(beta * double(N)); }
    std::int64_t K_E() const { return std::int64_t(beta * double(K)); }
    double I_E() const { return J_E / psp_near_peak(tau_m, C_m, tau_s); }  // pA
    double poisson_rate() const {                                          // 1/s
        return eta * 1000 * theta * C_m / (I_E() * math::exp(1.0) * tau_m * tau_s);
    }
    // The synapse model's facilitation is lambda w^mu; with a reference weight it is lambda w_0^(1-mu) w^mu.
    double lambda_of_model() const { return lambda * math::pow(w_0, 1 - mu_plus); }
    double alpha_of_model() const { return alpha * lambda / lambda_of_model(); }
    void add_to(CLI::App& app);
    void check() const;
    json to_json(run_options const& how) const;
};

void published::add_to(CLI::App& app) {
    auto const size = "Size and duration", neuron = "Neurons", synapses = "Connections",
               plastic = "Plasticity";
    auto const output = "Output";
    add(app, "--N", N, "number", "neurons")->group(size);
    add(app, "--K", K, "number", "inputs of a neuron")->group(size);
    add(app, "--beta", beta, "share", "of neurons that are excitatory")->group(size);
    add(app, "--T", T, "ms", "time simulated")->group(size);
    add(app, "--neuron-model", neuron_model, "name", "ignore_and_fire or iaf_psc_alpha")
        ->check(CLI::IsMember({"ignore_and_fire", "iaf_psc_alpha"}))
        ->group(neuron);
    add(app, "--tau_m", tau_m, "ms", "membrane time constant")->group(neuron);
    add(app, "--C_m", C_m, "pF", "membrane capacitance")->group(neuron);
    add(app, "--tau_s", tau_s, "ms", "time constant of synaptic currents")->group(neuron);
    add(app, "--theta", theta, "mV", "threshold")->group(neuron);
    add(app, "--V_reset", V_reset, "mV", "reset potential")->group(neuron);
    add(app, "--E_L", E_L, "mV", "resting potential")->group(neuron);
    add(app, "--t_ref", t_ref, "ms", "refractory period")->group(neuron);
    add(app, "--I_DC", I_DC, "pA", "constant input")->group(neuron);
    add(app, "--eta", eta, "number", "external rate over the rate that just reaches threshold")
        ->group(neuron);
    add(app, "--V_init_min", V_init_min, "mV", "initial potentials are uniform from here (default: E_L)")
        ->group(neuron);
    add(app, "--V_init_max", V_init_max, "mV", "to here (default: theta)")->group(neuron);
    add(app, "--rate_dist", rate_dist, "1/s", "range of rates of ignore_and_fire neurons")
        ->expected(2)
        ->group(neuron);
    add(app, "--phase_dist", phase_dist, "low high", "range of their phases, in (0, 1]")
        ->expected(2)
        ->group(neuron);
    add(app, "--J_E", J_E, "mV", "peak of an excitatory postsynaptic potential")->group(synapses);
    add(app, "--g", g, "number", "strength of inhibitory over excitatory weights")->group(synapses);
    add(app, "--delay", delay, "ms", "delay of all connections")->group(synapses);
    app.add_flag("--allow_autapses,!--no-autapses", allow_autapses,
                 "neurons may be connected to themselves [no]")
        ->group(synapses);
    app.add_flag("--allow_multapses,!--no-multapses", allow_multapses,
                 "pairs may have several connections [yes]")
        ->group(synapses);
    add(app, "--stdp_alpha", alpha, "number", "depression over facilitation")->group(plastic);
    add(app, "--stdp_lambda", lambda, "number", "learning rate")->group(plastic);
    add(app, "--stdp_mu_plus", mu_plus, "number", "exponent of the weight in facilitation")->group(plastic);
    add(app, "--stdp_tau_plus", tau_plus, "ms", "time constant of facilitation")->group(plastic);
    add(app, "--stdp_tau_minus", tau_minus, "ms", "time constant of depression")->group(plastic);
    add(app, "--stdp_w_0", w_0, "pA", "reference weight")->group(plastic);
    app.add_flag("--record_spikes", record_spikes, "record spikes (always if spikes or a raster are written)")
        ->group(output);
    add(app, "--N_rec_spikes", N_rec_spikes, "number", "neurons of each population to record; -1: all")
        ->group(output);
    add(app, "--parameters", parameters, "FILE", "write all parameters here (JSON); \"\": nowhere")
        ->group(output);
    add(app, "--connectivity", connectivity, "FILE[.gz]", "write connections as a table")->group(output);
    add(app, "--connectivity-nodes", connectivity_nodes, "A:B", "ids among which (default: all)")
        ->group(output);
    add(app, "--matrix", matrix, "FILE", "picture of these connections (PNG)")->group(output);
    add(app, "--weights", weights, "FILE", "picture of the plastic weights before and after (PNG)")
        ->group(output);
}

void published::check() const {
    auto range = [](char const* name, std::vector<double> const& v) {
        if (!(v[0] <= v[1]))
            throw out_of_range({name, "", fmt::format("{} {}", v[0], v[1]), "low <= high", "see --help"});
    };
    range("--rate_dist", rate_dist);
    range("--phase_dist", phase_dist);
    if (!(beta > 0 && beta < 1))
        throw out_of_range(
            {"--beta", "", std::to_string(beta), "between 0 and 1", "0.8 is the published value"});
    if (!(tau_s > 0 && tau_s < 0.278 * tau_m))
        throw out_of_range({"--tau_s", "", std::to_string(tau_s), "> 0 ms and < 0.278 tau_m",
                            "beyond it the published conversion of mV to pA has no solution"});
    if (!(w_0 > 0))
        throw out_of_range({"--stdp_w_0", "", std::to_string(w_0), "> 0 pA", "1 is the published value"});
    if (!(T >= 0 && std::isfinite(T)))
        throw bad_time({"--T", "", std::to_string(T), ">= 0 ms", "see --help"});
    for (auto const& path : {parameters, connectivity, matrix, weights}) check_writable(path);
}

json published::to_json(run_options const& how) const {
    return {{"N", N},
            {"K", K},
            {"beta", beta},
            {"N_E", N_E()},
            {"N_I", N - N_E()},
            {"K_E", K_E()},
            {"K_I", K - K_E()},
            {"neuron_model", neuron_model},
            {"tau_m", tau_m},
            {"C_m", C_m},
            {"tau_s", tau_s},
            {"theta", theta},
            {"V_reset", V_reset},
            {"E_L", E_L},
            {"t_ref", t_ref},
            {"I_DC", I_DC},
            {"J_E", J_E},
            {"g", g},
            {"eta", eta},
            {"I_E", I_E()},
            {"poisson_rate", poisson_rate()},
            {"delay", delay},
            {"V_init_min", V_init_min.value_or(E_L)},
            {"V_init_max", V_init_max.value_or(theta)},
            {"stdp_alpha", alpha},
            {"stdp_lambda", lambda},
            {"stdp_mu_plus", mu_plus},
            {"stdp_tau_plus", tau_plus},
            {"stdp_tau_minus", tau_minus},
            {"stdp_w_0", w_0},
            {"rate_dist", rate_dist},
            {"phase_dist", phase_dist},
            {"allow_autapses", allow_autapses},
            {"allow_multapses", allow_multapses},
            {"dt", how.dt},
            {"T", T},
            {"seed", how.seed},
            {"record_spikes", record_spikes},
            {"N_rec_spikes", N_rec_spikes},
            {"threads", how.threads},
            {"partitions", how.partitions},
            {"chunks", how.chunks}};
}

dictionary neuron_values(published const& p) {
    if (p.neuron_model == "ignore_and_fire")
        return {{"rate", uniform(p.rate_dist[0], p.rate_dist[1])},
                {"phase", uniform(p.phase_dist[0], p.phase_dist[1])},
                {"tau_minus", p.tau_minus}};
    return {{"E_L", p.E_L},
            {"C_m", p.C_m},
            {"tau_m", p.tau_m},
            {"t_ref", p.t_ref},
            {"V_th", p.theta},
            {"V_reset", p.V_reset},
            {"tau_syn_ex", p.tau_s},
            {"tau_syn_in", p.tau_s},
            {"I_e", p.I_DC},
            {"tau_minus", p.tau_minus},
            {"V_m", uniform(p.V_init_min.value_or(p.E_L), p.V_init_max.value_or(p.theta))}};
}

/// Specifies the network. Returns all its neurons, which have the ids from 1.
nodes specify(network& net, published const& p, results& r, bool recorded) {
    auto const values = neuron_values(p);
    auto const excitatory = net.create(p.neuron_model, p.N_E(), values);
    auto const inhibitory = net.create(p.neuron_model, p.N - p.N_E(), values);
    auto const all = excitatory + inhibitory;
    auto const noise = net.create("poisson_generator", 1, {{"rate", p.poisson_rate()}});
    net.copy_model("static_synapse_hpc", "excitatory", {{"weight", p.I_E()}, {"delay", p.delay}});
    net.copy_model("static_synapse_hpc", "inhibitory", {{"weight", -p.g * p.I_E()}, {"delay", p.delay}});
    r.plastic_model = "plastic";
    net.copy_model("stdp_pl_synapse_hom_hpc", r.plastic_model,
                   {{"weight", p.I_E()},
                    {"delay", p.delay},
                    {"alpha", p.alpha_of_model()},
                    {"lambda", p.lambda_of_model()},
                    {"mu", p.mu_plus},
                    {"tau_plus", p.tau_plus}});
    auto const random = [&](std::int64_t indegree) {
        return fixed_indegree(indegree).with(p.allow_autapses, p.allow_multapses);
    };
    net.connect(excitatory, excitatory, random(p.K_E()), {.model = r.plastic_model});
    net.connect(excitatory, inhibitory, random(p.K_E()), {.model = "excitatory"});
    net.connect(inhibitory, all, random(p.K - p.K_E()), {.model = "inhibitory"});
    net.connect(noise, all, all_to_all(), {.model = "excitatory"});
    if (recorded) {
        record(net, r.recordings, "excitatory", excitatory, p.N_rec_spikes, true);
        record(net, r.recordings, "inhibitory", inhibitory, p.N_rec_spikes, false);
    }
    return all;
}

/// Plastic weights now, and before the run, when all were I_E.
weight_histograms histograms(network& net, published const& p, results const& r) {
    constexpr int bins = 200;
    auto const& now = *r.plastic_weights;
    weight_histograms h;
    h.low = std::min(now.min, p.I_E());
    h.high = std::max(now.max, p.I_E());
    auto const margin = std::max(0.02 * (h.high - h.low), 1e-3);
    h.low -= margin, h.high += margin;
    h.after = net.weight_histogram(r.plastic_model, h.low, h.high, bins);
    h.before.resize(bins);
    h.before[std::size_t((p.I_E() - h.low) / (h.high - h.low) * bins)] = now.n;
    return h;
}

/// Everything that is written but spikes and raster.
void write_outputs(experiment& run, published const& p, results const& r, nodes const& among) {
    auto& net = run.net();
    write_connectivity(net, p.connectivity, among);
    if (!p.matrix.empty())
        draw_matrix(p.matrix,
                    {"Connections", fmt::format("among neurons {} to {}; blue: excitatory, red: inhibitory",
                                                among.front(), among.back())},
                    among, net.connections(among, among));
    auto const h = histograms(net, p, r);
    draw_weights(p.weights, {"Plastic weights", size_text(run)}, h);
    if (run.how().json.empty()) return;
    auto out = to_json(r, run);
    out["weight_histogram"] = {{"low", h.low}, {"high", h.high}, {"before", h.before}, {"after", h.after}};
    write_file(run.how().json, out.dump(1) + "\n");
}

int run(published const& p, run_options const& how) {
    how.check();
    p.check();
    results r{.program = program, .parameters = p.to_json(how)};
    experiment run(how);
    auto& net = run.net();
    auto const all = specify(net, p, r, p.record_spikes || !how.spikes.empty() || !how.raster_file().empty());
    auto const among = parse_nodes(p.connectivity_nodes, all);
    check_spike_files(how.spikes, r.recordings);
    if (!p.parameters.empty()) write_file(p.parameters, r.parameters.dump(1) + "\n");
    run.build();
    if (!how.quiet) fmt::print("{}: {}, {}\n", program, size_text(run), resources_text(run));
    run.simulate("sim", p.T);
    r.collect(run);
    write_spikes(how.spikes, r.recordings);
    draw_raster(how.raster_file(), {"Two populations with STDP, " + p.neuron_model, size_text(run)},
                r.recordings, net.time(), 0);
    write_outputs(run, p, r, among);
    print_summary(r, run);
    return run.interrupted() ? exit_interrupted : 0;
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app(
        "Two populations with power-law STDP between excitatory neurons; activity is set by the user with "
        "ignore_and_fire neurons.");
    published p;
    run_options how{.dt = 0.125};
    p.add_to(app);
    how.add_to(app, program);
    if (int code = 0; !parse(app, argc, argv, code)) return code;
    return guarded(program, [&] { return run(p, how); });
}
