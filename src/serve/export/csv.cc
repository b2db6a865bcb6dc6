#include <algorithm>

#include "serve/export/output_buffer.h"
#include "serve/export/writers.h"

namespace serve {
namespace {

using query::AnswerChunk;
using query::AnswerColumn;
using query::AnswerSummary;
using query::AnswerType;
using query::AnswerValues;

// A spreadsheet runs a text that begins so.
bool begins_a_formula(std::string_view text) {
  return !text.empty() && std::string_view("=+-@\t\r").find(text.front()) != std::string_view::npos;
}

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
    for (std::size_t row = 0; row < chunk.rows && out_.alive(); ++row) write_row(chunk, row);
    return out_.alive();
  }

  bool finish(const AnswerSummary&) override { return out_.flush(); }

 private:
  void write_row(const AnswerChunk& chunk, std::size_t row) {
    char* at = out_.room(columns_.size() * (kFixedCellOctets + 1));
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      const AnswerValues& values = chunk.columns[i];
      if (values.valid[row] != 0) {
        if (columns_[i].type == AnswerType::Text) {
          out_.used(at);
          append_text(values.texts[row]);
          at = out_.room(columns_.size() * (kFixedCellOctets + 1));
        } else {
          at = write_cell(at, columns_[i].type, values, row);
        }
      }
      *at++ = ',';
    }
    at[-1] = '\n';
    out_.used(at);
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

  // RFC 4180. An empty text is quoted, so that it differs from an absent one.
  void append_text(std::string_view text) {
    const bool formula = begins_a_formula(text);
    const bool quoted = text.empty() || text.find_first_of(",\"\r\n") != std::string_view::npos;
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
};

}  // namespace

std::unique_ptr<AnswerWriter> make_csv_writer(Output output) {
  return std::make_unique<CsvWriter>(std::move(output));
}

}  // namespace serve
