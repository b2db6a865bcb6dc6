#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

// What the two files that people write by hand have in common: lines, comments, and warnings that
// name the line.
namespace know {

// A file may have this many octets; a longer one is not looked at.
constexpr std::size_t kTableOctetsMax = std::size_t{1} << 20;
// Of a name: it becomes an application's, and stands in a table's head.
constexpr std::size_t kTableNameOctetsMax = 64;

// What is wrong in a line. `item` is the piece as it stands there, made fit for a terminal.
struct Warning {
  std::uint32_t line = 0;  // from 1
  std::string item;
  std::string reason;

  bool operator==(const Warning&) const = default;
};

// "LINE: ITEM: reason".
std::string to_text(const Warning& warning);

// Of a file with thousands of wrong lines the first are told; the rest is counted.
class Warnings {
 public:
  static constexpr std::size_t kListedMax = 1'000;

  void add(std::uint32_t line, std::string_view item, std::string reason);
  const std::vector<Warning>& listed() const { return listed_; }
  std::uint64_t left_out() const { return left_out_; }
  bool empty() const { return listed_.empty(); }

 private:
  std::vector<Warning> listed_;
  std::uint64_t left_out_ = 0;
};

// A stranger's text as a message may hold it: its beginning, as UTF-8, without control characters.
std::string shown_text(std::string_view text);

// What a fixed field or one of variable length holds as a text: up to its first zero octet, without
// blanks at its ends, of whole characters of UTF-8, other octets and control characters replaced,
// at most `most` octets.
struct FieldText {
  std::string text;
  bool is_cut = false;  // it was longer
};
FieldText text_of_field(std::string_view octets, std::size_t most);

// What stands between blanks, tabs and the like: the first `most` of it.
std::vector<std::string_view> words_of(std::string_view text, std::size_t most = SIZE_MAX);

// Without blanks, tabs and the like at both ends.
std::string_view trimmed(std::string_view text);

// "name" of "name # said of it", and "said of it".
struct Commented {
  std::string_view text;
  std::string_view comment;
};
Commented without_comment(std::string_view line);

// Calls `take` with each line and its number. A line ends with LF, CR LF or CR; a byte order mark
// before the first is passed over.
void for_each_line(std::string_view text,
                   const std::function<void(std::uint32_t, std::string_view)>& take);

// Why a text cannot be a name in these files; empty: it can.
std::string refusal_of_name(std::string_view name);

}  // namespace know
