// A text file of recorded data from which nothing goes missing unnoticed.
#pragma once
#include <string>
#include <string_view>

namespace ranvier {

/// Lines are appended to `text` and reach the file with flush(). What a failed write leaves in the file ends
/// with a complete line, and the rest stays in `text`: a later flush() continues. Errors are file_errors that
/// name the file.
class ascii_file {
  public:
    /// create: there must be none yet. overwrite: there may be one, which start() empties. resume: go on
    /// after its end.
    enum class mode { create, overwrite, resume };
    ascii_file(std::string path, mode how);
    ascii_file(ascii_file const&) = delete;
    ascii_file& operator=(ascii_file const&) = delete;
    ~ascii_file();  // writes what can be written

    std::string const& path() const { return path_; }
    bool made() const { return made_; }  // rather than found
    /// Whether the path still leads to this file: it may have been moved away, removed or replaced.
    bool in_place() const;
    /// Empties the file and writes its first lines.
    void start(std::string_view header);
    /// Closes the file without writing, and removes it if this object has made it.
    void discard() noexcept;
    void flush();
    /// flush(), and the file system's word that all of it has arrived.
    void finish();

    std::string text;                               // complete lines
    static constexpr std::size_t enough = 1 << 18;  // bytes of text worth a flush

  private:
    [[noreturn]] void fail(std::string const& what, int reason) const;
    std::string path_, absolute_;  // absolute: the working directory may change
    int file_ = -1;
    bool made_ = false;
};

/// The lines before the data (devices.md, 4.2).
std::string ascii_header(std::string_view columns, std::string_view version = {});

}  // namespace ranvier
