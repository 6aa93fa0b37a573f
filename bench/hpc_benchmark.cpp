// Balanced random network with power-law STDP: Morrison, Aertsen & Diesmann 2007 (Neural Comput 19:1437),
// Helias et al. 2012 (Front Neuroinform 6:26), Kunkel et al. 2014 (Front Neuroinform 8:78).
#include <cmath>

#include "bench/common/pictures.h"
#include "bench/common/psp.h"
#include "bench/common/report.h"

namespace {
using namespace ranvier;
using namespace ranvier::bench;

struct published {
    double scale = 1, presim = 50, simtime = 250;  // ms
    std::int64_t record = 1000, record_inhibitory = 250;
    bool static_weights = false;
    std::int64_t NE = 9000, NI = 2250;  // at scale 1
    std::int64_t CE = 0, CI = 0;        // in-degrees; 0: N/scale
    double E_L = 0, C_m = 250, tau_m = 10, t_ref = 0.5, V_th = 20, V_reset = 0;
    double tau_syn = 0.32582722403722841, tau_minus = 30;
    double V_mean = 5.7, V_std = 7.2;
    double JE = 0.14, g = 5, delay = 1.5, eta = 1.685;
    double alpha = 0.0513, lambda = 0.1, mu = 0.4, tau_plus = 15;

