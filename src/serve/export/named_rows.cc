#include "serve/export/named_rows.h"

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
            NamePlace place, ShownAddresses shown)
      : inner_(std::move(inner)),
        names_(std::move(names)),
        place_(place),
        shown_(std::move(shown)) {}

  void head(const std::vector<AnswerColumn>& columns) override {
    std::vector<AnswerColumn> all;
    std::vector<Source> last;
    for (std::size_t i = 0; i < columns.size(); ++i) {
      all.push_back(columns[i]);
      sources_.push_back({i, false});
      if (columns[i].type != AnswerType::Address) continue;
      const Source names{i, true};
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
      if (sources_[i].is_names) {
        fill_names(from, chunk.rows, chunk_.columns[i]);
      } else {
        chunk_.columns[i] = from;
      }
    }
    return inner_->chunk(chunk_);
  }

  bool finish(const query::AnswerSummary& summary) override {
    if (shown_ && !addresses_.empty()) shown_(std::vector(addresses_.begin(), addresses_.end()));
    return inner_->finish(summary);
  }

 private:
  struct Source {
    std::size_t column;
    bool is_names;
  };

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

  const std::unique_ptr<AnswerWriter> inner_;
  const std::shared_ptr<const know::Names> names_;
  const NamePlace place_;
  const ShownAddresses shown_;
  std::vector<Source> sources_;
  AnswerChunk chunk_;
  std::unordered_set<flow::Address> addresses_;
};

}  // namespace

std::unique_ptr<AnswerWriter> with_names(std::unique_ptr<AnswerWriter> inner,
                                         std::shared_ptr<const know::Names> names, NamePlace place,
                                         ShownAddresses shown) {
  return std::make_unique<NamedRows>(std::move(inner), std::move(names), place, std::move(shown));
}

NamePlace name_place(Format format) {
  return format == Format::Table ? NamePlace::BesideAddress : NamePlace::AtEnd;
}

}  // namespace serve
