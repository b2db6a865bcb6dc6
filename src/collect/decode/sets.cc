#include "collect/decode/sets.h"

#include <map>
#include <memory>
#include <utility>

#include "collect/decode/caps.h"
#include "collect/decode/data_set.h"
#include "collect/decode/not_counted.h"
#include "wire/export/ipfix.h"
#include "wire/export/netflow9.h"

namespace collect {
namespace {

using flow::NotCounted;
using wire::ByteReader;
using wire::ByteView;
using wire::Malformed;
using wire::Set;
using wire::Template;

using NextTemplate = base::Expected<std::optional<Template>, Malformed> (*)(ByteReader&);

// One message's walk through its sets. Templates serve the message's later sets at once, but reach
// the exporter's cache only with keep_templates().
class MessageSets {
 public:
  MessageSets(MessageHeader header, Exporter& exporter, Output& output)
      : header_(header), exporter_(exporter), output_(output) {}

  base::Expected<void, Malformed> decode_templates(ByteView octets, NextTemplate next) {
    ByteReader set(octets);
    while (true) {
      auto taken = next(set);
      if (!taken) return base::Unexpected(taken.error());
      if (!*taken) return {};
      // A withdrawal over UDP could be anybody's: ignored (RFC 7011 section 8.4).
      if (!(*taken)->is_withdrawal()) stage(std::move(**taken));
    }
  }

  base::Expected<void, Malformed> decode_data(const Set& set) {
    KnownTemplate* known = find(set.id);
    if (known == nullptr) {
      wait_for_template(set);
      return {};
    }
    const auto records = decode_data_set(header_, *known, set.records, exporter_, output_);
    if (!records) return base::Unexpected(records.error());
    records_ += *records;
    return {};
  }

  void refuse(NotCounted reason) {
    auto& counts = exporter_.ledger.at(header_.received_ms);
    ++counts.records;
    ++counts[reason];
  }

  // Moves the message's templates into the exporter's cache and decodes what waited for them.
  void keep_templates() {
    for (auto& [id, known] : staged_) {
      const TemplateKey key{header_.protocol, header_.domain, id};
      if (known == nullptr) {
        exporter_.templates.forget(key);
        continue;
      }
      if (!exporter_.templates.learn(key, std::move(known))) {
        refuse(NotCounted::TemplatesOverCap);
        continue;
      }
      ++exporter_.ledger.at(header_.received_ms).templates;
      for (const PendingSet& set : exporter_.pending.take(key)) decode_pending(set);
    }
    staged_.clear();
  }

  // Octets of a set that could not be read: records of unknown number were in it.
  void add_untold(std::size_t octets) { untold_units_max_ += static_cast<std::uint32_t>(octets); }

  std::uint32_t records() const { return records_; }
  std::uint32_t untold_units_max() const { return untold_units_max_; }

 private:
  void stage(Template taken) {
    if (taken.fields.size() > kFieldsPerTemplateMax) {
      refuse(NotCounted::TemplateTooManyFields);
      staged_.insert_or_assign(taken.id, nullptr);  // data no longer has the fields it had before
      return;
    }
    KnownTemplate* same = find(taken.id);
    if (same != nullptr && same->described == taken) {
      same->used_ms = header_.received_ms;
      ++exporter_.ledger.at(header_.received_ms).templates;
      return;
    }
    // Compiling what no cap can keep would let a datagram cost as much as it likes.
    const std::uint16_t id = taken.id;
    if (staged_.size() >= kTemplatesPerExporterMax && !staged_.contains(id)) {
      refuse(NotCounted::TemplatesOverCap);
      staged_.insert_or_assign(id, nullptr);
      return;
    }
    const TemplateKey key{header_.protocol, header_.domain, id};
    auto known = std::make_unique<KnownTemplate>(std::move(taken), key, header_.received_ms,
                                                 header_.received_ms);
    staged_.insert_or_assign(id, std::move(known));
  }

  KnownTemplate* find(std::uint16_t id) {
    if (const auto staged = staged_.find(id); staged != staged_.end()) return staged->second.get();
    return exporter_.templates.find({header_.protocol, header_.domain, id});
  }

  void wait_for_template(const Set& set) {
    add_untold(set.records.size());
    const bool is_kept =
        exporter_.pending.add({.header = header_,
                               .template_id = set.id,
                               .octets = {set.records.begin(), set.records.end()}});
    refuse(is_kept ? NotCounted::NoTemplatePending : NotCounted::NoTemplateOverCap);
  }

  // Its template came: the set no longer counts as one, its records do, in its own minute.
  void decode_pending(const PendingSet& set) {
    auto& counts = exporter_.ledger.at(set.header.received_ms);
    --counts.records;
    --counts[NotCounted::NoTemplatePending];
    KnownTemplate* known = exporter_.templates.find(set.key());
    const auto records = decode_data_set(set.header, *known, set.octets, exporter_, output_);
    if (records) return;
    auto& refused = exporter_.ledger.at(set.header.received_ms);
    ++refused.records;
    ++refused[reason_of(records.error())];
  }

