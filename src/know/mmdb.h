#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "flow/address.h"

struct MMDB_s;

namespace know {

// A file of data by address in MaxMind's format, read with libmaxminddb.
class Mmdb {
 public:
  // What stands at one place of the file's data section; the same for all networks that share it.
  struct Entry {
    const MMDB_s* file;
    std::uint32_t offset;

    // What stands under these names, one within the other; empty: nothing, or something else.
    std::optional<std::string> text(const std::vector<const char*>& path) const;
    std::optional<std::uint64_t> number(const std::vector<const char*>& path) const;
  };

  // In words why not: it cannot be read or is no such file.
  static base::Expected<Mmdb, std::string> open(const std::filesystem::path& path);

  // Empty: nothing is said of that address.
  std::optional<Entry> find(const flow::Address& address) const;

  // Gives every network with what stands for it: IPv4 ascending, then IPv6 ascending. Places where
  // IPv6 holds IPv4 once more (6to4, Teredo) are passed over. In words why it was broken off: the
  // file is damaged, or `take` said false.
  using Take = std::function<bool(const flow::Network& network, const Entry& entry)>;
  base::Expected<void, std::string> for_each(const Take& take) const;

 private:
  struct Close {
    void operator()(MMDB_s* file) const;
  };
  Mmdb(std::unique_ptr<MMDB_s, Close> file, std::string path)
      : file_(std::move(file)), path_(std::move(path)) {}

  std::unique_ptr<MMDB_s, Close> file_;
  std::string path_;
};

}  // namespace know
