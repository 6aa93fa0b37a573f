"""Are two simulators' runs of a random script samples of one distribution?

Every statistic has a value a run. If both simulators draw from the same distribution, then the variances are the same, too:
Student's t test with the pooled variance. (A rank test of N and N runs knows no p below 2 N!²/(2N)!: 0.1 for N = 3; Welch's
has as few degrees of freedom as the smaller sample.) The difference of means of equally many runs is symmetric, and the test
good for skewed distributions as well; with 3 and 8 runs p = 1e-4 is 1e-4 for normal, 2e-4 for gamma (shape 4) and 5e-4 for
exponential distributions. Each of a script's m
statistics is tested at the false-alarm rate of the script over m (Bonferroni); those that are the same in all runs of both
cannot raise one, and are not among the m.

Where the values hardly differ between seeds, or are discrete, the standard deviation has a floor: 1e-4 of the mean (below
that nothing is tested), and grain/sqrt(12), the grain being the distance of possible values. `detectable` says which shift
is found.
"""

import numpy as np
from scipy import optimize, stats

FLOOR = 1e-4  # of the standard deviation, as a part of the mean


def p_value(a, b, grain=0.0):
    """Of Student's t test of two samples, with the floor of the standard deviation."""
    n, m = len(a), len(b)
    scale = max(np.abs(np.mean(a)), np.abs(np.mean(b)))
    pooled = ((n - 1) * np.var(a, ddof=1) + (m - 1) * np.var(b, ddof=1)) / (n + m - 2)
    std = np.sqrt(pooled + (FLOOR * scale) ** 2 + grain**2 / 12)
    if std == 0:
        return 1.0  # both are 0
    return float(stats.ttest_ind_from_stats(np.mean(a), std, n, np.mean(b), std, m).pvalue)


def detectable(n, m, level, power=0.9):
    """The shift that the test of n and m runs finds with this probability, in standard deviations over seeds."""
    free, root = n + m - 2, np.sqrt(n * m / (n + m))
    limit = stats.t.isf(level / 2, free)
    # Of the shifted t: it is above the limit where the normal value is above limit x chi / sqrt(free) - shift.
    chi = stats.chi(free).ppf((np.arange(2000) + 0.5) / 2000) / np.sqrt(free)
    missed = lambda d: stats.norm.cdf(limit * chi - d * root).mean() - (1 - power)  # noqa: E731
    return float(optimize.brentq(missed, 0, 100 * limit / root))


def compare(reference, ours, false_alarms):
    """`tests`, one for each statistic, worst first, with its p and what both have; `level` of each; `agrees`: see
    nest_examples.py; how many `statistics` there are, with those that never differ.

    Both are lists of runs, dicts of (value, grain) by name. Statistics that fewer than three runs of one side have are left
    out, unless all runs of the other side have them and none of this one: then they do not agree. Messages that only one
    of them prints are not the script's.
    """
    tests, missing, seen = [], [], 0
    for name in dict.fromkeys(k for run in [*reference, *ours] for k in run):
        a, b = ([run[name][0] for run in runs if name in run] for runs in (reference, ours))
        if min(len(a), len(b)) >= 3:
            seen += 1
            if np.ptp([*a, *b]) == 0:
                continue
            grain = max(run[name][1] for run in [*reference, *ours] if name in run)
            tests.append({"statistic": name, "p": p_value(a, b, grain), "reference": _said(a), "ours": _said(b)})
        elif (len(a), len(b)) in ((len(reference), 0), (0, len(ours))) and not name.startswith("printed"):
            missing.append(f"only {'the reference' if a else 'Ranvier'} has: {name}")
    tests.sort(key=lambda t: t["p"])
    level = false_alarms / max(len(tests), 1)
    return {"tests": tests, "missing": missing, "level": level, "statistics": seen, "agrees": _verdict(tests, missing, level)}


def _verdict(tests, missing, level):
    if missing:
        return f"no: {missing[0]}"
    worst = tests[0] if tests else {"p": 1.0}
    if worst["p"] >= level:
        return "spread" if any(t["reference"]["std"] > 0 for t in tests) else "equal"
    mean = "{mean:.6g} ± {std:.2g}"
    return (f"no: {worst['statistic']} {mean.format(**worst['reference'])} and {mean.format(**worst['ours'])}, "
            f"p = {worst['p']:.1g}")


def _said(values):
    return {"mean": float(np.mean(values)), "std": float(np.std(values, ddof=1)), "runs": len(values)}
