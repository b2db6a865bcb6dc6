#pragma once

#include <array>
#include <cstdint>
#include <filesystem>
#include <fstream>
#include <map>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "flow/address.h"

namespace know {

// Writes a file in MaxMind's format (its page "MaxMind DB File Format Specification"): networks,
// each with a map of names to texts, numbers or further maps. Enough for tests.
struct MmdbValue {
  using Map = std::vector<std::pair<std::string, MmdbValue>>;
  struct NoTexts {};  // an array of none
  std::variant<std::string, std::uint16_t, std::uint32_t, std::uint64_t, Map, NoTexts> held;
};

class MmdbWriter {
 public:
  // IPv4 lies in ::/96 of the tree, as these files have it.
  void add(const char* network, const MmdbValue::Map& value) {
    flow::Network at = *flow::parse_network(network);
    if (at.address.is_v4()) at.address.lo &= 0xffff'ffff;
    const auto offset = static_cast<std::uint32_t>(data_.size());
    put(MmdbValue{value});
    std::uint32_t node = 0;
    for (std::uint8_t bit = 0; bit + 1 < at.length; ++bit) {
      std::uint32_t& next = nodes_[node][side(at.address, bit)];
      if (next == kNothing) {
        next = static_cast<std::uint32_t>(nodes_.size());
        nodes_.push_back({kNothing, kNothing});
      }
      node = nodes_[node][side(at.address, bit)];
    }
    nodes_[node][side(at.address, static_cast<std::uint8_t>(at.length - 1))] = kData | offset;
  }
  // As 6to4 files have it: 2002::/16 leads to where IPv4 begins.
  void add_6to4() { is_6to4_ = true; }

  void write(const std::filesystem::path& path) {
    std::string data;
    std::swap(data, data_);
    if (is_6to4_) lead_6to4_to_ipv4();
    std::string tree;
    const auto count = static_cast<std::uint32_t>(nodes_.size());
    for (const auto& node : nodes_) {
      for (const std::uint32_t record : node) {
        const std::uint32_t value = record == kNothing      ? count
                                    : (record & kData) != 0 ? count + 16 + (record & ~kData)
                                                            : record;
        for (int shift = 24; shift >= 0; shift -= 8) tree += static_cast<char>(value >> shift);
      }
    }
    put(MmdbValue{MmdbValue::Map{{"node_count", MmdbValue{count}},
                                 {"record_size", MmdbValue{std::uint16_t{32}}},
                                 {"ip_version", MmdbValue{std::uint16_t{6}}},
                                 {"database_type", MmdbValue{std::string("test")}},
                                 {"languages", MmdbValue{MmdbValue::NoTexts{}}},
                                 {"description", MmdbValue{MmdbValue::Map{}}},
                                 {"binary_format_major_version", MmdbValue{std::uint16_t{2}}},
                                 {"binary_format_minor_version", MmdbValue{std::uint16_t{0}}},
                                 {"build_epoch", MmdbValue{std::uint64_t{1}}}}});
    std::ofstream(path, std::ios::binary)
        << tree << std::string(16, '\0') << data << "\xab\xcd\xefMaxMind.com" << data_;
  }

 private:
  static constexpr std::uint32_t kNothing = 0xffff'ffff;
  static constexpr std::uint32_t kData = 0x8000'0000;

  static std::size_t side(const flow::Address& address, std::uint8_t bit) {
    return (bit < 64 ? address.hi >> (63 - bit) : address.lo >> (127 - bit)) & 1;
  }
  void lead_6to4_to_ipv4() {
    std::uint32_t v4 = 0;
    for (int bit = 0; bit < 96; ++bit) v4 = nodes_[v4][0];
    std::uint32_t node = 0;
    const flow::Address six_to_four{.hi = std::uint64_t{0x2002} << 48, .lo = 0};
    for (std::uint8_t bit = 0; bit < 15; ++bit) {
      std::uint32_t& next = nodes_[node][side(six_to_four, bit)];
      if (next == kNothing) {
        next = static_cast<std::uint32_t>(nodes_.size());
        nodes_.push_back({kNothing, kNothing});
      }
      node = nodes_[node][side(six_to_four, bit)];
    }
    nodes_[node][side(six_to_four, 15)] = v4;
  }
  void put_control(std::uint8_t type, std::size_t size) {
    const bool is_long = size >= 29;
    data_ += static_cast<char>((type > 7 ? 0 : type) << 5 | (is_long ? 29 : size));
    if (type > 7) data_ += static_cast<char>(type - 7);
    if (is_long) data_ += static_cast<char>(size - 29);
  }
  void put_text(const std::string& text) {
    put_control(2, text.size());
    data_ += text;
  }
  template <class Number>
  void put_number(std::uint8_t type, Number number) {
    put_control(type, sizeof number);
    for (std::size_t left = sizeof number; left-- > 0;) {
      data_ += static_cast<char>(std::uint64_t{number} >> (8 * left));
    }
  }
  void put(const MmdbValue& value) {
    if (const auto* text = std::get_if<std::string>(&value.held)) return put_text(*text);
    if (const auto* small = std::get_if<std::uint16_t>(&value.held)) return put_number(5, *small);
    if (const auto* number = std::get_if<std::uint32_t>(&value.held)) return put_number(6, *number);
    if (const auto* large = std::get_if<std::uint64_t>(&value.held)) return put_number(9, *large);
    if (std::holds_alternative<MmdbValue::NoTexts>(value.held)) return put_control(11, 0);
    const auto& map = std::get<MmdbValue::Map>(value.held);
    put_control(7, map.size());
    for (const auto& [name, of] : map) {
      put_text(name);
      put(of);
    }
  }

  std::vector<std::array<std::uint32_t, 2>> nodes_{{kNothing, kNothing}};
  std::string data_;
  bool is_6to4_ = false;
};

}  // namespace know
