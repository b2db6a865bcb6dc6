#include <algorithm>
#include <array>
#include <span>

#include "serve/export/output_buffer.h"
#include "serve/export/writers.h"

namespace serve {
namespace {

using query::AnswerChunk;
using query::AnswerColumn;
using query::AnswerSummary;
using query::AnswerType;
using query::AnswerValues;

// What an octet of a text means to a reader of CSV.
enum class Octet : std::uint8_t {
  Plain,
  BeginsFormula,         // a spreadsheet runs a text that begins so
  NeedsQuotes,           // RFC 4180
  NeedsQuotesAndBegins,  // both
};
constexpr auto kOctets = [] {
  std::array<Octet, 256> octets{};
  for (const char c : {'=', '+', '-', '@', '\t'}) {
    octets[static_cast<unsigned char>(c)] = Octet::BeginsFormula;
  }
  for (const char c : {',', '"', '\n'}) octets[static_cast<unsigned char>(c)] = Octet::NeedsQuotes;
  octets[static_cast<unsigned char>('\r')] = Octet::NeedsQuotesAndBegins;
  return octets;
}();
constexpr Octet meaning_of(char c) {
  return kOctets[static_cast<unsigned char>(c)];
}

bool begins_a_formula(std::string_view text) {
  if (text.empty()) return false;
  const Octet first = meaning_of(text.front());
  return first == Octet::BeginsFormula || first == Octet::NeedsQuotesAndBegins;
}
// An empty text is quoted, so that it differs from an absent one.
bool needs_quotes(std::string_view text) {
  return text.empty() ||
         std::ranges::any_of(text, [](char c) { return meaning_of(c) >= Octet::NeedsQuotes; });
}

// A column in which some row of the chunk has a value, and the commas since the one before: wholly
// absent columns cost nothing but those.
struct Cell {
  AnswerType type;
  std::size_t commas_before;
  const AnswerValues* values;
};

class CsvWriter final : public AnswerWriter {
 public:
  explicit CsvWriter(Output output) : out_(std::move(output)) {}

  void head(const std::vector<AnswerColumn>& columns) override {
    columns_ = columns;
    for (const AnswerColumn& column : columns) {
      if (&column != &columns.front()) out_.append(",");
      out_.append(column.name);
    }
    out_.append("\n");
  }

  bool chunk(const AnswerChunk& chunk) override {
    find_cells(chunk);
    for (std::size_t row = 0; row < chunk.rows && out_.alive(); ++row) write_row(row);
    return out_.alive();
  }

  bool finish(const AnswerSummary&) override { return out_.flush(); }

 private:
  void find_cells(const AnswerChunk& chunk) {
    cells_.clear();
    std::size_t commas = 0;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      const AnswerValues& values = chunk.columns[i];
      const auto rows = std::span(values.valid).first(chunk.rows);
      if (std::ranges::any_of(rows, [](std::uint8_t valid) { return valid != 0; })) {
        cells_.push_back({columns_[i].type, commas, &values});
        commas = 0;
      }
      ++commas;
    }
    commas_at_end_ = commas == 0 ? 0 : commas - 1;
  }

  void write_row(std::size_t row) {
    char* at = out_.room(columns_.size() * (kFixedCellOctets + 1));
    for (const Cell& cell : cells_) {
      for (std::size_t i = 0; i < cell.commas_before; ++i) *at++ = ',';
      if (cell.values->valid[row] == 0) continue;
      if (cell.type == AnswerType::Text) {
        at = write_text(at, cell.values->texts[row]);
      } else {
        at = write_cell(at, cell.type, *cell.values, row);
      }
    }
    for (std::size_t i = 0; i < commas_at_end_; ++i) *at++ = ',';
    *at++ = '\n';
    out_.used(at);
  }

  // Answers room for the rest of the row.
  char* write_text(char* at, std::string_view text) {
    constexpr std::size_t kShort = kFixedCellOctets;
    if (text.size() <= kShort && !needs_quotes(text) && !begins_a_formula(text)) {
      return write_word(at, text);
    }
    out_.used(at);
    append_text(text);
    return out_.room(columns_.size() * (kFixedCellOctets + 1));
  }

  static char* write_cell(char* at, AnswerType type, const AnswerValues& values, std::size_t row) {
    switch (type) {
      case AnswerType::Number:
      case AnswerType::Time:
        return write_number(at, values.numbers[row]);
      case AnswerType::Address:
        return flow::write_text(values.addresses[row], at);
      case AnswerType::Flag:
        return write_word(at, values.numbers[row] != 0 ? "true" : "false");
      case AnswerType::Mac:
        return write_mac(at, values.numbers[row]);
      case AnswerType::Text:
        break;
    }
    CHECK(false);
  }

  void append_text(std::string_view text) {
    const bool formula = begins_a_formula(text);
    const bool quoted = needs_quotes(text);
    if (quoted) out_.append("\"");
    if (formula) out_.append("'");
    for (std::size_t quote = text.find('"'); quote != std::string_view::npos;
         quote = text.find('"')) {
      out_.append(text.substr(0, quote + 1));
      out_.append("\"");
      text.remove_prefix(quote + 1);
    }
    out_.append(text);
    if (quoted) out_.append("\"");
  }

  OutputBuffer out_;
  std::vector<AnswerColumn> columns_;
  std::vector<Cell> cells_;  // of the chunk at hand
  std::size_t commas_at_end_ = 0;
};

}  // namespace

std::unique_ptr<AnswerWriter> make_csv_writer(Output output) {
  return std::make_unique<CsvWriter>(std::move(output));
}

}  // namespace serve
