// Escape noise by time rescaling (Brown et al. 2002, Neural Comput 14:325): a neuron fires when the integral
// of its rate since it last fired reaches a number drawn from the exponential distribution of mean 1. So it
// fires in a step with probability 1 - exp(-mean), where `mean` spikes are expected, and a number is drawn
// per spike, not per step.
#pragma once
#include "models/model.h"

namespace ranvier::escape {

/// Spikes that are still to be expected before a neuron fires, of one for which nothing has been drawn yet.
constexpr double not_drawn = -1e300;

/// A step; whether the neuron may fire, or has to draw. mean: none are expected if it is not positive.
RANVIER_FN bool due(real& left, double mean) {
    left = left - select(mean > 0, mean, 0.0);
    return (mean > 0) & (left < 0);
}
RANVIER_FN double exponential(double uniform) { return -math::log(1 - uniform); }
/// Whether one that is due fires. Draw 0.
RANVIER_FN bool fires(real& left, double mean, auto const& context) {
    if (left < 0.5 * not_drawn) left = exponential(context.uniform()) - mean;
    return left < 0;
}
/// Of one that fires once, whatever else was to be expected in the step. Draw 1.
RANVIER_FN void fire(real& left, auto const& context) { left = exponential(context.uniform(1)); }
/// Of one that fires as often as its rate asks for, at most so many times; how many. Draws 1, 2 ...
RANVIER_FN int count(real& left, int most, auto const& context) {
    for (int n = 1; n < most; ++n) {
        left = left + exponential(context.uniform(std::uint32_t(n)));
        if (left >= 0) return n;
    }
    left = not_drawn;
    return most;
}

}  // namespace ranvier::escape
