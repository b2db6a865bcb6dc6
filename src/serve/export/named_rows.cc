#include "serve/export/named_rows.h"

#include <algorithm>
#include <unordered_set>
#include <utility>
#include <vector>

namespace serve {
namespace {

using query::AnswerChunk;
using query::AnswerColumn;
using query::AnswerType;
using query::AnswerValues;

// Invariant: sources_ says for each column that goes out which column that comes it is made of.
class NamedRows final : public AnswerWriter {
 public:
  NamedRows(std::unique_ptr<AnswerWriter> inner, std::shared_ptr<const know::Names> names,
            NamePlace place, ShownAddresses shown,
            std::shared_ptr<const know::Interfaces> interfaces)
      : inner_(std::move(inner)),
        names_(std::move(names)),
        place_(place),
        shown_(std::move(shown)),
        interfaces_(std::move(interfaces)) {}

  void head(const std::vector<AnswerColumn>& columns) override {
    std::vector<AnswerColumn> all;
    std::vector<Source> last;
    const auto exporter = std::ranges::find(columns, "exporter", &AnswerColumn::name);
    has_exporter_ = exporter != columns.end();
    exporter_ = static_cast<std::size_t>(exporter - columns.begin());
    for (std::size_t i = 0; i < columns.size(); ++i) {
      all.push_back(columns[i]);
      sources_.push_back({i, Cells::Same});
      if (!has_names(columns[i])) continue;
      const Source names{i, columns[i].type == AnswerType::Address ? Cells::NamesOfAddresses
                                                                   : Cells::NamesOfInterfaces};
      if (place_ == NamePlace::AtEnd) {
        last.push_back(names);
      } else {
        all.push_back(name_column(columns[i]));
        sources_.push_back(names);
      }
    }
    for (const Source& one : last) {
      all.push_back(name_column(columns[one.column]));
      sources_.push_back(one);
    }
    chunk_.columns.resize(all.size());
    inner_->head(all);
  }

  bool chunk(const AnswerChunk& chunk) override {
    chunk_.rows = chunk.rows;
    for (std::size_t i = 0; i < sources_.size(); ++i) {
      const AnswerValues& from = chunk.columns[sources_[i].column];
      switch (sources_[i].cells) {
        case Cells::Same:
          chunk_.columns[i] = from;
          break;
        case Cells::NamesOfAddresses:
          fill_names(from, chunk.rows, chunk_.columns[i]);
          break;
        case Cells::NamesOfInterfaces:
          fill_interfaces(chunk.columns[exporter_], from, chunk.rows, chunk_.columns[i]);
          break;
      }
    }
    return inner_->chunk(chunk_);
  }

  bool finish(const query::AnswerSummary& summary) override {
    if (shown_ && !addresses_.empty()) shown_(std::vector(addresses_.begin(), addresses_.end()));
    return inner_->finish(summary);
  }

 private:
  enum class Cells : std::uint8_t { Same, NamesOfAddresses, NamesOfInterfaces };
  struct Source {
    std::size_t column;
    Cells cells;
  };

  bool has_names(const AnswerColumn& column) const {
    if (column.type == AnswerType::Address) return true;
    const bool is_interface =
        column.name == "if" || column.name == "in_if" || column.name == "out_if";
    return is_interface && has_exporter_ && interfaces_ != nullptr;
  }

  static AnswerColumn name_column(const AnswerColumn& addresses) {
    return {addresses.name + "_name", AnswerType::Text};
  }

  void fill_names(const AnswerValues& addresses, std::size_t rows, AnswerValues& out) {
    out.valid.assign(rows, 0);
    out.texts.assign(rows, {});
    for (std::size_t row = 0; row < rows; ++row) {
      if (addresses.valid[row] == 0) continue;
      const flow::Address& address = addresses.addresses[row];
      if (shown_ && addresses_.size() < kShownMax) addresses_.insert(address);
      const know::Named* named = names_->find(address);
      if (named == nullptr) continue;
      out.valid[row] = 1;
      out.texts[row] = named->name;
    }
  }

  void fill_interfaces(const AnswerValues& exporters, const AnswerValues& indexes, std::size_t rows,
                       AnswerValues& out) const {
    out.valid.assign(rows, 0);
    out.texts.assign(rows, {});
    for (std::size_t row = 0; row < rows; ++row) {
      if (exporters.valid[row] == 0 || indexes.valid[row] == 0) continue;
      const know::Interface* known = interfaces_->find(
          {exporters.addresses[row], static_cast<std::uint32_t>(indexes.numbers[row])});
      if (known == nullptr || known->name.empty()) continue;
      out.valid[row] = 1;
      out.texts[row] = known->name;
    }
  }

  const std::unique_ptr<AnswerWriter> inner_;
  const std::shared_ptr<const know::Names> names_;
  const NamePlace place_;
  const ShownAddresses shown_;
  const std::shared_ptr<const know::Interfaces> interfaces_;
  bool has_exporter_ = false;
  std::size_t exporter_ = 0;  // its column, where there is one
  std::vector<Source> sources_;
  AnswerChunk chunk_;
  std::unordered_set<flow::Address> addresses_;
};

}  // namespace

std::unique_ptr<AnswerWriter> with_names(std::unique_ptr<AnswerWriter> inner,
                                         std::shared_ptr<const know::Names> names, NamePlace place,
                                         ShownAddresses shown,
                                         std::shared_ptr<const know::Interfaces> interfaces) {
  return std::make_unique<NamedRows>(std::move(inner), std::move(names), place, std::move(shown),
                                     std::move(interfaces));
}

NamePlace name_place(Format format) {
  return format == Format::Table ? NamePlace::BesideAddress : NamePlace::AtEnd;
}

}  // namespace serve
