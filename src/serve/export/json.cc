#include "base/json_text.h"
#include "serve/export/output_buffer.h"
#include "serve/export/writers.h"

namespace serve {
namespace {

using query::AnswerChunk;
using query::AnswerColumn;
using query::AnswerSummary;
using query::AnswerType;
using query::AnswerValues;

// Rows as JSON objects. What the exporter did not say has no key.
class RowWriter {
 public:
  explicit RowWriter(const std::vector<AnswerColumn>& columns) : columns_(columns) {
    for (const AnswerColumn& column : columns) {
      std::string key = ",";
      base::append_json_string(key, column.name);
      keys_.push_back(key + ":");
      fixed_octets_ += keys_.back().size() + kFixedCellOctets + 2;  // an address has quotes
    }
  }

  void write(const AnswerChunk& chunk, std::size_t row, OutputBuffer& out) {
    char* at = out.room(fixed_octets_ + 2);
    *at++ = '{';
    bool first = true;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      const AnswerValues& values = chunk.columns[i];
      if (values.valid[row] == 0) continue;
      at = write_word(at, std::string_view(keys_[i]).substr(first ? 1 : 0));
      first = false;
      if (columns_[i].type == AnswerType::Text) {
        out.used(at);
        append_text(values.texts[row], out);
        at = out.room(fixed_octets_ + 2);
      } else {
        at = write_cell(at, columns_[i].type, values, row);
      }
    }
    *at++ = '}';
    out.used(at);
  }

 private:
  static char* write_cell(char* at, AnswerType type, const AnswerValues& values, std::size_t row) {
    switch (type) {
      case AnswerType::Number:
      case AnswerType::Time:
        return write_number(at, values.numbers[row]);
      case AnswerType::Flag:
        return write_word(at, values.numbers[row] != 0 ? "true" : "false");
      case AnswerType::Address:
        *at++ = '"';
        at = flow::write_text(values.addresses[row], at);
        *at++ = '"';
        return at;
      case AnswerType::Mac:
        *at++ = '"';
        at = write_mac(at, values.numbers[row]);
        *at++ = '"';
        return at;
      case AnswerType::Text:
        break;
    }
    CHECK(false);
  }

  void append_text(std::string_view text, OutputBuffer& out) {
    text_.clear();
    base::append_json_string(text_, text);
    out.append(text_);
  }

  std::vector<AnswerColumn> columns_;
  std::vector<std::string> keys_;  // ,"name":
  std::size_t fixed_octets_ = 0;
  std::string text_;  // kept, so that texts allocate nothing once it has grown
};

class NdjsonWriter final : public AnswerWriter {
 public:
  explicit NdjsonWriter(Output output) : out_(std::move(output)) {}

  void head(const std::vector<AnswerColumn>& columns) override { rows_.emplace(columns); }

  bool chunk(const AnswerChunk& chunk) override {
    for (std::size_t row = 0; row < chunk.rows && out_.alive(); ++row) {
      rows_->write(chunk, row, out_);
      out_.append("\n");
    }
    return out_.alive();
  }

  bool finish(const AnswerSummary&) override { return out_.flush(); }

 private:
  OutputBuffer out_;
  std::optional<RowWriter> rows_;
};

// {"rows":[…],"totals":{…},…}: the rows first, so that nothing has to be held back.
class JsonWriter final : public AnswerWriter {
 public:
  JsonWriter(const query::Plan& plan, Output output) : plan_(plan), out_(std::move(output)) {
    out_.append("{\"rows\":[");
  }

  void head(const std::vector<AnswerColumn>& columns) override { rows_.emplace(columns); }

  bool chunk(const AnswerChunk& chunk) override {
    for (std::size_t row = 0; row < chunk.rows && out_.alive(); ++row) {
      out_.append(first_row_ ? "\n" : ",\n");
      first_row_ = false;
      rows_->write(chunk, row, out_);
    }
    return out_.alive();
  }

  bool finish(const AnswerSummary& summary) override {
    out_.append("\n]");
    write_sums(summary);
    key("range");
    out_.append("{\"from\":");
    number(summary.range.from);
    out_.append(",\"to\":");
    number(summary.range.to);
    out_.append("}");
    if (plan_.calendar != query::Calendar::None) {
      member("calendar", query::name_of(plan_.calendar));
    } else if (plan_.step_ms > 0) {
      member("step", plan_.step_ms);
    }
    member("filter", plan_.filter.canonical);
    member("tier", summary.tier);
    flag("exact", summary.exact);
    if (summary.kept_from) member("kept_from", *summary.kept_from);
    flag("counted_only", summary.counted_only);
    member("removed_bytes", static_cast<std::int64_t>(summary.removed_bytes));
    flag("replaying", summary.replaying);
    key("loss");
    out_.append("{\"sequence_gap\":");
    number(static_cast<std::int64_t>(summary.loss.sequence_gap));
    member("not_counted", static_cast<std::int64_t>(summary.loss.not_counted));
    member("minutes", static_cast<std::int64_t>(summary.loss.minutes));
    out_.append("}}\n");
    return out_.flush();
  }

 private:
  void write_sums(const AnswerSummary& summary) {
    if (plan_.flows) return;
    key("totals");
    out_.append("{");
    per_metric(summary.totals);
    out_.append("}");
    key("rest");
    out_.append("{\"groups\":");
    number(static_cast<std::int64_t>(summary.rest_groups));
    if (!summary.rest.empty()) out_.append(",");
    per_metric(summary.rest);
    out_.append("}");
    key("bound");
    out_.append("{");
    per_metric(summary.bound);
    out_.append("}");
  }

  void per_metric(const std::vector<std::int64_t>& values) {
    for (std::size_t i = 0; i < values.size() && i < plan_.metrics.size(); ++i) {
      if (i > 0) out_.append(",");
      out_.append("\"");
      out_.append(query::name_of(plan_.metrics[i]));
      out_.append("\":");
      number(values[i]);
    }
  }
  void key(std::string_view name) {
    out_.append(",\"");
    out_.append(name);
    out_.append("\":");
  }
  void number(std::int64_t value) { out_.used(write_number(out_.room(kFixedCellOctets), value)); }
  void member(std::string_view name, std::int64_t value) {
    key(name);
    number(value);
  }
  void member(std::string_view name, std::string_view text) {
    key(name);
    std::string quoted;
    base::append_json_string(quoted, text);
    out_.append(quoted);
  }
  void flag(std::string_view name, bool value) {
    key(name);
    out_.append(value ? "true" : "false");
  }

  query::Plan plan_;
  OutputBuffer out_;
  std::optional<RowWriter> rows_;
  bool first_row_ = true;
};

}  // namespace

std::unique_ptr<AnswerWriter> make_json_writer(const query::Plan& plan, Output output) {
  return std::make_unique<JsonWriter>(plan, std::move(output));
}

std::unique_ptr<AnswerWriter> make_ndjson_writer(Output output) {
  return std::make_unique<NdjsonWriter>(std::move(output));
}

}  // namespace serve
