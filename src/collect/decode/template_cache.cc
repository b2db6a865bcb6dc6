#include "collect/decode/template_cache.h"

#include <algorithm>
#include <boost/container_hash/hash.hpp>

#include "collect/decode/caps.h"
#include "wire/export/registry.h"

namespace collect {
namespace {

flow::TemplateView view_of(const wire::Template& described, const TemplateKey& key,
                           base::UnixMs learned_ms) {
  flow::TemplateView view{.domain = key.domain,
                          .id = key.id,
                          .is_options = described.is_options,
                          .learned = learned_ms,
                          .fields = {}};
  for (std::size_t i = 0; i < described.fields.size(); ++i) {
    const wire::FieldSpecifier& field = described.fields[i];
    const bool is_v9_scope = key.protocol == Protocol::Netflow9 && i < described.scope_count;
    if (i > 0) view.fields += ' ';
    view.fields += is_v9_scope ? wire::netflow9_scope_name(field.id)
                               : wire::element_name(field.enterprise, field.id);
  }
  view.fields.shrink_to_fit();
  return view;
}

}  // namespace

KnownTemplate::KnownTemplate(wire::Template said, const TemplateKey& key, base::UnixMs learned_ms,
                             base::UnixMs at_ms)
    : described(std::move(said)),
      plan(compile(described, key.protocol)),
      view(std::make_shared<const flow::TemplateView>(view_of(described, key, learned_ms))),
      used_ms(at_ms) {}

std::size_t hash_value(const TemplateKey& key) {
  std::size_t seed = key.id;
  boost::hash_combine(seed, key.domain);
  boost::hash_combine(seed, static_cast<std::uint8_t>(key.protocol));
  return seed;
}

TemplateCache::~TemplateCache() {
  for (const auto& [key, known] : templates_) fields_in_all_ -= known->described.fields.size();
}

KnownTemplate* TemplateCache::find(const TemplateKey& key) {
  const auto found = templates_.find(key);
  return found == templates_.end() ? nullptr : found->second.get();
}

void TemplateCache::forget(const TemplateKey& key) {
  const auto found = templates_.find(key);
  if (found == templates_.end()) return;
  fields_in_all_ -= found->second->described.fields.size();
  templates_.erase(found);
}

bool TemplateCache::learn(const TemplateKey& key, std::unique_ptr<KnownTemplate> known) {
  forget(key);
  const std::size_t fields = known->described.fields.size();
  if (!make_room(fields, known->used_ms)) return false;
  fields_in_all_ += fields;
  templates_.emplace(key, std::move(known));
  return true;
}

bool TemplateCache::make_room(std::size_t fields, base::UnixMs now_ms) {
  const auto has_room = [&] {
    return templates_.size() < kTemplatesPerExporterMax &&
           fields_in_all_ + fields <= kTemplateFieldsMax;
  };
  if (has_room()) return true;
  const auto longest_unused = std::min_element(
      templates_.begin(), templates_.end(),
      [](const auto& a, const auto& b) { return a.second->used_ms < b.second->used_ms; });
  if (longest_unused == templates_.end() ||
      now_ms - longest_unused->second->used_ms < kTemplateUnusedMs) {
    return false;
  }
  fields_in_all_ -= longest_unused->second->described.fields.size();
  templates_.erase(longest_unused);
  return has_room();
}

}  // namespace collect
