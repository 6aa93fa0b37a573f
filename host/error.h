// Everything that can be wrong, typed. A user's mistake is found before anything is changed.
#pragma once
#include <fmt/format.h>

#include <stdexcept>
#include <string>

namespace ranvier {

/// What was wrong, in parts: object ("iaf_psc_exp", "connect"), parameter, value as given, what is allowed,
/// and what the user may do. Any part may be empty. what() is "object: parameter = value, allowed: ... ;
/// remedy".
struct mistake {
    std::string object, parameter, value, allowed, remedy;
};

class error : public std::runtime_error {
  public:
    explicit error(mistake const& m) : std::runtime_error(text(m)), details_(m) {}
    mistake const& details() const { return details_; }

  private:
    static std::string text(mistake const& m) {
        auto s = m.object;
        if (!m.parameter.empty()) s += (s.empty() ? "" : ": ") + m.parameter;
        if (!m.value.empty()) s += (m.parameter.empty() ? ": " : " = ") + m.value;
        if (!m.allowed.empty()) s += ", allowed: " + m.allowed;
        if (!m.remedy.empty()) s += "; " + m.remedy;
        return s;
    }
    mistake details_;
};

struct unknown_model : error {
    using error::error;
};
struct unknown_parameter : error {
    using error::error;
};
struct unknown_rule : error {
    using error::error;
};
struct unknown_node : error {
    using error::error;
};
struct wrong_type : error {
    using error::error;
};
struct wrong_size : error {
    using error::error;
};
struct out_of_range : error {
    using error::error;
};  ///< a parameter outside what the model allows
struct unknown_connection : out_of_range {
    using out_of_range::out_of_range;
};  ///< taken away, or none of the network's
struct bad_delay : error {
    using error::error;
};  ///< negative, below one step, not a number
struct bad_time : error {
    using error::error;
};  ///< a duration or time that the grid does not hold
struct illegal_connection : error {
    using error::error;
};  ///< wrong direction, receptor, synapse model
struct impossible_connectivity : error {
    using error::error;
};  ///< a rule that no network satisfies
struct out_of_memory : error {
    using error::error;
};  ///< needed and available bytes are in the text
struct file_error : error {
    using error::error;
};
struct backend_error : error {
    using error::error;
};  ///< a backend that is not there, or has failed
struct numerical_instability : error {
    using error::error;
};  ///< NaN or Inf in a state: neuron, model, time
struct overflow : error {
    using error::error;
};  ///< a weight too large for the input's fixed point
struct unusable : error {
    using error::error;
};  ///< the network has failed before
struct interrupted : error {
    using error::error;
};  ///< stopped on request; the network stays usable

}  // namespace ranvier
