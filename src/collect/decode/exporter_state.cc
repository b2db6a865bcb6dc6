#include <algorithm>
#include <span>
#include <string>
#include <string_view>

#include "collect/decode/caps.h"
#include "collect/decode/exporter.h"
#include "flow/name_pool.h"
#include "wire/bytes/byte_reader.h"
#include "wire/bytes/byte_writer.h"

// The octets of flow::ExporterState. Big-endian; every list has its count in front; the first octet
// is the version. A newer Weir reads what an older one wrote: newer versions add at the end.
namespace collect {
namespace {

using wire::ByteReader;
using wire::ByteView;
using wire::ByteWriter;

constexpr std::uint8_t kVersion = 2;  // 2: names of applications at the end

class StateWriter {
 public:
  explicit StateWriter(std::vector<std::byte>& octets) : out_(octets) {}

  void u8(std::uint8_t value) { out_.put(value); }
  void u16(std::uint16_t value) { out_.put(value); }
  void u32(std::uint32_t value) { out_.put(value); }
  void u64(std::uint64_t value) { out_.put(value); }
  void time(base::UnixMs value) {
    out_.put(static_cast<std::uint64_t>(std::clamp<base::UnixMs>(value, 0, kTimeMaxMs)));
  }
  void flag(bool value) { u8(value ? 1 : 0); }
  void count(std::size_t value) { u32(static_cast<std::uint32_t>(value)); }
  void protocol(Protocol value) { u8(static_cast<std::uint8_t>(value)); }
  void octets(ByteView value) {
    count(value.size());
    out_.put(value);
  }
  void optional_u32(const std::optional<std::uint32_t>& value) {
    flag(value.has_value());
    u32(value.value_or(0));
  }
  void optional_time(const std::optional<base::UnixMs>& value) {
    flag(value.has_value());
    time(value.value_or(0));
  }

 private:
  ByteWriter out_;
};

// Reads in the same order. After the first value that is not there everything is 0 and good() is
// false, so that a reader of a list looks once at its end.
class StateReader {
 public:
  explicit StateReader(ByteView octets) : in_(octets) {}

  bool good() const { return good_; }
  bool at_end() const { return good_ && in_.remaining() == 0; }
  std::uint8_t u8() { return integer<std::uint8_t>(); }
  std::uint16_t u16() { return integer<std::uint16_t>(); }
  std::uint32_t u32() { return integer<std::uint32_t>(); }
  std::uint64_t u64() { return integer<std::uint64_t>(); }
  // Between 1970 and the year 9999: sums of what was read stay far from overflow.
  base::UnixMs time() {
    const std::uint64_t value = u64();
    if (value > static_cast<std::uint64_t>(kTimeMaxMs)) good_ = false;
    return good_ ? static_cast<base::UnixMs>(value) : 0;
  }
  bool flag() { return u8() != 0; }
  // At most `max`: a count beyond our own cap was not written by us.
  std::size_t count(std::size_t max) {
    const std::size_t value = u32();
    if (value > max) good_ = false;
    return good_ ? value : 0;
  }
  Protocol protocol() {
    const auto value = static_cast<Protocol>(u8());
    if (value != Protocol::Netflow5 && value != Protocol::Netflow9 && value != Protocol::Ipfix) {
      good_ = false;
    }
    return value;
  }
  ByteView octets(std::size_t max) {
    const auto taken = in_.take(count(max));
    if (!taken) good_ = false;
    return good_ ? *taken : ByteView();
  }
  std::optional<std::uint32_t> optional_u32() {
    const bool is_there = flag();
    const std::uint32_t value = u32();
    return is_there ? std::optional(value) : std::nullopt;
  }
  std::optional<base::UnixMs> optional_time() {
    const bool is_there = flag();
    const base::UnixMs value = time();
    return is_there ? std::optional(value) : std::nullopt;
  }

 private:
  template <std::unsigned_integral T>
  T integer() {
    const auto bytes = in_.take<sizeof(T)>();
    if (!bytes) good_ = false;
    return good_ ? wire::load_be<T, 0>(*bytes) : T{0};
  }

