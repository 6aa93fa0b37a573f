#include "host/ascii_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

#include "host/error.h"

#ifndef RANVIER_VERSION
#define RANVIER_VERSION "0.1.0"
#endif

namespace ranvier {
namespace {

int open_for_append(std::string const& path, int flags) {
    int file;
    do file = ::open(path.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC | flags, 0666);
    while (file < 0 && errno == EINTR);
    return file;
}

bool is_regular(int file) {
    struct stat s;
    return ::fstat(file, &s) == 0 && S_ISREG(s.st_mode);
}

}  // namespace

std::string ascii_header(std::string_view columns, std::string_view version) {
    return fmt::format("# NEST version: {}\n# RecordingBackendASCII version: 2\n{}\n",
                       version.empty() ? "Ranvier " RANVIER_VERSION : version, columns);
}

ascii_file::ascii_file(std::string path, mode how) : path_(std::move(path)) {
    std::error_code ignored;
    absolute_ = std::filesystem::absolute(path_, ignored).string();
    if (how != mode::resume) {
        file_ = open_for_append(absolute_, O_CREAT | O_EXCL);
        made_ = file_ >= 0;
    }
    if (how == mode::resume || (file_ < 0 && errno == EEXIST && how == mode::overwrite))
        file_ = open_for_append(absolute_, 0);
    if (file_ >= 0) return;
    if (errno == EEXIST)
        throw file_error({path_, "", "exists", "new files",
                          "set overwrite_files, another data_path, data_prefix or label, or remove it"});
    fail("cannot be opened", errno);
}

ascii_file::~ascii_file() {
    if (file_ < 0) return;
    try {
        flush();
    } catch (...) {  // end() of the recording reports it
    }
    ::close(file_);
}

void ascii_file::fail(std::string const& what, int reason) const {
    bool const full = reason == ENOSPC || reason == EDQUOT || reason == EFBIG;
    throw file_error({path_, "", what + ": " + std::generic_category().message(reason), "",
                      reason == EMFILE ? "raise the number of open files (ulimit -n)"
                      : full           ? "make room and go on: nothing has been lost"
                                       : "set another data_path"});
}

bool ascii_file::in_place() const {
    struct stat mine, named;
    return ::fstat(file_, &mine) == 0 && ::stat(absolute_.c_str(), &named) == 0 &&
           mine.st_dev == named.st_dev && mine.st_ino == named.st_ino;
}

void ascii_file::start(std::string_view header) {
    if (!made_ && is_regular(file_) && ::ftruncate(file_, 0) != 0) fail("cannot be emptied", errno);
    text = header;
    flush();
}

void ascii_file::discard() noexcept {
    if (file_ >= 0) ::close(file_);
    file_ = -1;
    if (made_) ::unlink(absolute_.c_str());
}

void ascii_file::flush() {
    std::size_t written = 0;
    int reason = 0;
    while (written < text.size() && reason == 0) {
        auto const n = ::write(file_, text.data() + written, text.size() - written);
        if (n > 0)
            written += std::size_t(n);
        else if (n == 0)
            reason = ENOSPC;
        else if (errno != EINTR)
            reason = errno;
    }
    if (reason != 0 && written > 0) {  // back to the end of the last complete line
        auto const newline = text.rfind('\n', written - 1);
        auto const complete = newline == std::string::npos ? 0 : newline + 1;
        auto const end = ::lseek(file_, 0, SEEK_CUR);
        if (end >= 0 && is_regular(file_) && ::ftruncate(file_, end - off_t(written - complete)) == 0)
            written = complete;
    }
    text.erase(0, written);
    if (reason != 0) fail("cannot be written", reason);
}

void ascii_file::finish() {
    flush();
    struct stat s;
    if (::fstat(file_, &s) == 0 && S_ISREG(s.st_mode) && s.st_nlink == 0) fail("has been removed", ENOENT);
    // Network file systems report a full disk when a file is closed.
    auto const copy = ::dup(file_);
    if (copy >= 0 && ::close(copy) != 0 && errno != EINTR) fail("cannot be written", errno);
}

}  // namespace ranvier
