#include "know/file_watch.h"

#include <sys/inotify.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <filesystem>

namespace know {

FileWatch::FileWatch() : descriptor_(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC)) {}

FileWatch::~FileWatch() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

void FileWatch::add(const std::string& path) {
  const auto folder = std::filesystem::path(path).parent_path();
  if (descriptor_ < 0) return;
  const int watch =
      ::inotify_add_watch(descriptor_, folder.empty() ? "." : folder.c_str(),
                          IN_MODIFY | IN_CLOSE_WRITE | IN_MOVED_TO | IN_CREATE | IN_MASK_ADD);
  if (watch >= 0) names_[watch].insert(std::filesystem::path(path).filename());
}

bool FileWatch::take() {
  if (descriptor_ < 0) return false;
  bool is_ours = false;
  alignas(inotify_event) std::array<char, 16'384> events{};
  for (;;) {
    const auto count = ::read(descriptor_, events.data(), events.size());
    if (count <= 0) return is_ours;
    for (std::size_t at = 0; at < static_cast<std::size_t>(count);) {
      inotify_event event{};
      std::copy_n(events.data() + at, sizeof event, static_cast<char*>(static_cast<void*>(&event)));
      const char* name = events.data() + at + sizeof event;
      const auto watched = names_.find(event.wd);
      is_ours =
          is_ours || (watched != names_.end() && event.len > 0 && watched->second.contains(name));
      at += sizeof event + event.len;
    }
  }
}

}  // namespace know