  ByteReader in_;
  bool good_ = true;
};

void save_templates(const TemplateCache& templates, StateWriter& out) {
  out.count(templates.all().size());
  for (const auto& [key, known] : templates.all()) {
    out.protocol(key.protocol);
    out.u32(key.domain);
    out.u16(key.id);
    out.flag(known->described.is_options);
    out.u16(known->described.scope_count);
    out.time(known->view->learned);
    out.time(known->used_ms);
    out.count(known->described.fields.size());
    for (const wire::FieldSpecifier& field : known->described.fields) {
      out.u32(field.enterprise);
      out.u16(field.id);
      out.u16(field.length);
    }
  }
}

bool restore_template(StateReader& in, TemplateCache& templates) {
  TemplateKey key{.protocol = in.protocol(), .domain = in.u32(), .id = in.u16()};
  wire::Template described{.id = key.id, .is_options = in.flag(), .scope_count = in.u16()};
  const base::UnixMs learned_ms = in.time();
  const base::UnixMs used_ms = in.time();
  const std::size_t fields = in.count(kFieldsPerTemplateMax);
  for (std::size_t i = 0; i < fields; ++i) {
    const std::uint32_t enterprise = in.u32();
    const std::uint16_t id = in.u16();
    described.fields.push_back({enterprise, id, in.u16()});
  }
  // As when it arrives: records of no octets would make a loop without end.
  if (!in.good() || wire::smallest_record_octets(described.fields) == 0 ||
      described.scope_count > described.fields.size()) {
    return false;
  }
  // Over a cap: as if it had never come.
  templates.learn(key,
                  std::make_unique<KnownTemplate>(std::move(described), key, learned_ms, used_ms));
  return true;
}

void save_sampling(const SamplingTable& sampling, StateWriter& out) {
  out.count(sampling.rates().size());
  for (const auto& [key, rate] : sampling.rates()) {
    out.u8(key.protocol);
    out.u32(key.domain);
    out.u8(static_cast<std::uint8_t>(key.scope));
    out.u64(key.id);
    out.u32(rate);
  }
}

bool restore_sampling(StateReader& in, SamplingTable& sampling) {
  const std::size_t count = in.count(kSamplersPerExporterMax);
  for (std::size_t i = 0; i < count && in.good(); ++i) {
    SamplingKey key;
    key.protocol = in.u8();
    key.domain = in.u32();
    const std::uint8_t scope = in.u8();
    key.id = in.u64();
    const std::uint32_t rate = in.u32();
    if (scope > static_cast<std::uint8_t>(SamplingScope::Sampler) || rate == 0) return false;
    key.scope = static_cast<SamplingScope>(scope);
    sampling.set(key, rate);
  }
  return in.good();
}

void save_domain(const DomainKey& key, const Domain& domain, StateWriter& out) {
  out.protocol(key.protocol);
  out.u32(key.domain);
  out.optional_time(domain.system_init_ms);
  const SequenceTracker::State& sequence = domain.sequence.state();
  out.flag(sequence.started);
  out.u32(sequence.next);
  out.u32(sequence.untold_units_max);
  out.optional_u32(sequence.sys_uptime_ms);
  out.count(sequence.missing.size());
  for (const SequenceTracker::Missing& missing : sequence.missing) {
    out.u32(missing.from);
    out.u32(missing.units);
    out.time(missing.noticed_ms);
  }
}

bool restore_domain(StateReader& in, Exporter& exporter) {
  const DomainKey key{.protocol = in.protocol(), .domain = in.u32()};
  const auto system_init_ms = in.optional_time();
  SequenceTracker::State sequence;
  sequence.started = in.flag();
  sequence.next = in.u32();
  sequence.untold_units_max = in.u32();
  sequence.sys_uptime_ms = in.optional_u32();
  const std::size_t missing = in.count(kMissingStretchesMax);
  for (std::size_t i = 0; i < missing; ++i) {
    const std::uint32_t from = in.u32();
    const std::uint32_t units = in.u32();
    sequence.missing.push_back({from, units, in.time()});
  }
  if (!in.good()) return false;
  Domain* domain = exporter.domain(key);
  if (domain == nullptr) return true;
  domain->system_init_ms = system_init_ms;
  domain->sequence.restore(std::move(sequence));
  return true;
}

void save_pending(const PendingSets& pending, StateWriter& out) {
  out.count(pending.all().size());
  for (const PendingSet& set : pending.all()) {
    out.protocol(set.header.protocol);
    out.u32(set.header.domain);
    out.time(set.header.received_ms);
    out.time(set.header.export_ms);
    out.optional_u32(set.header.sys_uptime_ms);
    out.u16(set.template_id);
    out.octets(set.octets);
  }
}

bool restore_pending(StateReader& in, Exporter& exporter) {
  const std::size_t count = in.count(kPendingSetsPerExporterMax);
  for (std::size_t i = 0; i < count && in.good(); ++i) {
    PendingSet set;
    set.header.protocol = in.protocol();
    set.header.exporter = exporter.address;
    set.header.domain = in.u32();
    set.header.received_ms = in.time();
    set.header.export_ms = in.time();
    set.header.sys_uptime_ms = in.optional_u32();
    set.template_id = in.u16();
    const ByteView octets = in.octets(kPendingOctetsPerExporterMax);
    set.octets.assign(octets.begin(), octets.end());
    if (!in.good()) return false;
    const auto received_ms = set.header.received_ms;
    if (exporter.pending.add(std::move(set))) continue;
    // Others fill the cache now: it is given up, and the ledger moves it from one name to another.
    auto& counts = exporter.ledger.at(received_ms);
    --counts[flow::NotCounted::NoTemplatePending];
    ++counts[flow::NotCounted::NoTemplateOverCap];
  }
  return in.good();
}

void save_applications(const ToldApplications& applications, StateWriter& out) {
  out.count(applications.all().size());
  for (const auto& [id, name] : applications.all()) {
    out.u64(id);
    const std::string_view text = flow::NamePool::instance().text_of(name);
    out.octets(std::as_bytes(std::span(text)));
  }
}

// Over a cap that is shared by now: as if it had not been told.
bool restore_applications(StateReader& in, Exporter& exporter) {
  const std::size_t count = in.count(kApplicationsPerExporterMax);
  for (std::size_t i = 0; i < count && in.good(); ++i) {
    const std::uint64_t id = in.u64();
    const ByteView name = in.octets(kApplicationNameOctetsMax);
    if (in.good() && !exporter.applications.tell(id, name)) ++exporter.not_kept;
  }
  return in.good();
}

bool restore_body(StateReader& in, Exporter& exporter) {
  exporter.first_seen_ms = in.time();
  exporter.last_seen_ms = in.time();
  exporter.is_proven = in.flag();
  const std::size_t templates = in.count(kTemplatesPerExporterMax);
  for (std::size_t i = 0; i < templates; ++i) {
    if (!restore_template(in, exporter.templates)) return false;
  }
  if (!restore_sampling(in, exporter.sampling)) return false;
  const std::size_t domains = in.count(kDomainsPerExporterMax);
  for (std::size_t i = 0; i < domains; ++i) {
    if (!restore_domain(in, exporter)) return false;
  }
  return restore_pending(in, exporter);
}

}  // namespace

std::string save(const Exporter& exporter) {
  std::vector<std::byte> octets;
  StateWriter out(octets);
  out.u8(kVersion);
  out.time(exporter.first_seen_ms);
  out.time(exporter.last_seen_ms);
  out.flag(exporter.is_proven);
  save_templates(exporter.templates, out);
  save_sampling(exporter.sampling, out);
  out.count(exporter.domains.size());
  for (const auto& [key, domain] : exporter.domains) save_domain(key, domain, out);
  save_pending(exporter.pending, out);
  save_applications(exporter.applications, out);

  std::string state(octets.size(), '\0');
  std::ranges::transform(octets, state.begin(),
                         [](std::byte octet) { return static_cast<char>(octet); });
  return state;
}

bool restore(std::string_view state, Exporter& exporter) {
  StateReader in(std::as_bytes(std::span(state)));
  switch (in.u8()) {
    case 1:
      return restore_body(in, exporter) && in.at_end();
    case 2:
      return restore_body(in, exporter) && restore_applications(in, exporter) && in.at_end();
    default:
      return false;
  }
}

}  // namespace collect
