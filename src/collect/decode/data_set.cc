#include "collect/decode/data_set.h"

#include <limits>

#include "collect/decode/field_text.h"
#include "collect/decode/finish.h"
#include "flow/volume.h"
#include "wire/export/set.h"

namespace collect {
namespace {

using flow::bit;
using flow::Column;
using flow::FlowRecord;
using wire::ByteReader;
using wire::ByteView;
using wire::Malformed;

constexpr flow::ColumnMask kFromTheDatagram =
    bit(Column::received) | bit(Column::exporter) | bit(Column::domain);

// The records of one set, decoded one after the other.
class DataSet {
 public:
  DataSet(const MessageHeader& header, KnownTemplate& known, Exporter& exporter, Output& output)
      : header_(header), known_(known), plan_(known.plan), exporter_(exporter), output_(output) {
    if (header.sys_uptime_ms) return;
    const auto domain = exporter.domains.find(DomainKey{header.protocol, header.domain});
    if (domain != exporter.domains.end()) system_init_ms_ = domain->second.system_init_ms;
  }

  base::Expected<void, Malformed> decode(ByteView octets) {
    ByteReader records(octets);
    const std::size_t size = plan_.record_octets;
    // Asked once for the set, for a record of variable length may itself be all zeros.
    const std::size_t padding = size == 0 ? wire::padding_octets(octets) : 0;
    while (records.remaining() >= plan_.smallest_octets) {
      if (size != 0) {
        const ByteView record = *records.take(size);
        decode_record(record, [&](Row& row) { fill_row(plan_, record, row); });
        continue;
      }
      if (records_ != 0 && records.remaining() <= padding) break;
      const auto located = locate_fields(records, plan_, fields_);
      if (!located) return located;
      decode_record({}, [&](Row& row) { fill_row(plan_, fields_, row); });
    }
    // What is left is padding, unless it is all there is.
    if (records_ == 0 && !wire::is_padding(octets)) {
      return base::Unexpected(Malformed::RecordTruncated);
    }
    return {};
  }

  void count() {
    auto& counts = exporter_.ledger.at(header_.received_ms);
    counts.flows += flows_;
    counts.options += options_;
    counts.records += flows_ + options_;
    counts.spread_clamped += clamped_;
    known_.used_ms = header_.received_ms;
    if (records_ != 0) exporter_.is_proven = true;
  }
  std::uint32_t records() const { return records_; }

 private:
  template <class FillRow>
  void decode_record(ByteView record, FillRow fill) {
    ++records_;
    if (plan_.is_options) {
      decode_options(record, fill);
      return;
    }
    FlowRecord& flow = output_.flows.emplace_back(blank_);
    Row row = row_of(flow);
    fill(row);
    flow.received = header_.received_ms;
    flow.exporter = header_.exporter;
    flow.domain = header_.domain;
    flow.present |= kFromTheDatagram;
    if (flow::effective_times(flow).clamped) ++clamped_;
    ++flows_;
    if (!plan_.has_reverse) return;
    // A bidirectional record is two flows, so it counts as two records.
    if (const auto reverse = reverse_of(row, plan_.clues)) {
      output_.flows.push_back(*reverse);
      ++flows_;
    }
  }

  template <class FillRow>
  void decode_options(ByteView record, FillRow fill) {
    FlowRecord unused;
    Row row = row_of(unused);
    fill(row);
    apply_options();
    apply_interface(record);
    apply_application(record);
    ++options_;
    if (output_.others == nullptr) return;
    output_.others->push_back(
        {.kind = OtherRecord::Kind::Options,
         .exporter = header_.exporter,
         .domain = header_.domain,
         .fields = plan_.record_octets != 0
                       ? texts_of(known_.described, header_.protocol, record)
                       : texts_of(known_.described, header_.protocol, fields_)});
  }

  Row row_of(FlowRecord& flow) {
    return {flow,
            clues_,
            header_,
            exporter_.sampling,
            exporter_.applications,
            system_init_ms_,
            known_.described.id};
  }

  void apply_options() {
    const auto has = [this](Clue clue) { return (plan_.clues & bit(clue)) != 0; };
    if (has(Clue::SystemInitMilliseconds) &&
        clues_[Clue::SystemInitMilliseconds] <= static_cast<std::uint64_t>(kTimeMaxMs)) {
      if (Domain* domain = exporter_.domain({header_.protocol, header_.domain})) {
        domain->system_init_ms = static_cast<base::UnixMs>(clues_[Clue::SystemInitMilliseconds]);
      }
    }
    const auto rate = told_rate(clues_, plan_.clues);
    if (!rate) return;
    SamplingKey key{.protocol = static_cast<std::uint8_t>(header_.protocol),
                    .domain = header_.domain};
    for (const auto& [clue, scope] : {std::pair(Clue::ScopeTemplate, SamplingScope::Template),
                                      std::pair(Clue::ScopeInterface, SamplingScope::Interface),
                                      std::pair(Clue::SelectorId, SamplingScope::Sampler),
                                      std::pair(Clue::SamplerId, SamplingScope::Sampler)}) {
      if (!has(clue)) continue;
      key.scope = scope;
      key.id = clues_[clue];
    }
    if (!exporter_.sampling.set(key, *rate)) ++exporter_.not_kept;
  }

  ByteView text_at(const std::optional<TextPlace>& place, ByteView record) const {
    if (!place) return {};
    return plan_.record_octets != 0 ? record.subspan(place->offset, place->length)
                                    : fields_[place->field];
  }

  // A row of a table of interfaces: which one, and what it is called.
  void apply_interface(ByteView record) {
    if (!plan_.interface_name && !plan_.interface_description) return;
    const bool is_scope = (plan_.clues & bit(Clue::ScopeInterface)) != 0;
    const std::uint64_t index = clues_[is_scope ? Clue::ScopeInterface : Clue::TableInterface];
    if (index > std::numeric_limits<std::uint32_t>::max()) return;
    exporter_.interfaces.tell(static_cast<std::uint32_t>(index),
                              text_at(plan_.interface_name, record),
                              text_at(plan_.interface_description, record), header_.received_ms);
  }

  void apply_application(ByteView record) {
    if (!plan_.application_name) return;
    const ByteView name = text_at(plan_.application_name, record);
    if (!exporter_.applications.tell(clues_[Clue::ApplicationId], name)) ++exporter_.not_kept;
  }

  const MessageHeader& header_;
  KnownTemplate& known_;
  const FieldPlan& plan_;
  Exporter& exporter_;
  Output& output_;
  std::optional<base::UnixMs> system_init_ms_;
  Clues clues_{};
  const FlowRecord blank_{};  // copied: half of what it costs to make each record empty anew
  FieldViews fields_;
  std::uint32_t records_ = 0;
  std::uint64_t flows_ = 0;
  std::uint64_t options_ = 0;
  std::uint64_t clamped_ = 0;
};

}  // namespace

base::Expected<std::uint32_t, Malformed> decode_data_set(const MessageHeader& header,
                                                         KnownTemplate& known, ByteView octets,
                                                         Exporter& exporter, Output& output) {
  const std::size_t flows_before = output.flows.size();
  const std::size_t others_before = output.others == nullptr ? 0 : output.others->size();
  DataSet set(header, known, exporter, output);
  const auto decoded = set.decode(octets);
  if (!decoded) {
    output.flows.resize(flows_before);
    if (output.others != nullptr) {
      output.others->erase(output.others->begin() + static_cast<std::ptrdiff_t>(others_before),
                           output.others->end());
    }
    return base::Unexpected(decoded.error());
  }
  set.count();
  return set.records();
}

}  // namespace collect
