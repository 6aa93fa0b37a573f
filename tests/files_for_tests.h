// Files of tests: a directory that goes away, their text, limits of what may be written.
#pragma once
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/resource.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

namespace ranvier::test {

/// An empty directory, removed at the end with what is in it.
class temporary_directory {
  public:
    temporary_directory() {
        auto name = (std::filesystem::temp_directory_path() / pattern).string();
        if (!::mkdtemp(name.data()))
            throw std::filesystem::filesystem_error(name, std::error_code(errno, std::generic_category()));
        path_ = name;
    }
    ~temporary_directory() { std::filesystem::remove_all(path_); }
    temporary_directory(temporary_directory const&) = delete;

    std::filesystem::path const& path() const { return path_; }

  private:
    static constexpr char pattern[] = "ranvier_XXXXXX";  // as mkdtemp wants it
    std::filesystem::path path_;
};

inline std::string text_of(std::filesystem::path const& file) {
    std::ifstream f(file);
    EXPECT_TRUE(f) << file;
    return {std::istreambuf_iterator<char>(f), {}};
}

/// A limit of the process (RLIMIT_FSIZE, bytes of a file; RLIMIT_NOFILE, open files), while it lives.
class limit {
  public:
    limit(int what, rlim_t value) : what_(what) {
        std::signal(SIGXFSZ, SIG_IGN);
        ::getrlimit(what_t(what_), &before_);
        auto const changed = rlimit{value, before_.rlim_max};
        ::setrlimit(what_t(what_), &changed);
    }
    ~limit() { ::setrlimit(what_t(what_), &before_); }
    limit(limit const&) = delete;

  private:
    using what_t = __rlimit_resource_t;
    int what_;
    rlimit before_;
};

}  // namespace ranvier::test
