#pragma once

#include <string>
#include <string_view>

#include "state/secrets.h"

namespace serve {

// The code that whoever stands at the machine reads and types to become its admin. It lives as long
// as the process: a restart shows another. Once an admin exists the users' table refuses a second.
class SetupCode {
 public:
  // Case and dash do not matter, as people type.
  bool is(std::string_view typed) const {
    return state::equal_in_constant_time(letters(typed), letters(text_));
  }
  const std::string& text() const { return text_; }

 private:
  static std::string letters(std::string_view typed) {
    std::string letters;
    for (const char letter : typed.substr(0, 16)) {
      if (letter == '-' || letter == ' ') continue;
      letters += letter >= 'a' && letter <= 'z' ? static_cast<char>(letter - 'a' + 'A') : letter;
    }
    return letters;
  }

  const std::string text_ = state::random_code();
};

}  // namespace serve