  MessageHeader header_;
  Exporter& exporter_;
  Output& output_;
  std::map<std::uint16_t, std::unique_ptr<KnownTemplate>> staged_;  // by id; null: to be forgotten
  std::uint32_t records_ = 0;
  std::uint32_t untold_units_max_ = 0;
};

base::Expected<void, Malformed> decode_netflow9_set(const Set& set, MessageSets& sets) {
  if (set.id == wire::kNetflow9TemplateSet) {
    return sets.decode_templates(set.records, wire::next_netflow9_template);
  }
  if (set.id == wire::kNetflow9OptionsTemplateSet) {
    return sets.decode_templates(set.records, wire::next_netflow9_options_template);
  }
  if (set.id < Set::kFirstDataId) return base::Unexpected(Malformed::ReservedSetId);
  return sets.decode_data(set);
}

base::Expected<void, Malformed> decode_ipfix_set(const Set& set, MessageSets& sets) {
  if (set.id == wire::kIpfixTemplateSet) {
    return sets.decode_templates(set.records, wire::next_ipfix_template);
  }
  if (set.id == wire::kIpfixOptionsTemplateSet) {
    return sets.decode_templates(set.records, wire::next_ipfix_options_template);
  }
  if (set.id < Set::kFirstDataId) return base::Unexpected(Malformed::ReservedSetId);
  return sets.decode_data(set);
}

// Walks to the end of the datagram; what is wrong inside a set's own bounds costs that set only.
std::optional<Malformed> walk_netflow9(ByteReader rest, MessageSets& sets) {
  std::optional<Malformed> wrong;
  while (rest.remaining() > 0 && !wire::is_padding(rest.rest())) {
    const auto set = wire::next_set(rest);
    if (!set) {
      sets.refuse(reason_of(set.error()));
      return set.error();
    }
    const auto decoded = decode_netflow9_set(*set, sets);
    if (decoded) continue;
    sets.refuse(reason_of(decoded.error()));
    wrong = decoded.error();
  }
  return wrong;
}

// True for what RFC 7011 section 9.1 calls a malformed message: lengths that make no sense.
// Whatever else is wrong stands within a set's bounds and costs that set, or its templates from
// there on.
bool ends_the_walk(Malformed wrong) {
  switch (wrong) {
    case Malformed::HeaderTruncated:
    case Malformed::LengthLies:
    case Malformed::CountLies:
    case Malformed::SetHeaderTruncated:
    case Malformed::SetShorterThanItsHeader:
    case Malformed::SetLongerThanMessage:
    case Malformed::VariableLengthTruncated:
    case Malformed::TemplateTruncated:
      return true;
    case Malformed::ReservedSetId:
    case Malformed::RecordTruncated:
    case Malformed::TemplateZeroSize:
    case Malformed::TemplateIdReserved:
    case Malformed::ScopeInvalid:
      return false;
  }
  return true;
}

// Walks to the end of the message or to the first thing that makes its octets doubtful.
std::optional<Malformed> walk_ipfix(const wire::IpfixMessage& message, MessageSets& sets) {
  std::optional<Malformed> wrong;
  ByteReader rest(message.sets);
  while (message.has_more(rest)) {
    const auto set = wire::next_set(rest);
    const auto decoded = set ? decode_ipfix_set(*set, sets) : base::Unexpected(set.error());
    if (decoded) continue;
    wrong = decoded.error();
    sets.refuse(reason_of(*wrong));
    sets.add_untold(set ? set->records.size() : 0);
    if (ends_the_walk(*wrong)) {
      sets.add_untold(rest.remaining());
      return wrong;
    }
  }
  return wrong;
}

void account_sequence(const MessageHeader& header, const Arrival& arrival, Exporter& exporter) {
  if (Domain* domain = exporter.domain({header.protocol, header.domain})) {
    domain->sequence.arrived(arrival, exporter.ledger);
  }
}

}  // namespace

base::Expected<WrongInside, Malformed> decode_netflow9(const Datagram& datagram, Exporter& exporter,
                                                       Output& output) {
  const auto message = wire::parse_netflow9(datagram.payload);
  if (!message) return base::Unexpected(message.error());
  const MessageHeader header{
      .protocol = Protocol::Netflow9,
      .exporter = datagram.exporter,
      .domain = message->header.source_id,
      .received_ms = datagram.received_ns / base::kNsPerMs,
      .export_ms = std::int64_t{message->header.unix_secs} * base::kMsPerSecond,
      .sys_uptime_ms = message->header.sys_uptime_ms};
  exporter.clock_skew_ms = header.received_ms - header.export_ms;
  // Counts datagrams, so what is in this one does not matter.
  account_sequence(header,
                   {.sequence = message->header.sequence,
                    .units = 1,
                    .untold_units_max = 0,
                    .sys_uptime_ms = header.sys_uptime_ms,
                    .received_ms = header.received_ms},
                   exporter);

  MessageSets sets(header, exporter, output);
  const auto wrong = walk_netflow9(ByteReader(message->sets), sets);
  sets.keep_templates();
  return wrong;
}

base::Expected<WrongInside, Malformed> decode_ipfix(const Datagram& datagram, Exporter& exporter,
                                                    Output& output) {
  const auto message = wire::parse_ipfix(datagram.payload);
  if (!message) return base::Unexpected(message.error());
  const MessageHeader header{
      .protocol = Protocol::Ipfix,
      .exporter = datagram.exporter,
      .domain = message->header.observation_domain,
      .received_ms = datagram.received_ns / base::kNsPerMs,
      .export_ms = std::int64_t{message->header.export_time_s} * base::kMsPerSecond,
      .sys_uptime_ms = std::nullopt};
  exporter.clock_skew_ms = header.received_ms - header.export_ms;

  MessageSets sets(header, exporter, output);
  const auto wrong = walk_ipfix(*message, sets);
  if (!wrong || !ends_the_walk(*wrong)) sets.keep_templates();
  // Counts data records, which only the walk can tell.
  account_sequence(header,
                   {.sequence = message->header.sequence,
                    .units = sets.records(),
                    .untold_units_max = sets.untold_units_max(),
                    .sys_uptime_ms = std::nullopt,
                    .received_ms = header.received_ms},
                   exporter);
  return wrong;
}

}  // namespace collect
