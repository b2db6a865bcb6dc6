#include <algorithm>
#include <iterator>

#include "flow/mac.h"
#include "query/time_text.h"
#include "serve/export/output_buffer.h"
#include "serve/export/writers.h"

namespace serve {
namespace {

using query::AnswerChunk;
using query::AnswerColumn;
using query::AnswerSummary;
using query::AnswerType;
using query::AnswerValues;

// "61234567890" as "61,234,567,890".
std::string grouped(std::int64_t number) {
  std::string digits = std::to_string(number);
  const std::size_t sign = number < 0 ? 1 : 0;
  for (std::size_t at = digits.size(); at > sign + 3;) {
    at -= 3;
    digits.insert(at, 1, ',');
  }
  return digits;
}

// A stranger's text must not steer the terminal.
std::string without_controls(std::string_view text) {
  std::string safe(text);
  for (char& c : safe) {
    const auto octet = static_cast<unsigned char>(c);
    if (octet < 0x20 || octet == 0x7f) c = '?';
  }
  return safe;
}

// Columns of characters, not of octets: continuation octets of UTF-8 take no place.
std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

bool is_right_aligned(AnswerType type) {
  return type == AnswerType::Number;
}

// Text for people: columns as wide as the first kWindowRows rows ask for. Columns in which none of
// those has a value are left out; of groups only those of names are.
class TableWriter final : public AnswerWriter {
 public:
  TableWriter(const query::Plan& plan, Output output) : plan_(plan), out_(std::move(output)) {}

  void head(const std::vector<AnswerColumn>& columns) override { columns_ = columns; }

  bool chunk(const AnswerChunk& chunk) override {
    for (std::size_t row = 0; row < chunk.rows && out_.alive(); ++row) {
      take(cells_of(chunk, row));
    }
    return out_.alive();
  }

  bool finish(const AnswerSummary& summary) override {
    if (!plan_.flows) take_sums(summary);
    if (!started_) start();
    out_.append(query::utc_text(summary.range.from) + " to " + query::utc_text(summary.range.to));
    out_.append(", tier " + summary.tier + "\n");
    for (const std::string& remark : remarks(plan_, summary)) out_.append(remark + "\n");
    return out_.flush();
  }

 private:
  static constexpr std::size_t kWindowRows = 1'000;
  using Cells = std::vector<std::string>;

  Cells cells_of(const AnswerChunk& chunk, std::size_t row) const {
    Cells cells(columns_.size());
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      const AnswerValues& values = chunk.columns[i];
      if (values.valid[row] != 0) cells[i] = cell_of(i, values, row);
    }
    return cells;
  }

  std::string cell_of(std::size_t column, const AnswerValues& values, std::size_t row) const {
    switch (columns_[column].type) {
      case AnswerType::Number:
        return is_sum(column) ? grouped(values.numbers[row]) : std::to_string(values.numbers[row]);
      case AnswerType::Time:
        return query::utc_text(values.numbers[row]);
      case AnswerType::Address:
        return flow::to_text(values.addresses[row]);
      case AnswerType::Flag:
        return values.numbers[row] != 0 ? "yes" : "no";
      case AnswerType::Mac:
        return flow::mac_text(static_cast<std::uint64_t>(values.numbers[row]));
      case AnswerType::Text:
        return without_controls(values.texts[row]);
    }
    CHECK(false);
  }

  bool is_sum(std::size_t column) const {
    if (plan_.flows) return columns_[column].name == "bytes" || columns_[column].name == "packets";
    return column + plan_.metrics.size() >= columns_.size();
  }

  void take(Cells cells) {
    if (started_) {
      write(cells);
      return;
    }
    window_.push_back(std::move(cells));
    if (window_.size() == kWindowRows) start();
  }

  // The rest and the total stand in the columns of the metrics.
  void take_sums(const AnswerSummary& summary) {
    if (summary.rest_groups > 0)
      take(sums("rest (" + grouped(static_cast<std::int64_t>(summary.rest_groups)) + ")",
                summary.rest));
    if (!plan_.by.empty() || plan_.step_ms > 0) take(sums("total", summary.totals));
  }

  Cells sums(const std::string& name, const std::vector<std::int64_t>& values) const {
    Cells cells(columns_.size());
    if (columns_.size() < values.size()) return cells;
    const std::size_t first = columns_.size() - values.size();
    if (first > 0) cells[0] = name;
    for (std::size_t i = 0; i < values.size(); ++i) cells[first + i] = grouped(values[i]);
    return cells;
  }

  void start() {
    started_ = true;
    for (const AnswerColumn& column : columns_) {
      shown_.push_back(!plan_.flows && !column.name.ends_with("_name"));
    }
    widths_.assign(columns_.size(), 0);
    for (const Cells& cells : window_) {
      for (std::size_t i = 0; i < cells.size(); ++i) {
        if (!cells[i].empty()) shown_[i] = true;
        widths_[i] = std::max(widths_[i], width_of(cells[i]));
      }
    }
    Cells names;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      names.push_back(columns_[i].name);
      widths_[i] = std::max(widths_[i], width_of(columns_[i].name));
    }
    if (!window_.empty() || !plan_.flows) write(names);
    for (const Cells& cells : window_) write(cells);
    window_.clear();
    window_.shrink_to_fit();
  }

  void write(const Cells& cells) {
    std::string line;
    for (std::size_t i = 0; i < cells.size(); ++i) {
      if (!shown_[i]) continue;
      const std::size_t width = width_of(cells[i]);
      const std::string fill(widths_[i] > width ? widths_[i] - width : 0, ' ');
      line += is_right_aligned(columns_[i].type) ? fill + cells[i] : cells[i] + fill;
      line += "  ";
    }
    line.erase(line.find_last_not_of(' ') + 1);
    out_.append(line + "\n");
  }

  query::Plan plan_;
  OutputBuffer out_;
  std::vector<AnswerColumn> columns_;
  std::vector<Cells> window_;  // the rows held back until the widths are known
  std::vector<std::size_t> widths_;
  std::vector<bool> shown_;
  bool started_ = false;
};

}  // namespace

std::unique_ptr<AnswerWriter> make_table_writer(const query::Plan& plan, Output output) {
  return std::make_unique<TableWriter>(plan, std::move(output));
}

}  // namespace serve
