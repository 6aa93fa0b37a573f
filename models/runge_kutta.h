// One step of the explicit Runge-Kutta method of order 8 with twelve stages of Dormand and Prince (Hairer,
// Norsett & Wanner 1993, Solving Ordinary Differential Equations I, II.10), without its error estimates.
#pragma once
#include "models/collocation.h"

namespace ranvier::dormand_prince {

constexpr int stages = 12;
/// Row i: weights of the slopes before stage i; the last row: of all, for the result.
inline constexpr double weight[stages + 1][stages] = {
    {},
    {0.05260015195876773},
    {0.0197250569845379, 0.0591751709536137},
    {0.02958758547680685, 0, 0.08876275643042054},
    {0.2413651341592667, 0, -0.8845494793282861, 0.924834003261792},
    {0.037037037037037035, 0, 0, 0.17082860872947386, 0.12546768756682242},
    {0.037109375, 0, 0, 0.17025221101954405, 0.06021653898045596, -0.017578125},
    {0.03709200011850479, 0, 0, 0.17038392571223998, 0.10726203044637328, -0.015319437748624402,
     0.008273789163814023},
    {0.6241109587160757, 0, 0, -3.3608926294469414, -0.868219346841726, 27.59209969944671, 20.154067550477894,
     -43.48988418106996},
    {0.47766253643826434, 0, 0, -2.4881146199716677, -0.590290826836843, 21.230051448181193,
     15.279233632882423, -33.28821096898486, -0.020331201708508627},
    {-0.9371424300859873, 0, 0, 5.186372428844064, 1.0914373489967295, -8.149787010746927, -18.52006565999696,
     22.739487099350505, 2.4936055526796523, -3.0467644718982196},
    {2.273310147516538, 0, 0, -10.53449546673725, -2.0008720582248625, -17.9589318631188, 27.94888452941996,
     -2.8589982771350235, -8.87285693353063, 12.360567175794303, 0.6433927460157636},
    {0.054293734116568765, 0, 0, 0, 0, 4.450312892752409, 1.8915178993145003, -5.801203960010585,
     0.3111643669578199, -0.1521609496625161, 0.20136540080403034, 0.04471061572777259},
};
inline constexpr double node[stages] = {0,
                                        0.05260015195876773,
                                        0.0789002279381516,
                                        0.1183503419072274,
                                        0.2816496580927726,
                                        0.3333333333333333,
                                        0.25,
                                        0.3076923076923077,
                                        0.6512820512820513,
                                        0.6,
                                        0.8571428571428571,
                                        1};

/// y after `length`, unchanged for 0. first: the slope at the beginning; slope(y, x): after x of the length.
template <int N, class Slope>
RANVIER_FN values<N> advance(values<N> const& y, values<N> const& first, double length, Slope slope) {
    values<N> k[stages];
    k[0] = first;
    auto reach = [&](auto row) RANVIER_INLINE_LAMBDA {
        values<N> z;
        unroll<N>([&](auto c) RANVIER_INLINE_LAMBDA {
            double sum = 0;
            unroll<row>([&](auto j) RANVIER_INLINE_LAMBDA {
                constexpr double w = weight[row][j];
                if constexpr (w != 0) sum = std::fma(w, k[j][c], sum);
            });
            z[c] = std::fma(length, sum, y[c]);
        });
        return z;
    };
    unroll<stages - 1>([&](auto i) RANVIER_INLINE_LAMBDA {
        constexpr double x = node[i + 1];
        k[i + 1] = slope(reach(std::integral_constant<int, i + 1>{}), x);
    });
    return reach(std::integral_constant<int, stages>{});
}

}  // namespace ranvier::dormand_prince
