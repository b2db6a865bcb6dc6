#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "know/heard_answer.h"

namespace know {

// The lines that are added to a file: it may appear later, be cut, or be turned over (renamed, and
// begun anew), in which case what was added before is read to its end first. One thread.
class LogTail {
 public:
  // Of what is there at first only this much of its end is read.
  static constexpr std::int64_t kFirstOctetsMax = std::int64_t{4} << 20;
  // Of one read(): more is for the next, so that nothing waits for a large file.
  static constexpr std::size_t kReadOctetsMax = std::size_t{1} << 20;

  // `take` is called with every line that has its end; `refuse` for one that is too long.
  using Take = std::function<void(std::string_view)>;
  LogTail(std::string path, Take take, std::function<void()> refuse)
      : path_(std::move(path)), take_(std::move(take)), refuse_(std::move(refuse)) {}
  ~LogTail();
  LogTail(const LogTail&) = delete;
  LogTail& operator=(const LogTail&) = delete;

  // Reads what has come. True: there is more.
  bool read();

  const std::string& path() const { return path_; }
  bool is_there() const { return descriptor_ >= 0; }
  // Why it cannot be read; empty: it can, or it is not there.
  const std::string& problem() const { return problem_; }

 private:
  enum class State { Same, Cut, Turned };
  State state() const;
  void open();
  void close();
  // How much was read; 0: nothing, to its end.
  std::size_t read_piece(std::size_t most);
  void take_lines(std::string_view piece);

  const std::string path_;
  const Take take_;
  const std::function<void()> refuse_;
  int descriptor_ = -1;
  std::string problem_;
  std::int64_t offset_ = 0;
  bool was_there_ = false;    // what appears later is read from its beginning
  std::string begun_;         // a line without its end so far
  bool is_skipping_ = false;  // the rest of a line that is too long, or was begun before
};

}  // namespace know
