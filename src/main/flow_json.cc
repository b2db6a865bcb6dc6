#include "main/flow_json.h"

#include <fmt/format.h>

#include <iterator>
#include <map>

#include "base/check.h"
#include "base/json_text.h"
#include "flow/name_pool.h"

namespace weir {
namespace {

using flow::Column;
using flow::ColumnType;
using flow::FlowRecord;

// Writes the members of one object, with the commas between.
class Members {
 public:
  explicit Members(std::string& out) : out_(out) { out_ += '{'; }
  void close() { out_ += '}'; }

  void name(std::string_view name) {
    out_ += is_first_ ? "\"" : ",\"";
    is_first_ = false;
    out_ += name;
    out_ += "\":";
  }
  template <class Integer>
  void number(std::string_view key, Integer value) {
    name(key);
    fmt::format_to(std::back_inserter(out_), "{}", value);
  }
  void text(std::string_view key, std::string_view value) {
    name(key);
    base::append_json_string(out_, value);
  }

 private:
  std::string& out_;
  bool is_first_ = true;
};

std::string mac_text(std::uint64_t mac) {
  return fmt::format("{:02x}:{:02x}:{:02x}:{:02x}:{:02x}:{:02x}", mac >> 40 & 0xff,
                     mac >> 32 & 0xff, mac >> 24 & 0xff, mac >> 16 & 0xff, mac >> 8 & 0xff,
                     mac & 0xff);
}

template <ColumnType Type, class Value>
void append_value(Members& members, Column column, std::string_view name, const Value& value) {
  if constexpr (Type == ColumnType::Address) {
    members.text(name, flow::to_text(value));
  } else if constexpr (Type == ColumnType::Mac) {
    members.text(name, mac_text(value));
  } else if constexpr (Type == ColumnType::Name) {
    members.text(name, flow::NamePool::instance().text_of(value));
  } else if constexpr (Type == ColumnType::Word) {
    members.text(name, flow::word_of(column, value));
  } else {
    members.number(name, value);
  }
}

}  // namespace

void append_json_line(std::string& out, const FlowRecord& flow) {
  Members members(out);
#define X(name, type, dimension, meaning)                                    \
  if (flow.has(Column::name)) {                                              \
    append_value<ColumnType::type>(members, Column::name, #name, flow.name); \
  }
  WEIR_FLOW_COLUMNS(X)
#undef X
  members.close();
  out += '\n';
}

void append_json_line(std::string& out, const collect::OtherRecord& record) {
  using Kind = collect::OtherRecord::Kind;
  Members members(out);
  members.text("kind", record.kind == Kind::Options ? "options" : "event");
  members.text("exporter", flow::to_text(record.exporter));
  members.number("domain", record.domain);
  members.name("fields");
  Members fields(out);
  // An element that comes more than once gets a number from its second time on.
  std::map<std::string_view, int> seen;
  for (const auto& [name, value] : record.fields) {
    const int times = ++seen[name];
    fields.text(times == 1 ? name : fmt::format("{}#{}", name, times), value);
  }
  fields.close();
  members.close();
  out += '\n';
}

void append_json(std::string& out, const flow::LedgerCounts& counts) {
  Members members(out);
  members.number("datagrams", counts.datagrams);
  members.number("octets", counts.octets);
  members.number("records", counts.records);
  members.number("flows", counts.flows);
  members.number("options", counts.options);
  members.number("events", counts.events);
  members.number("templates", counts.templates);
  members.number("sequence_sent", counts.sequence_sent);
  members.number("sequence_received", counts.sequence_received);
  members.number("sequence_gap", counts.sequence_gap);
  members.number("reordered", counts.reordered);
  members.number("repeated", counts.repeated);
  members.number("restarts", counts.restarts);
  members.name("not_counted");
  Members reasons(out);
  for (const auto& reason : flow::kNotCounted) {
    if (counts[reason.reason] != 0) reasons.number(reason.name, counts[reason.reason]);
  }
  reasons.close();
  members.close();
}

}  // namespace weir
