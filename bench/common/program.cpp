#include "bench/common/program.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>

#include "host/error.h"

namespace ranvier::bench {
namespace fs = std::filesystem;

bool parse(CLI::App& app, int argc, char** argv, int& code) {
    try {
        app.parse(argc, argv);
        return true;
    } catch (CLI::ParseError const& e) {
        code = app.exit(e) == 0 ? 0 : exit_error;
        return false;
    }
}

int guarded(std::string const& name, std::function<int()> const& body) {
    auto say = [&](std::string const& what) {
        std::fflush(stdout);
        fmt::print(stderr, "{}: error: {}\n", name, what);
    };
    try {
        return body();
    } catch (error const& e) {
        say(e.what());
        return exit_error;
    } catch (std::bad_alloc const&) { say("out of memory"); } catch (std::exception const& e) {
        say(e.what());
    }
    return 1;
}

std::string grouped(std::int64_t v) {
    auto s = std::to_string(v);
    for (auto at = std::ptrdiff_t(s.size()) - 3; at > (v < 0 ? 1 : 0); at -= 3)
        s.insert(std::size_t(at), ",");
    return s;
}

void fail_on_file(std::string const& path, std::string const& reason) {
    throw file_error(
        {.object = path,
         .parameter = "",
         .value = reason,
         .allowed = "",
         .remedy = "give a file in an existing directory that can be written, with room on its disk"});
}

void check_writable(std::string const& path) {
    if (path.empty()) return;
    bool const existed = fs::exists(path);
    std::ofstream out(path, std::ios::app);
    if (!out) fail_on_file(path, std::string("cannot be written: ") + std::strerror(errno));
    out.close();
    std::error_code ignored;
    if (!existed) fs::remove(path, ignored);
}

void replace_file(std::string const& temporary, std::string const& path) {
    std::error_code failed;
    fs::rename(temporary, path, failed);
    if (failed) fail_on_file(path, "cannot be replaced: " + failed.message());
}

void write_file(std::string const& path, std::string const& content) {
    auto const temporary = path + ".part";
    {
        std::ofstream out(temporary, std::ios::binary);
        out << content;
        out.flush();
        if (!out) fail_on_file(path, std::string("cannot be written: ") + std::strerror(errno));
    }
    replace_file(temporary, path);
}

}  // namespace ranvier::bench
