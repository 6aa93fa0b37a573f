// Networks whose recorders cannot write: the run stops with the error, what has been written stays valid, and
// the run can go on when there is room.
#include "tests/errors_for_tests.h"
#include "tests/files_for_tests.h"

namespace ranvier::test {
namespace {

namespace fs = std::filesystem;

void build_recorded(network& net) {
    auto const n = net.create("iaf_psc_exp", 100, {{"I_e", 900.0}, {"V_m", uniform(-70, -55)}});
    net.connect(n, n, fixed_indegree(10), {.model = "stdp_synapse", .weight = 5.0, .delay = 1.5});
    net.connect(n, net.create("spike_recorder", 1, {{"record_to", "ascii"}, {"label", "spikes"}}));
    net.connect(net.create("multimeter", 1, {{"record_to", "ascii"}, {"record_from", "V_m"}, {"label", "V"}}),
                n);
}

class unwritable : public testing::Test {
  protected:
    unwritable() {
        fs::create_directory(folder / "whole");
        network whole({.seed = 5, .threads = 1});
        whole.set_output({.data_path = (folder / "whole").string()});
        build_recorded(whole);
        whole.simulate(until);
        hash = hash_of(whole);
        for (auto const* file : files) expected.push_back(text_of(folder / "whole" / file));
        net.set_output({.data_path = folder.string()});
        build_recorded(net);
    }
    void expect_whole() {
        net.simulate(until - net.time());
        EXPECT_EQ(hash_of(net), hash);
        for (std::size_t i = 0; i < expected.size(); ++i)
            EXPECT_TRUE(text_of(folder / files[i]) == expected[i]) << files[i];
    }
    /// file_error whose object is a file of the folder.
    mistake file_error_of(std::string const& file) {
        auto const m = error_of<file_error>([&] { net.simulate(until - net.time()); });
        EXPECT_EQ(m.object, (folder / file).string());
        EXPECT_FALSE(m.remedy.empty());
        return m;
    }

    static constexpr double until = 400;
    static constexpr char const* files[] = {"spikes-101-0.dat", "V-102-0.dat"};
    temporary_directory const directory;
    fs::path const folder = directory.path();
    network net{{.seed = 5, .threads = 2, .partitions = 3}};
    hash_text hash;
    std::vector<std::string> expected;
};

TEST_F(unwritable, full_disk) {
    constexpr std::size_t room = 300001;
    ASSERT_GT(expected[1].size(), 2 * room);
    {
        limit const disk(RLIMIT_FSIZE, room);
        auto const m = file_error_of(files[1]);
        EXPECT_NE(m.value.find("File too large"), std::string::npos) << m.value;
        EXPECT_GT(net.time(), 0);
        EXPECT_LT(net.time(), until) << "the run goes on without being recorded";
        for (std::size_t i = 0; i < expected.size(); ++i) {
            auto const part = text_of(folder / files[i]);
            EXPECT_EQ(part.back(), '\n');
            EXPECT_TRUE(expected[i].starts_with(part)) << files[i];
        }
        auto const stopped = net.time();
        file_error_of(files[1]);  // there is no more room than before
        EXPECT_EQ(net.time(), stopped);
    }
    expect_whole();
}

TEST_F(unwritable, full_disk_at_once) {
    if (!fs::exists("/dev/full")) GTEST_SKIP();
    net.set_output({.data_path = folder.string(), .overwrite_files = true});
    fs::create_symlink("/dev/full", folder / files[0]);
    auto const before = seen(net);
    auto const m = file_error_of(files[0]);
    EXPECT_NE(m.value.find("No space left on device"), std::string::npos) << m.value;
    EXPECT_EQ(seen(net), before);
    EXPECT_FALSE(fs::exists(folder / files[1])) << "all files or none";
    fs::remove(folder / files[0]);
    expect_whole();
}

TEST_F(unwritable, files_that_are_there) {
    std::ofstream(folder / files[1]) << "precious\n";
    auto const before = seen(net);
    auto const m = file_error_of(files[1]);
    EXPECT_NE(m.remedy.find("overwrite_files"), std::string::npos) << m.remedy;
    EXPECT_EQ(seen(net), before);
    EXPECT_EQ(text_of(folder / files[1]), "precious\n");
    EXPECT_FALSE(fs::exists(folder / files[0]));
    net.set_output({.data_path = folder.string(), .overwrite_files = true});
    expect_whole();
}

TEST_F(unwritable, folders) {
    auto const before = seen(net);
    auto output = [&](std::string const& path, std::string const& prefix = {}) {
        return [&, path, prefix] { net.set_output({.data_path = path, .data_prefix = prefix}); };
    };
    std::ofstream(folder / "file") << "\n";
    for (auto const& path : {(folder / "none").string(), (folder / "file").string()})
        expect_complete(error_of<file_error>(output(path)), "data_path", "", path);
    expect_complete(error_of<out_of_range>(output(folder.string(), "a/b")), "data_prefix", "", "a/b");
    // One that goes away after it was set.
    fs::create_directory(folder / "gone");
    output((folder / "gone").string())();
    fs::remove(folder / "gone");
    EXPECT_NE(file_error_of("gone/" + std::string(files[0])).value.find("No such file"), std::string::npos);
    EXPECT_EQ(seen(net), before);
    output(folder.string())();
    expect_whole();
}

}  // namespace
}  // namespace ranvier::test
