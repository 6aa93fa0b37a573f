// Recorders: what is kept in memory, settings.
#include "tests/recorder_for_tests.h"

namespace ranvier {
namespace {

using namespace test;

TEST(SpikeRecorder, KeepsWhatIsInItsWindow) {
    for (auto const& c : cases("spike_recorder_window")) {
        recording r(c["h"]);
        r.add_spike_recorder(2, "spike_recorder");
        recorder_settings s;
        s.after = c["origin"].get<int>() + c["start"].get<int>();
        if (!c["stop"].is_null()) s.until = c["origin"].get<int>() + c["stop"].get<int>();
        r.set(2, s);
        r.connect_spikes(nodes(1, 1), 2);
        std::vector<spike> train;
        for (int stamp = 1; stamp <= 50; ++stamp) train.push_back({stamp, 1});
        for (int t = 0; t < 60; t += 20) offer(r, train, t, 20);
        EXPECT_EQ(r.spike_events(2).steps, c["stamps"].get<stamps>()) << c;
        EXPECT_EQ(r.n_events(2), std::int64_t(c["stamps"].size()));
    }
}

TEST(SpikeRecorder, RecordsConnectedSendersInOrderOnceAUnitOfMultiplicity) {
    recording r(0.1);
    for (auto id : {10, 11, 12}) r.add_spike_recorder(id, "spike_recorder");
    r.connect_spikes(nodes(ids{1, 3}), 10);
    r.connect_spikes(nodes(1, 4), 11);
    r.connect_spikes(nodes(3, 1), 10);  // twice
    r.connect_spikes({}, 12);
    std::vector<spike> const train{{5, 1}, {5, 2}, {5, 3, 2}, {7, 1, 3}, {7, 20}, {8, 4}};
    r.begin(12);
    offer(r, train, 4, 2);
    offer(r, train, 6, 2);
    r.check();
    r.end();
    EXPECT_EQ(r.spike_events(10).senders, (ids{1, 3, 3, 3, 3, 1, 1, 1}));
    EXPECT_EQ(r.spike_events(10).steps, (stamps{5, 5, 5, 5, 5, 7, 7, 7}));
    EXPECT_EQ(r.spike_events(11).senders, (ids{1, 2, 3, 3, 1, 1, 1, 4}));
    EXPECT_EQ(r.spike_events(11).times[4], 0.7000000000000001);  // 0.001 * tics
    EXPECT_EQ(r.n_events(12), 0);
    EXPECT_TRUE(r.spike_events(12).senders.empty());
}

TEST(SpikeRecorder, OrdersSpikesOfGeneratorsAmongThoseOfNeurons) {
    recording r(0.1);
    r.add_spike_recorder(9, "spike_recorder");
    r.connect_spikes(nodes(1, 5), 9);
    offer(r, {{1, 3}, {3, 3}}, 0, 4);
    offer(r, {{1, 1}, {2, 5}, {3, 4}}, 0, 4);
    EXPECT_EQ(r.spike_events(9).senders, (ids{1, 3, 5, 3, 4}));
    EXPECT_EQ(r.spike_events(9).steps, (stamps{1, 1, 2, 3, 3}));
    EXPECT_EQ(r.spike_events(9).times, (std::vector<double>{0.1, 0.1, 0.2, 0.001 * 300, 0.001 * 300}));
}

TEST(SpikeRecorder, ForgetsAndIsRemoved) {
    recording r(0.1);
    r.add_spike_recorder(2, "spike_recorder");
    r.add_spike_recorder(3, "spike_recorder");
    r.connect_spikes(nodes(1, 1), 2);
    r.connect_spikes(nodes(1, 1), 3);
    offer(r, {{1, 1}}, 0, 1);
    r.clear(2);
    EXPECT_EQ(r.n_events(2), 0);
    EXPECT_EQ(r.n_events(3), 1);
    offer(r, {{1, 1}, {2, 1}}, 1, 1);
    EXPECT_EQ(r.spike_events(2).steps, (stamps{2}));
    r.remove(2);
    EXPECT_FALSE(r.exists(2));
    EXPECT_TRUE(r.exists(3));
    offer(r, {{3, 1}}, 2, 1);
    EXPECT_EQ(r.spike_events(3).steps, (stamps{1, 2, 3}));
}

TEST(SpikeRecorder, CountsWhatItDoesNotKeep) {
    recording r(0.1);
    r.add_spike_recorder(2, "spike_recorder");
    r.connect_spikes(nodes(1, 1), 2);
    recorder_settings s;
    s.record_to = {};
    r.set(2, s);
    r.begin(2);
    offer(r, {{1, 1, 4}}, 0, 1);
    r.end();
    EXPECT_EQ(r.n_events(2), 4);
    EXPECT_TRUE(r.spike_events(2).senders.empty());
}

TEST(Multimeter, KeepsColumnsInItsWindow) {
    recording r(0.1);
    r.add_multimeter(5, "multimeter", {"V_m"});
    r.add_multimeter(5, "multimeter", {"V_m", "w"});  // record_from set before anything is recorded
    recorder_settings s;
    s.after = 10, s.until = 30;
    r.set(5, s);
    for (int stamp : {10, 20, 30, 40})
        offer_sample(r, 5, stamp, {1, 4}, {{-70.0 + stamp, -60}, {1, 2.0 * stamp}});
    auto const d = r.sample_events(5);
    EXPECT_EQ(d.senders, (ids{1, 4, 1, 4}));
    EXPECT_EQ(d.steps, (stamps{20, 20, 30, 30}));
    EXPECT_EQ(d.times, (std::vector<double>{2, 2, 3, 3}));
    EXPECT_EQ(d.names, (std::vector<std::string>{"V_m", "w"}));
    EXPECT_EQ(d.values, (std::vector<std::vector<double>>{{-50, -60, -40, -60}, {1, 40, 1, 60}}));
    EXPECT_EQ(r.n_events(5), 4);
    r.add_multimeter(5, "multimeter", {"V_m", "w"});  // nothing new
    EXPECT_EQ(r.n_events(5), 4);
    EXPECT_THROW(r.add_multimeter(5, "multimeter", {"w"}), unusable);
    EXPECT_EQ(r.sample_events(5).values, d.values);
    r.clear(5);
    EXPECT_EQ(r.sample_events(5).values, (std::vector<std::vector<double>>{{}, {}}));
}

TEST(RecorderSettings, AreCheckedBeforeTheyChange) {
    recording r(0.1);
    r.add_spike_recorder(2, "my_recorder");
    auto const rejected = [&](auto change) {
        auto s = r.settings(2);
        s.label = "other";
        change(s);
        auto const text = error_of<out_of_range>([&] { r.set(2, s); });
        EXPECT_EQ(r.settings(2).label, "");
        return text;
    };
    EXPECT_EQ(rejected([](auto& s) {
                  s.record_to = {"ascii", "paper"};
              }),
              "my_recorder: record_to = \"paper\", allowed: \"memory\", \"ascii\", \"screen\", several of "
              "them, or none; an empty list records nothing");
    rejected([](auto& s) { s.record_to = {""}; });
    EXPECT_EQ(rejected([](auto& s) { s.precision = -1; }),
              "my_recorder: precision = -1, allowed: 0 ... 100; it is the number of digits after the point");
    rejected([](auto& s) { s.precision = 101; });
    rejected([](auto& s) { s.file_extension = "a/b"; });
}

TEST(RecorderSettings, NeedARecorder) {
    recording r(0.1);
    r.add_multimeter(2, "multimeter", {"V_m"});
    EXPECT_THROW(r.set(1, {}), unknown_node);
    EXPECT_THROW(r.settings(1), unknown_node);
    EXPECT_THROW(r.clear(3), unknown_node);
    EXPECT_THROW(r.spike_events(3), unknown_node);
    EXPECT_THROW(r.remove(3), unknown_node);
    EXPECT_THROW(r.connect_spikes(nodes(1, 1), 3), unknown_node);
    EXPECT_THROW(r.connect_spikes(nodes(1, 1), 2), unknown_node);
}

}  // namespace
}  // namespace ranvier
