// Files of recorders: as the reference writes them (tests/data/reference_devices.json), and nothing lost when
// they cannot be written.
#include <cmath>
#include <cstdio>
#include <iterator>
#include <random>
#include <sstream>

#include "host/ascii_file.h"
#include "tests/files_for_tests.h"
#include "tests/recorder_for_tests.h"

namespace ranvier {
namespace {

using namespace test;
namespace fs = std::filesystem;

std::size_t n_files(fs::path const& folder) {
    return std::size_t(std::distance(fs::directory_iterator(folder), fs::directory_iterator{}));
}

std::string const version = ascii_header("").substr(0, ascii_header("").find('\n'));
std::string const remedy = "; make room and go on: nothing has been lost";
std::string const header = version + "\n# RecordingBackendASCII version: 2\n";

recorder_settings ascii(std::string label = {}) {
    recorder_settings s;
    s.record_to = {"ascii"};
    s.label = std::move(label);
    return s;
}

class Files : public testing::Test {
  protected:
    /// Recorder 2 of node 1, in ascii files.
    recording one_recorder(recorder_settings const& s = ascii(), bool overwrite = false) {
        recording r(0.1);
        r.set_output({folder, "", overwrite});
        r.add_spike_recorder(2, "spike_recorder");
        r.connect_spikes(nodes(1, 1), 2);
        r.set(2, s, 2);
        return r;
    }
    temporary_directory const directory;
    fs::path const folder = directory.path();
};

TEST_F(Files, AreThoseOfTheReference) {
    for (auto const& c : cases("ascii_files")) {
        for (auto const& [name, expected] : c["files"].items()) {
            recording r(c["h"]);
            r.set_output({folder, c["kernel"].value("data_prefix", ""), true});
            auto s = ascii(c["params"].value("label", ""));
            s.file_extension = c["params"].value("file_extension", "dat");
            s.precision = c["params"].value("precision", 3);
            s.time_in_steps = c["params"].value("time_in_steps", false);
            std::istringstream lines(expected.get<std::string>());
            std::string theirs, format, columns;
            std::getline(lines, theirs), std::getline(lines, format), std::getline(lines, columns);
            EXPECT_EQ(theirs, "# NEST version: 3.10.0");
            int const id = c["kernel"].value("before", 0) + (columns.ends_with("I_syn_ex") ? 3 : 2);
            if (id % 12 == 3)
                r.add_multimeter(id, "multimeter", {"V_m", "I_syn_ex"});
            else
                r.add_spike_recorder(id, "spike_recorder");
            r.set(id, s, id);
            EXPECT_EQ(r.file_name(id, 1000), (folder / name).string());
            int const sender = id % 12 == 3 ? id - 2 : id - 1;
            if (id % 12 == 2) r.connect_spikes(nodes(sender, 1), id);
            r.begin(id + c["kernel"].value("after", 0));
            for (std::string line; std::getline(lines, line);) {
                std::istringstream row(line);
                double who, time, offset, v, i;
                row >> who >> time;
                if (s.time_in_steps) row >> offset;
                auto const stamp = std::int64_t(std::lround(s.time_in_steps ? time : time * 10));
                if (row >> v >> i)
                    offer_sample(r, id, stamp, {sender}, {{v}, {i}});
                else
                    offer(r, {{stamp, sender}}, stamp - 1, 1);
            }
            r.end();
            auto same = expected.get<std::string>();
            same.replace(0, theirs.size(), version);
            EXPECT_TRUE(version.starts_with("# NEST version: Ranvier "));
            EXPECT_EQ(text_of(folder / name), same);
        }
    }
}

TEST_F(Files, HoldNumbersAsCStreamsWriteThem) {
    std::mt19937_64 random(1);
    std::vector<double> values{0.0,    -0.0,   0.0005,   0.0015,  2.5,
                               -1e300, 1e-300, INFINITY, 1.0 / 3, 12345678.9995};
    for (int i = 0; i < 2000; ++i)
        values.push_back(std::ldexp(double(std::int64_t(random())), -int(random() % 80)));
    for (int precision : {0, 3, 17, 100}) {
        recording r(0.1);
        r.set_output({folder, "", true});
        r.add_multimeter(1, "m", {"x"});
        auto s = ascii();
        s.precision = precision;
        r.set(1, s);
        r.begin(1);
        std::string expected = header + "sender\ttime_ms\tx\n";
        for (double const x : values) {
            offer_sample(r, 1, 1, {7}, {{x}});
            char text[600];
            std::snprintf(text, sizeof text, "7\t%.*f\t%.*f\n", precision, 0.1, precision, x);
            expected += text;
        }
        r.end();
        EXPECT_EQ(text_of(folder / "m-1-0.dat"), expected);
    }
}

TEST_F(Files, AndMemoryTogether) {
    auto s = ascii();
    s.record_to = {"memory", "ascii", "ascii"};
    auto r = one_recorder(s);
    r.begin(2);
    offer(r, {{3, 1, 2}}, 0, 5);
    r.end();
    EXPECT_EQ(r.spike_events(2).steps, (stamps{3, 3}));
    EXPECT_EQ(r.n_events(2), 2);
    EXPECT_EQ(text_of(folder / "spike_recorder-2-0.dat"), header + "sender\ttime_ms\n1\t0.300\n1\t0.300\n");
}

TEST_F(Files, ContinueInLaterRuns) {
    auto r = one_recorder(ascii(), true);
    for (int t = 0; t < 3; ++t) {
        r.begin(1000);
        offer(r, {{1, 1}, {2, 1}, {3, 1}}, t, 1);
        r.end();
    }
    EXPECT_EQ(text_of(folder / "spike_recorder-2-0.dat"),
              header + "sender\ttime_ms\n1\t0.100\n1\t0.200\n1\t0.300\n");
    // Another label, and back.
    r.set(2, ascii("other"));
    r.begin(1000);
    offer(r, {{4, 1}}, 3, 1);
    r.end();
    r.set(2, ascii());
    r.begin(1000);
    offer(r, {{5, 1}}, 4, 1);
    r.end();
    EXPECT_EQ(text_of(folder / "other-2-0.dat"), header + "sender\ttime_ms\n1\t0.400\n");
    EXPECT_EQ(text_of(folder / "spike_recorder-2-0.dat"),
              header + "sender\ttime_ms\n1\t0.100\n1\t0.200\n1\t0.300\n1\t0.500\n");
}

TEST_F(Files, KeepTheirColumns) {
    auto r = one_recorder();
    r.begin(2);
    r.end();
    auto s = ascii();
    s.time_in_steps = true;
    EXPECT_NE(error_of<file_error>([&] { r.set(2, s); }).find("other columns"), std::string::npos);
    EXPECT_FALSE(r.settings(2).time_in_steps);
    s.label = "steps";
    r.set(2, s);
    r.begin(2);
    offer(r, {{1, 1}}, 0, 1);
    r.end();
    EXPECT_EQ(text_of(folder / "steps-2-0.dat"), header + "sender\ttime_step\ttime_offset\n1\t1\t0.000\n");
}

TEST_F(Files, ThatAreThereAreNotOverwrittenUnasked) {
    std::ofstream(folder / "spike_recorder-2-0.dat") << "precious\n";
    auto r = one_recorder();
    r.add_spike_recorder(1, "first");
    r.set(1, ascii(), 2);
    auto const text = error_of<file_error>([&] { r.begin(2); });
    EXPECT_NE(text.find((folder / "spike_recorder-2-0.dat").string() + ": exists"), std::string::npos)
        << text;
    EXPECT_NE(text.find("overwrite_files"), std::string::npos);
    EXPECT_EQ(text_of(folder / "spike_recorder-2-0.dat"), "precious\n");
    EXPECT_FALSE(fs::exists(folder / "first-1-0.dat"));  // all or none
    r.set_output({folder, "", true});
    r.begin(2);
    EXPECT_EQ(text_of(folder / "spike_recorder-2-0.dat"), header + "sender\ttime_ms\n");
    EXPECT_TRUE(fs::exists(folder / "first-1-0.dat"));
}

TEST_F(Files, NeedAFolder) {
    auto r = one_recorder();
    EXPECT_NE(error_of<file_error>([&] {
                  r.set_output({folder / "none", "", false});
              }).find("none"),
              std::string::npos);
    std::ofstream(folder / "file");
    EXPECT_THROW(r.set_output({folder / "file", "", false}), file_error);
    EXPECT_THROW(r.set_output({folder, "a/b", false}), out_of_range);
    EXPECT_EQ(r.output().data_path, folder);
    r.set(2, ascii("none/a"));
    auto const text = error_of<file_error>([&] { r.begin(2); });
    EXPECT_NE(text.find("No such file or directory"), std::string::npos) << text;
    r.set_output({"", folder.filename(), false});
    EXPECT_EQ(r.file_name(2, 1), folder.filename().string() + "none/a-2-0.dat");
}

TEST_F(Files, BelongToOneRecorder) {
    auto s = ascii("a");
    s.file_extension = "x-3-0.dat";
    auto r = one_recorder(s, true);
    r.add_spike_recorder(3, "b");
    r.set(3, ascii("a-2-0.x"), 3);
    EXPECT_NE(error_of<file_error>([&] { r.begin(3); }).find("two recorders"), std::string::npos);
    EXPECT_EQ(n_files(folder), 0u);
    r.set(3, ascii("c"));
    r.begin(3);
    EXPECT_THROW(r.set(3, ascii("a-2-0.x")), file_error);
}

TEST_F(Files, ThatHaveBeenMovedAwayAreMadeAgain) {
    auto r = one_recorder();
    r.begin(2);
    offer(r, {{1, 1}}, 0, 1);
    r.end();
    fs::rename(folder / "spike_recorder-2-0.dat", folder / "first.dat");
    r.begin(2);
    offer(r, {{2, 1}}, 1, 1);
    r.end();
    EXPECT_EQ(text_of(folder / "first.dat"), header + "sender\ttime_ms\n1\t0.100\n");
    EXPECT_EQ(text_of(folder / "spike_recorder-2-0.dat"), header + "sender\ttime_ms\n1\t0.200\n");
    fs::remove(folder / "spike_recorder-2-0.dat");
    EXPECT_NE(error_of<file_error>([&] { r.end(); }).find("removed"), std::string::npos);
}

TEST_F(Files, OnAFullDiskAreNotStarted) {
    if (!fs::exists("/dev/full")) GTEST_SKIP();
    fs::create_symlink("/dev/full", folder / "spike_recorder-2-0.dat");
    auto r = one_recorder(ascii(), true);
    r.add_spike_recorder(1, "first");
    r.set(1, ascii(), 2);
    auto const text = error_of<file_error>([&] { r.begin(2); });
    EXPECT_EQ(text, (folder / "spike_recorder-2-0.dat").string() +
                        ": cannot be written: No space left on device" + remedy);
    EXPECT_EQ(n_files(folder), 1u);
}

TEST_F(Files, LoseNothingWhenADiskFillsUp) {
    auto s = ascii();
    s.record_to = {"ascii", "memory"};
    auto r = one_recorder(s);
    r.add_spike_recorder(3, "small");
    r.connect_spikes(nodes(2, 1), 3);
    r.set(3, ascii(), 3);
    std::string expected = header + "sender\ttime_ms\n";
    for (int i = 0; i < 30000; ++i) expected += "1\t0.100\n";
    for (int i = 0; i < 30000; ++i) expected += "1\t0.200\n";
    auto const file = folder / "spike_recorder-2-0.dat";
    {
        limit const full(RLIMIT_FSIZE, 100003);
        r.begin(3);
        offer(r, {{1, 1, 30000}, {1, 2}}, 0, 1);
        EXPECT_NO_THROW(r.check());  // less than worth a write
        offer(r, {{2, 1, 30000}}, 1, 1);
        auto const text = error_of<file_error>([&] { r.check(); });
        EXPECT_EQ(text, file.string() + ": cannot be written: File too large" + remedy);
        EXPECT_EQ(error_of<file_error>([&] { r.end(); }), text);
        EXPECT_EQ(error_of<file_error>([&] { r.begin(3); }), text);
        EXPECT_EQ(text_of(folder / "small-3-0.dat"), header + "sender\ttime_ms\n2\t0.100\n");  // all the same
    }
    auto const part = text_of(file);
    EXPECT_GT(part.size(), 99990u);
    EXPECT_EQ(part.back(), '\n');
    EXPECT_EQ(part, expected.substr(0, part.size()));
    r.begin(3);
    r.check();
    r.end();
    EXPECT_EQ(text_of(file), expected);
    EXPECT_EQ(r.n_events(2), 60000);
}

TEST_F(Files, OfMetersLoseNothingEither) {
    recording r(0.1);
    r.set_output({folder, "", false});
    r.add_multimeter(2, "multimeter", {"V_m"});
    r.set(2, ascii(), 2);
    std::string expected = header + "sender\ttime_ms\tV_m\n";
    for (int i = 0; i < 20000; ++i) expected += "1\t0.100\t-70.000\n";
    {
        limit const full(RLIMIT_FSIZE, 1000);
        r.begin(2);
        offer_sample(r, 2, 1, ids(20000, 1), {std::vector<double>(20000, -70)});
        EXPECT_THROW(r.check(), file_error);
    }
    r.end();
    EXPECT_EQ(text_of(folder / "multimeter-2-0.dat"), expected);
}

TEST_F(Files, CannotBeTooMany) {
    recording r(0.1);
    r.set_output({folder, "", false});
    for (int id = 1; id <= 50; ++id) {
        r.add_spike_recorder(id, "r");
        r.set(id, ascii());
    }
    {
        limit const few(RLIMIT_NOFILE, 30);
        EXPECT_NE(error_of<file_error>([&] { r.begin(50); }).find("ulimit"), std::string::npos);
    }
    EXPECT_EQ(n_files(folder), 0u);
    r.begin(50);
    EXPECT_EQ(n_files(folder), 50u);
    EXPECT_TRUE(fs::exists(folder / "r-07-0.dat"));
}

TEST_F(Files, AreWrittenWhenTheNetworkGoes) {
    {
        auto r = one_recorder();
        r.begin(2);
        offer(r, {{1, 1}}, 0, 1);
    }
    EXPECT_EQ(text_of(folder / "spike_recorder-2-0.dat"), header + "sender\ttime_ms\n1\t0.100\n");
}

}  // namespace
}  // namespace ranvier
