#include "golden/query/script.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <fstream>
#include <map>
#include <sstream>

#include "flow/address.h"
#include "flow/mac.h"
#include "flow/name_pool.h"
#include "query/time_text.h"

namespace script {
namespace {

using base::Expected;
using base::Unexpected;
using base::UserError;
using flow::Column;
using flow::ColumnType;
using flow::FlowRecord;

std::vector<std::string> words_of(const std::string& line) {
  std::istringstream in(line);
  std::vector<std::string> words;
  for (std::string word; in >> word;) words.push_back(word);
  return words;
}

std::optional<std::uint64_t> number_of(const std::string& text) {
  if (text == "yes") return 1;
  if (text == "no") return 0;
  for (const auto& spec : flow::kColumns) {
    const auto words = flow::words_of(spec.column);
    const auto found = std::ranges::find(words, text);
    if (found != words.end()) return static_cast<std::uint64_t>(found - words.begin());
  }
  std::uint64_t number = 0;
  const char* end = text.data() + text.size();
  const auto [parsed, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc{} || parsed != end) return std::nullopt;
  return number;
}

std::optional<base::UnixMs> time_of(const std::string& text) {
  if (text == "0") return kNow;
  const auto distance = query::duration_ms_of(text.substr(1));
  if (!distance) return std::nullopt;
  if (text.front() == '-') return kNow - *distance;
  if (text.front() == '+') return kNow + *distance;
  return std::nullopt;
}

// False when the text is no value of the column's type.
template <ColumnType Type>
bool read_value(const std::string& text, flow::ColumnValue<Type>& value) {
  if constexpr (Type == ColumnType::Address) {
    const auto address = flow::parse_address(text);
    if (address) value = *address;
    return address.has_value();
  } else if constexpr (Type == ColumnType::Time) {
    const auto time = time_of(text);
    if (time) value = *time;
    return time.has_value();
  } else if constexpr (Type == ColumnType::Mac) {
    const auto mac = flow::parse_mac(text);
    if (mac) value = *mac;
    return mac.has_value();
  } else if constexpr (Type == ColumnType::Name) {
    value = flow::NamePool::instance().id_of(flow::NameKind::Heard, text);
    return true;
  } else {
    const auto number = number_of(text);
    if (number) value = static_cast<flow::ColumnValue<Type>>(*number);
    return number.has_value();
  }
}

bool put(FlowRecord& flow, Column column, const std::string& text) {
  flow.present |= flow::bit(column);
  switch (column) {
#define X(name, type, dimension, meaning) \
  case Column::name:                      \
    return read_value<ColumnType::type>(text, flow.name);
    WEIR_FLOW_COLUMNS(X)
#undef X
  }
  return false;
}

FlowRecord blank_flow() {
  FlowRecord flow;
  flow.received = kNow - base::kMsPerMinute;
  flow.exporter = *flow::parse_address("192.0.2.1");
  flow.counted = true;
  flow.present =
      flow::bit(Column::received) | flow::bit(Column::exporter) | flow::bit(Column::counted);
  return flow;
}

class Reader {
 public:
  explicit Reader(std::istream& in) : in_(in) {}

  Expected<Script, UserError> read() {
    while (next()) {
      if (line_.empty()) continue;
      bool sound = false;
      if (line_ == "flows") sound = read_flows();
      if (line_ == "query") sound = read_question();
      if (!sound) {
        if (what_.empty()) what_ = fmt::format("expected `flows` or `query`, came `{}`", line_);
        return Unexpected(UserError{fmt::format("line {}", number_), what_, {}});
      }
    }
    return std::move(script_);
  }

 private:
  // The next line that is no comment.
  bool next() {
    do {
      if (!std::getline(in_, line_)) return false;
      ++number_;
    } while (line_.starts_with('#'));
    return true;
  }
  bool next_of_block() { return next() && !line_.empty(); }

  bool read_flows() {
    if (!next_of_block()) return true;
    std::vector<Column> columns;
    for (const std::string& name : words_of(line_)) {
      const auto column = flow::find_column(name);
      if (!column) return complain(fmt::format("no column is named `{}`", name));
      columns.push_back(*column);
    }
    while (next_of_block()) {
      if (!read_flow(columns)) return false;
    }
    return true;
  }

  bool read_flow(const std::vector<Column>& columns) {
    const auto values = words_of(line_);
    if (values.size() != columns.size()) {
      return complain(fmt::format("expected {} values, came {}", columns.size(), values.size()));
    }
    FlowRecord flow = blank_flow();
    for (std::size_t i = 0; i < columns.size(); ++i) {
      flow.present &= ~flow::bit(columns[i]);
      if (values[i] == "-") continue;
      if (!put(flow, columns[i], values[i])) {
        return complain(
            fmt::format("`{}` is no value of {}", values[i], flow::spec(columns[i]).name));
      }
    }
    script_.flows.push_back(flow);
    return true;
  }

  bool read_question() {
    Question question;
    question.line = number_;
    const std::map<std::string, std::string*> members = {
        {"filter", &question.text.filter}, {"by", &question.text.by},
        {"metric", &question.text.metric}, {"range", &question.text.range},
        {"step", &question.text.step},     {"top", &question.text.top},
        {"flows", &question.text.flows},   {"limit", &question.text.limit}};
    while (next_of_block() && line_ != "----") {
      const auto blank = line_.find(' ');
      const auto member = members.find(line_.substr(0, blank));
      if (member == members.end() || blank == std::string::npos) {
        return complain(fmt::format("expected a member of a plan or `----`, came `{}`", line_));
      }
      *member->second = line_.substr(blank + 1);
    }
    if (line_ != "----") return complain("expected `----`");
    read_answer(question);
    script_.questions.push_back(std::move(question));
    return true;
  }

  void read_answer(Question& question) {
    const auto take = [&](std::string_view word, std::string& member) {
      if (!line_.starts_with(word)) return false;
      member = line_.substr(word.size());
      return true;
    };
    while (next_of_block()) {
      if (take("totals ", question.totals) || take("rest ", question.rest) ||
          take("error ", question.error)) {
        continue;
      }
      question.rows += line_ + "\n";
    }
  }

  bool complain(std::string what) {
    what_ = std::move(what);
    return false;
  }

  std::istream& in_;
  std::string line_;
  std::size_t number_ = 0;
  std::string what_;
  Script script_;
};

}  // namespace

Expected<Script, UserError> read(const std::filesystem::path& path) {
  std::ifstream in(path);
  if (!in) return Unexpected(UserError{path.string(), "cannot be read", {}});
  auto script = Reader(in).read();
  if (!script) script.error().where = path.string() + ", " + script.error().where;
  return script;
}

}  // namespace script
