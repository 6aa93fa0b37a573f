#include "bench/common/table.h"

#include <zlib.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <memory>

#include "bench/common/program.h"

namespace ranvier::bench {
namespace {

/// A text file, compressed or not.
class text_file {
  public:
    explicit text_file(std::string const& path)
        : path_(path), file_(gzopen((path + ".part").c_str(), path.ends_with(".gz") ? "wb6" : "wbT")) {
        if (!file_) fail_on_file(path, "cannot be written");
    }
    void write(fmt::memory_buffer const& text) {
        if (text.size() > 0 && gzwrite(file_.get(), text.data(), unsigned(text.size())) <= 0)
            fail_on_file(path_, "cannot be written: disk full?");
    }
    void close() {
        if (gzclose(file_.release()) != Z_OK) fail_on_file(path_, "cannot be written: disk full?");
        replace_file(path_ + ".part", path_);
    }

  private:
    struct closer {
        void operator()(gzFile f) const { gzclose(f); }
    };
    std::string path_;
    std::unique_ptr<gzFile_s, closer> file_;
};

}  // namespace

void write_connectivity(network& net, std::string const& path, nodes const& among) {
    if (path.empty()) return;
    constexpr std::int64_t sources_at_once = 1000;
    text_file out(path);
    fmt::memory_buffer text;
    fmt::format_to(std::back_inserter(text),
                   "# ids {} to {}\n# weight in pA, delay in ms\nsource\ttarget\tweight\tdelay\n",
                   among.front(), among.back());
    out.write(text);
    for (std::int64_t first = 0; first < among.size(); first += sources_at_once) {
        auto const sources = among.slice(first, std::min(first + sources_at_once, among.size()));
        auto const c = net.connections(sources, among);
        constexpr std::size_t rows_at_once = 50'000;
        for (std::size_t i = 0; i < c.source.size();) {
            text.clear();
            for (auto const end = std::min(i + rows_at_once, c.source.size()); i < end; ++i)
                fmt::format_to(std::back_inserter(text), "{}\t{}\t{}\t{}\n", c.source[i], c.target[i],
                               c.weight[i], c.delay[i]);
            out.write(text);
        }
    }
    out.close();
}

nodes parse_nodes(std::string const& text, nodes const& population) {
    if (text.empty()) return population;
    std::int64_t first = 0, last = 0;
    auto const* const end = text.data() + text.size();
    auto const a = std::from_chars(text.data(), end, first);
    bool ok = a.ec == std::errc{} && a.ptr != end && *a.ptr == ':';
    if (ok) {
        auto const b = std::from_chars(a.ptr + 1, end, last);
        ok = b.ec == std::errc{} && b.ptr == end && first <= last && first >= population.front() &&
             last <= population.back();
    }
    if (!ok)
        throw out_of_range({"nodes", "", text,
                            fmt::format("A:B with {} <= A <= B <= {}", population.front(), population.back()),
                            "give the ids of the first and last node"});
    return population.slice(first - population.front(), last - population.front() + 1);
}

}  // namespace ranvier::bench
