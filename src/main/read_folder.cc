#include "main/read_folder.h"

#include "collect/journal/replay.h"
#include "collect/journal/segment_folder.h"
#include "collect/pipeline.h"
#include "main/knowledge.h"

namespace weir {

base::Expected<std::unique_ptr<ReadFolder>, base::IoError> ReadFolder::open(
    const std::filesystem::path& folder, const state::Settings& settings) {
  auto store = store::EmbeddedStore::open_read_only(folder);
  if (!store) return base::Unexpected(std::move(store.error()));
  std::unique_ptr<ReadFolder> reading(new ReadFolder(std::move(*store)));
  reading->replay(folder / "journal", settings);
  return reading;
}

ReadFolder::ReadFolder(std::unique_ptr<store::EmbeddedStore> store)
    : store_(std::move(store)),
      questions_(*store_,
                 {.ledger = [this] { return ledger_; }, .replaying = [] { return false; }}) {}

void ReadFolder::replay(const std::filesystem::path& journal, const state::Settings& settings) {
  const store::Recovered recovered = store_->take_recovered();
  const auto segments = collect::list_segments(journal);
  if (segments.empty() || segments.back().number <= recovered.segment) return;
  publish_knowledge(settings, knowledge_);
  const know::PlacePaths places = place_paths(settings);
  std::string ignored;  // the server tells what is wrong with its files
  knowledge_.places.publish(
      std::make_shared<const know::Places>(places.countries, places.ases, ignored));
  knowledge_.services.publish(std::make_shared<const know::Services>(
      know::load_tables(table_paths(settings)).applications()));
  collect::Pipeline pipeline(0, knowledge_,
                             [this](flow::Handover handover) { take(std::move(handover)); });
  for (const auto& exporter : recovered.exporters) pipeline.restore(exporter);
  collect::replay_in_memory(journal, recovered.segment, pipeline);
}

void ReadFolder::take(flow::Handover handover) {
  if (auto* batch = std::get_if<std::unique_ptr<flow::Batch>>(&handover.what)) {
    store_->append(std::move(*batch));
    return;
  }
  auto& done = std::get<flow::SegmentDone>(handover.what);
  ledger_.insert(ledger_.end(), done.ledger.begin(), done.ledger.end());
}

}  // namespace weir
