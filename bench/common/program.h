// What all programs share: command line, errors, output files.
#pragma once
#include <CLI/CLI.hpp>
#include <cstdint>
#include <functional>
#include <string>

namespace ranvier::bench {

constexpr int exit_error = 2, exit_interrupted = 130;

/// An option with its unit in the help: "--delay ms [1.5]  text".
template <class T> CLI::Option* add(CLI::App& app, std::string const& name, T& value, std::string const& unit,
                                    std::string const& text) {
    return app.add_option(name, value, text)->type_name(unit)->capture_default_str();
}

/// Reads the command line. Returns false if the program shall end with `code` (help, or a mistake).
bool parse(CLI::App& app, int argc, char** argv, int& code);

/// Runs a program; errors become one line on standard error and an exit code.
int guarded(std::string const& name, std::function<int()> const& body);

/// 1,234,567
std::string grouped(std::int64_t v);

/// Fails now rather than after a long run. Empty paths are nothing.
void check_writable(std::string const& path);
/// Replaces a file by `content`; the old one stays until the new one is complete.
void write_file(std::string const& path, std::string const& content);
/// Moves a finished temporary file to its place.
void replace_file(std::string const& temporary, std::string const& path);
[[noreturn]] void fail_on_file(std::string const& path, std::string const& reason);

}  // namespace ranvier::bench
