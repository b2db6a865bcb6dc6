#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

#include "base/clock.h"
#include "collect/decode/field_plan.h"
#include "flow/exporter_view.h"
#include "wire/export/template.h"

namespace collect {

// With the exporter, whose cache this is, the whole identity of a template. Not the UDP port: some
// exporters send options and data from different ones.
struct TemplateKey {
  Protocol protocol = Protocol::Netflow9;
  std::uint32_t domain = 0;
  std::uint16_t id = 0;

  bool operator==(const TemplateKey&) const = default;
};
std::size_t hash_value(const TemplateKey& key);

struct KnownTemplate {
  // Learned and used at the given times.
  KnownTemplate(wire::Template said, const TemplateKey& key, base::UnixMs learned_ms,
                base::UnixMs used_ms);

  wire::Template described;
  FieldPlan plan;
  std::shared_ptr<const flow::TemplateView> view;  // says when it was first sent as it is now
  base::UnixMs used_ms;                            // last sent or last used
};

// The templates of one exporter. A template sent again with other fields replaces the earlier one;
// a withdrawal never comes here, for over UDP it could be anybody's (RFC 7011 section 8.4).
class TemplateCache {
 public:
  // `fields_in_all` counts the fields of all exporters' templates; it outlives this.
  explicit TemplateCache(std::size_t& fields_in_all) : fields_in_all_(fields_in_all) {}
  ~TemplateCache();
  TemplateCache(const TemplateCache&) = delete;
  TemplateCache& operator=(const TemplateCache&) = delete;

  // Null: unknown. Valid until the next learn() or forget().
  KnownTemplate* find(const TemplateKey& key);

  // Replaces what was known under `key`. False: over a cap, and no long unused template makes room;
  // then nothing is known under `key`.
  bool learn(const TemplateKey& key, std::unique_ptr<KnownTemplate> known);
  // Nothing is known under `key` any more.
  void forget(const TemplateKey& key);

  using Map = boost::unordered_flat_map<TemplateKey, std::unique_ptr<KnownTemplate>>;
  const Map& all() const { return templates_; }

 private:
  bool make_room(std::size_t fields, base::UnixMs now_ms);

  std::size_t& fields_in_all_;
  Map templates_;
};

}  // namespace collect
