// Texts of users in messages.
#pragma once
#include <string>

namespace ranvier {

/// A text of more than n bytes is cut, characters of UTF-8 stay whole.
inline std::string shortened(std::string const& text, std::size_t n) {
    if (text.size() <= n) return text;
    while (n > 0 && (static_cast<unsigned char>(text[n]) & 0xC0) == 0x80) --n;
    return text.substr(0, n) + "...";
}

}  // namespace ranvier
