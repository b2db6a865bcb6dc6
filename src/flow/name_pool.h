#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

namespace flow {

// Where a name comes from: from Weir's own tables and a person's files, or from the network. What
// is heard cannot take the room of what is known.
enum class NameKind : std::uint8_t { Known, Heard };

// Names of applications, sites and the like, as small numbers: a row holds the number, stores and
// answers the text. One pool per process, shared by all threads:
//
// 1. Names are only ever added; a name's id and text never change and live as long as the process.
// 2. id_of() may take a lock: it is called when knowledge is loaded, never per flow.
// 3. text_of() takes no lock: a thread that holds an id got it from a published snapshot or batch,
//    which happened after the text was written.
// 4. Known names have ids below kMaxKnown, heard ones those above; a text that is known is never
//    heard anew. Beyond either's room id_of() answers kOther and counts in refused().
class NamePool {
 public:
  static constexpr std::uint32_t kMaxKnown = 65'536;
  static constexpr std::uint32_t kMaxHeard = 262'144;
  static constexpr std::uint32_t kOther = 0;  // its text is "other"

  static NamePool& instance();

  std::uint32_t id_of(NameKind kind, std::string_view name);
  std::string_view text_of(std::uint32_t id) const { return blocks_[id / kBlock][id % kBlock]; }
  std::uint64_t refused() const { return refused_.load(std::memory_order_relaxed); }

 private:
  NamePool();
  static constexpr std::uint32_t kBlock = 1'024;

  using Ids = std::unordered_map<std::string_view, std::uint32_t>;

  std::uint32_t add(Ids& ids, std::uint32_t first, std::uint32_t room, std::string_view name);

  std::mutex mutex_;  // guards the maps, and the writing of blocks_
  Ids known_;
  Ids heard_;
  std::array<std::unique_ptr<std::string[]>, (kMaxKnown + kMaxHeard) / kBlock> blocks_;
  std::atomic<std::uint64_t> refused_{0};
};

}  // namespace flow
