#include "know/mmdb.h"

#include <fmt/format.h>
#include <maxminddb.h>

namespace know {
namespace {

constexpr std::uint8_t kBits = 128;
constexpr std::uint8_t kV4Begins = 96;  // bits of ::/96, below which such a file keeps IPv4

std::optional<MMDB_entry_data_s> value_at(const Mmdb::Entry& entry,
                                          const std::vector<const char*>& path) {
  std::vector<const char*> ended = path;
  ended.push_back(nullptr);
  MMDB_entry_s start{entry.file, entry.offset};
  MMDB_entry_data_s data{};
  if (MMDB_aget_value(&start, &data, ended.data()) != MMDB_SUCCESS || !data.has_data) {
    return std::nullopt;
  }
  return data;
}

flow::Address with_bit(flow::Address address, std::uint8_t bit) {
  if (bit < 64) {
    address.hi |= std::uint64_t{1} << (63 - bit);
  } else {
    address.lo |= std::uint64_t{1} << (127 - bit);
  }
  return address;
}

// Goes through the search tree from left to right, so that networks come in ascending order.
class Walk {
 public:
  Walk(const MMDB_s& file, const Mmdb::Take& take)
      : file_(file), take_(take), nodes_left_(file.metadata.node_count) {}

  bool run() {
    return node(0, file_.metadata.ip_version == 4 ? kV4Begins : std::uint8_t{0}, flow::Address{});
  }

 private:
  bool node(std::uint64_t number, std::uint8_t depth, const flow::Address& address) {
    // A tree's nodes are each come to once: who comes to more of them runs in a circle.
    if (nodes_left_-- == 0 || depth >= kBits) return false;
    MMDB_search_node_s node{};
    if (MMDB_read_node(&file_, static_cast<std::uint32_t>(number), &node) != MMDB_SUCCESS) {
      return false;
    }
    return branch(node.left_record, node.left_record_type, node.left_record_entry, depth,
                  address) &&
           branch(node.right_record, node.right_record_type, node.right_record_entry, depth,
                  with_bit(address, depth));
  }

  bool branch(std::uint64_t record, std::uint8_t type, const MMDB_entry_s& entry,
              std::uint8_t depth, const flow::Address& address) {
    const auto length = static_cast<std::uint8_t>(depth + 1);
    if (type == MMDB_RECORD_TYPE_EMPTY) return true;
    if (type == MMDB_RECORD_TYPE_SEARCH_NODE) {
      const bool is_v4_again = file_.metadata.ip_version == 6 && address != flow::Address{} &&
                               record == file_.ipv4_start_node.node_value;
      return is_v4_again || node(record, length, address);
    }
    return type == MMDB_RECORD_TYPE_DATA && data(entry, length, address);
  }

  bool data(const MMDB_entry_s& entry, std::uint8_t length, flow::Address address) {
    const bool is_v4 = address.hi == 0 && address.lo >> 32 == 0;
    if (is_v4 && length < kV4Begins) return true;  // all of IPv4, and more: says nothing
    if (is_v4) address = flow::Address::v4(static_cast<std::uint32_t>(address.lo));
    return take_(flow::network_of(address, length), {&file_, entry.offset});
  }

  const MMDB_s& file_;
  const Mmdb::Take& take_;
  std::uint64_t nodes_left_;
};

}  // namespace

std::optional<std::string> Mmdb::Entry::text(const std::vector<const char*>& path) const {
  const auto data = value_at(*this, path);
  if (!data || data->type != MMDB_DATA_TYPE_UTF8_STRING) return std::nullopt;
  return std::string(data->utf8_string, data->data_size);
}

std::optional<std::uint64_t> Mmdb::Entry::number(const std::vector<const char*>& path) const {
  const auto data = value_at(*this, path);
  if (!data) return std::nullopt;
  if (data->type == MMDB_DATA_TYPE_UINT16) return data->uint16;
  if (data->type == MMDB_DATA_TYPE_UINT32) return data->uint32;
  if (data->type == MMDB_DATA_TYPE_UINT64) return data->uint64;
  return std::nullopt;
}

void Mmdb::Close::operator()(MMDB_s* file) const {
  MMDB_close(file);
  delete file;
}

base::Expected<Mmdb, std::string> Mmdb::open(const std::filesystem::path& path) {
  auto file = std::make_unique<MMDB_s>();
  const int status = MMDB_open(path.c_str(), MMDB_MODE_MMAP, file.get());
  if (status != MMDB_SUCCESS) {
    return base::Unexpected(fmt::format("{}: {}", path.string(), MMDB_strerror(status)));
  }
  return Mmdb(std::unique_ptr<MMDB_s, Close>(file.release()), path.string());
}

std::optional<Mmdb::Entry> Mmdb::find(const flow::Address& address) const {
  int not_an_address = 0;
  int status = MMDB_SUCCESS;
  const std::string text = flow::to_text(address);
  const auto found = MMDB_lookup_string(file_.get(), text.c_str(), &not_an_address, &status);
  if (not_an_address != 0 || status != MMDB_SUCCESS || !found.found_entry) return std::nullopt;
  return Entry{file_.get(), found.entry.offset};
}

base::Expected<void, std::string> Mmdb::for_each(const Take& take) const {
  if (Walk(*file_, take).run()) return {};
  return base::Unexpected(fmt::format("{}: its search tree is damaged, or too large", path_));
}

}  // namespace know