    std::int64_t excitatory() const { return std::int64_t(double(NE) * scale); }
    std::int64_t inhibitory() const { return std::int64_t(double(NI) * scale); }
    std::int64_t indegree_ex() const { return CE > 0 ? CE : std::int64_t(double(excitatory()) / scale); }
    std::int64_t indegree_in() const { return CI > 0 ? CI : std::int64_t(double(inhibitory()) / scale); }
    double weight() const { return JE / psp_peak(tau_m, C_m, tau_syn); }  // pA
    double poisson_rate() const {                                         // 1/s
        auto const drive = double(indegree_ex()) * tau_m / C_m * weight() * math::exp(1.0) * tau_syn;
        return eta * V_th / drive * double(indegree_ex()) * 1000;
    }
    void add_to(CLI::App& app);
    void check() const;
    json to_json(run_options const& how) const;
};

void published::add_to(CLI::App& app) {
    auto const size = "Size and duration", neuron = "Neurons", synapses = "Connections",
               plastic = "Plasticity";
    add(app, "--scale", scale, "factor", "network size over 11,250 neurons; in-degrees stay")->group(size);
    add(app, "--presim", presim, "ms", "time simulated before measuring")->group(size);
    add(app, "--simtime", simtime, "ms", "time simulated and measured")->group(size);
    add(app, "--record", record, "number", "excitatory neurons whose spikes are recorded")->group(size);
    add(app, "--record-inhibitory", record_inhibitory, "number", "inhibitory ones")->group(size);
    add(app, "--E_L", E_L, "mV", "resting potential")->group(neuron);
    add(app, "--C_m", C_m, "pF", "membrane capacitance")->group(neuron);
    add(app, "--tau_m", tau_m, "ms", "membrane time constant")->group(neuron);
    add(app, "--t_ref", t_ref, "ms", "refractory period")->group(neuron);
    add(app, "--V_th", V_th, "mV", "threshold")->group(neuron);
    add(app, "--V_reset", V_reset, "mV", "reset potential")->group(neuron);
    add(app, "--tau_syn", tau_syn, "ms", "time constant of synaptic currents, both signs")->group(neuron);
    add(app, "--V_mean", V_mean, "mV", "mean of the initial potentials (normal distribution)")->group(neuron);
    add(app, "--V_std", V_std, "mV", "their standard deviation")->group(neuron);
    add(app, "--eta", eta, "number", "external rate over the rate that just reaches threshold")
        ->group(neuron);
    add(app, "--NE", NE, "number", "excitatory neurons at scale 1")->group(synapses);
    add(app, "--NI", NI, "number", "inhibitory neurons at scale 1")->group(synapses);
    add(app, "--CE", CE, "number", "excitatory inputs of a neuron; 0: as many as NE")->group(synapses);
    add(app, "--CI", CI, "number", "inhibitory inputs of a neuron; 0: as many as NI")->group(synapses);
    add(app, "--JE", JE, "mV", "peak of an excitatory postsynaptic potential")->group(synapses);
    add(app, "--g", g, "number", "strength of inhibitory over excitatory weights")->group(synapses);
    add(app, "--delay", delay, "ms", "delay of all connections")->group(synapses);
    app.add_flag("--static", static_weights, "constant weights instead of plastic ones")->group(plastic);
    add(app, "--alpha", alpha, "number", "depression over facilitation")->group(plastic);
    add(app, "--lambda", lambda, "number", "learning rate")->group(plastic);
    add(app, "--mu", mu, "number", "exponent of the weight in facilitation")->group(plastic);
    add(app, "--tau_plus", tau_plus, "ms", "time constant of facilitation")->group(plastic);
    add(app, "--tau_minus", tau_minus, "ms", "time constant of depression")->group(plastic);
}

void published::check() const {
    if (!(scale > 0 && std::isfinite(scale)) || excitatory() < 1 || inhibitory() < 1)
        throw out_of_range({"--scale", "", std::to_string(scale),
                            "> 0 and at least one neuron of each population", "1 makes 11,250 neurons"});
    if (!(tau_syn > 0 && tau_syn < tau_m))
        throw out_of_range({"--tau_syn", "", std::to_string(tau_syn), "> 0 ms and < tau_m", "see --help"});
    for (auto const duration : {presim, simtime})
        if (!(duration >= 0 && std::isfinite(duration)))
            throw bad_time(
                {"--presim and --simtime", "", std::to_string(duration), ">= 0, ms", "see --help"});
}

json published::to_json(run_options const& how) const {
    return {{"scale", scale},
            {"presim", presim},
            {"simtime", simtime},
            {"dt", how.dt},
            {"seed", how.seed},
            {"record", record},
            {"static", static_weights},
            {"N_E", excitatory()},
            {"N_I", inhibitory()},
            {"C_E", indegree_ex()},
            {"C_I", indegree_in()},
            {"E_L", E_L},
            {"C_m", C_m},
            {"tau_m", tau_m},
            {"t_ref", t_ref},
            {"V_th", V_th},
            {"V_reset", V_reset},
            {"tau_syn", tau_syn},
            {"tau_minus", tau_minus},
            {"V_mean", V_mean},
            {"V_std", V_std},
            {"JE_mV", JE},
            {"JE_pA", weight()},
            {"g", g},
            {"delay", delay},
            {"eta", eta},
            {"poisson_rate", poisson_rate()},
            {"alpha", alpha},
            {"lambda", lambda},
            {"mu", mu},
            {"tau_plus", tau_plus},
            {"threads", how.threads},
            {"partitions", how.partitions},
            {"chunks", how.chunks}};
}

/// Specifies the network; the recordings of both populations go into r.
void specify(network& net, published const& p, results& r) {
    dictionary const values{{"E_L", p.E_L},
                            {"C_m", p.C_m},
                            {"tau_m", p.tau_m},
                            {"t_ref", p.t_ref},
                            {"V_th", p.V_th},
                            {"V_reset", p.V_reset},
                            {"tau_syn_ex", p.tau_syn},
                            {"tau_syn_in", p.tau_syn},
                            {"tau_minus", p.tau_minus},
                            {"V_m", normal(p.V_mean, p.V_std)}};
    auto const excitatory = net.create("iaf_psc_alpha", p.excitatory(), values);
    auto const inhibitory = net.create("iaf_psc_alpha", p.inhibitory(), values);
    auto const noise = net.create("poisson_generator", 1, {{"rate", p.poisson_rate()}});
    auto const weight = p.weight();
    net.copy_model("static_synapse_hpc", "excitatory", {{"weight", weight}, {"delay", p.delay}});
    net.copy_model("static_synapse_hpc", "inhibitory", {{"weight", -p.g * weight}, {"delay", p.delay}});
    if (!p.static_weights) {
        r.plastic_model = "plastic";
        net.copy_model("stdp_pl_synapse_hom_hpc", r.plastic_model,
                       {{"weight", weight},
                        {"delay", p.delay},
                        {"alpha", p.alpha},
                        {"lambda", p.lambda},
                        {"mu", p.mu},
                        {"tau_plus", p.tau_plus}});
    }
    auto const random = [](std::int64_t indegree) { return fixed_indegree(indegree).without_autapses(); };
    net.connect(noise, excitatory + inhibitory, all_to_all(), {.model = "excitatory"});
    net.connect(excitatory, excitatory, random(p.indegree_ex()),
                {.model = p.static_weights ? "excitatory" : r.plastic_model});
    net.connect(inhibitory, excitatory, random(p.indegree_in()), {.model = "inhibitory"});
    net.connect(excitatory, inhibitory, random(p.indegree_ex()), {.model = "excitatory"});
    net.connect(inhibitory, inhibitory, random(p.indegree_in()), {.model = "inhibitory"});
    record(net, r.recordings, "excitatory", excitatory, p.record, true);
    record(net, r.recordings, "inhibitory", inhibitory, p.record > 0 ? p.record_inhibitory : 0, false);
}

int run(published const& p, run_options const& how) {
    how.check();
    p.check();
    results r{.program = "hpc_benchmark", .parameters = p.to_json(how), .measured_from = p.presim};
    experiment run(how);
    specify(run.net(), p, r);
    check_spike_files(how.spikes, r.recordings);
    run.build();
    if (!how.quiet) fmt::print("hpc_benchmark: {}, {}\n", size_text(run), resources_text(run));
    run.simulate("presim", p.presim);
    run.simulate("sim", p.simtime);
    r.collect(run);
    write_spikes(how.spikes, r.recordings);
    draw_raster(how.raster_file(), {"Balanced random network with STDP", size_text(run)}, r.recordings,
                run.net().time(), p.presim);
    if (!how.json.empty()) write_file(how.json, to_json(r, run).dump(1) + "\n");
    print_summary(r, run);
    return run.interrupted() ? exit_interrupted : 0;
}

}  // namespace

int main(int argc, char** argv) {
    CLI::App app("Balanced random network of iaf_psc_alpha neurons with power-law STDP, 11,250 inputs each.");
    published p;
    run_options how;
    p.add_to(app);
    how.add_to(app, "hpc_benchmark");
    if (int code = 0; !parse(app, argc, argv, code)) return code;
    return guarded("hpc_benchmark", [&] { return run(p, how); });
}
