// What recorders of spikes, samples and weights keep, in memory and in files, and show on the screen.
#pragma once
#include <cstdint>
#include <exception>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "host/network.h"
#include "kernels/views.h"

namespace ranvier {

class ascii_file;

/// Of one spike recorder, multimeter or weight recorder.
struct recorder_settings {
    std::string label;  // "": the model's name
    std::vector<std::string> record_to{
        "memory"};  // any of "memory", "ascii", "screen"; empty: nothing is kept, only counted
    std::string file_extension = "dat";
    std::int64_t precision = 3;                 // digits after the point in text, 0 ... 100
    bool time_in_steps = false;                 // in text
    std::int64_t after = 0, until = INT64_MAX;  // stamps with after < stamp <= until are recorded
};

/// All recorders of a network.
///
/// Files stay open from one run to the next, which appends to them; the reference starts them anew each time.
/// overwrite_files is about files that were there before: this object never overwrites what it has written
/// itself.
class recording {
  public:
    explicit recording(double h);
    recording(recording&&) noexcept;
    recording& operator=(recording&&) noexcept;
    ~recording();

    /// file_error if data_path is not a directory; out_of_range if data_prefix contains a '/'. Takes effect
    /// at begin().
    void set_output(output_settings const& output);
    output_settings const& output() const { return output_; }

    void add_spike_recorder(std::int32_t id, std::string const& model);
    /// Again for the same id: other names, as long as it has recorded nothing.
    void add_multimeter(std::int32_t id, std::string const& model, std::vector<std::string> const& names);
    /// Its columns are weights, targets, receptors, ports.
    void add_weight_recorder(std::int32_t id, std::string const& model);
    void remove(std::int32_t id);  // its file stays
    bool exists(std::int32_t id) const;
    recorder_settings settings(std::int32_t id) const;
    std::vector<std::string> const& names(std::int32_t id) const;  // of columns
    /// out_of_range for unknown back ends, bad precision or extension; file_error if the columns of a file
    /// that has been started would change. Nodes: how many there are now, for file names, counted when
    /// "ascii" is first asked for; 0: counted at begin().
    void set(std::int32_t id, recorder_settings const& settings, std::int64_t nodes = 0);
    /// The errors of set(), for a recorder that will have these columns.
    void validate(std::int32_t id, recorder_settings const& settings, std::vector<std::string> const& names,
                  std::int64_t nodes) const;
    /// Senders connected twice are recorded twice.
    void connect_spikes(nodes const& senders, std::int32_t recorder);
    /// data_path/prefix + label-id-0.extension, the id zero-padded to the digits of the number of nodes.
    std::string file_name(std::int32_t id, std::int64_t nodes) const;

    /// Before a run: opens files that are not open, all or none; file_error if one exists and overwrite_files
    /// is false, or cannot be made, or if lines left over from before cannot be written.
    void begin(std::int64_t nodes);
    /// Of a slice, events by step, then id; recorded with stamp step + 1, once per unit of multiplicity. What
    /// cannot be written is kept, see check().
    void spikes(spike_list const& s);
    /// Of a train that one spike recorder alone receives.
    void train(std::int32_t recorder, std::int64_t stamp, spike_event const& e);
    /// Of a multimeter or weight recorder; columns: [name][n].
    void samples(std::int32_t recorder, std::int64_t stamp, std::int32_t const* senders, std::int64_t n,
                 double const* const* columns);
    /// After each slice: shows what is for the screen, rows as in files (devices.md, 4.3); file_error if that
    /// or a file could not be written. The run should stop, as all its lines wait in memory; a later run goes
    /// on if there is room by then.
    void check();
    /// Flushes. file_error if anything is not in its file.
    void end();

    std::int64_t n_events(std::int32_t id) const;  // recorded since clear, wherever to
    void clear(std::int32_t id);                   // forgets what is in memory
    /// In memory. By time, then sender; in files, spikes of generators come before those of neurons in each
    /// slice.
    spike_data spike_events(std::int32_t id) const;
    /// In memory, in the order of calls to samples(); weights by time, then sender, then in that order.
    sample_data sample_events(std::int32_t id) const;

  private:
    struct recorder;
    struct made_file {
        std::int32_t id;
        std::string columns;
    };
    recorder& at(std::int32_t id);
    recorder const& at(std::int32_t id) const;
    double time(std::int64_t stamp) const { return 0.001 * double(stamp * tics_per_step_); }  // ms
    std::string path(std::int32_t id, recorder const& r, recorder_settings const& s,
                     std::int64_t nodes) const;
    bool has_made(std::string const& path, std::int32_t id, std::string const& columns) const;
    void write_spike(recorder& r, std::int64_t stamp, spike_event const& e);
    void flush_full();
    void show();
    template <class Sender, class Rest>
    void write_rows(recorder& r, std::int64_t stamp, std::int64_t n, Sender sender, Rest rest);
    void write_stamp(recorder& r, std::int64_t stamp);
    void write_samples(recorder& r, std::int64_t stamp, std::int32_t const* senders, std::int64_t n,
                       double const* const* columns);

    void stamps(recorder const& r, std::vector<std::int64_t>& steps, std::vector<double>& times) const;

    std::int64_t tics_per_step_;
    output_settings output_;
    std::map<std::int32_t, recorder> recorders_;
    std::vector<std::uint32_t> list_of_;  // [id]: index in lists_, 0: nobody records it
    std::vector<std::vector<recorder*>> lists_{1};
    std::string screen_;                     // lines that are to be shown
    std::vector<recorder*> full_;            // whose text is worth a flush
    std::exception_ptr failure_;             // of a flush, since begin()
    std::map<std::string, made_file> made_;  // by path
};

}  // namespace ranvier
