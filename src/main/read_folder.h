#pragma once

#include <filesystem>
#include <memory>
#include <vector>

#include "base/result.h"
#include "collect/enrich/enrich.h"
#include "flow/ledger.h"
#include "serve/questions.h"
#include "state/settings.h"
#include "store/embedded/embedded_store.h"

namespace weir {

// A data folder that no process holds, to be asked: its parts, and in memory what its journal holds
// and no part does. Nothing in the folder changes.
class ReadFolder {
 public:
  // Reads the journal, which takes as long as `weir serve` takes to replay it. `settings` say what
  // is local and how exporters sample, as they would to `weir serve`. An error with errno
  // EWOULDBLOCK: a process holds the folder.
  static base::Expected<std::unique_ptr<ReadFolder>, base::IoError> open(
      const std::filesystem::path& folder, const state::Settings& settings);

  serve::Questions& questions() { return questions_; }

 private:
  explicit ReadFolder(std::unique_ptr<store::EmbeddedStore> store);
  void replay(const std::filesystem::path& journal, const state::Settings& settings);
  void take(flow::Handover handover);

  std::unique_ptr<store::EmbeddedStore> store_;
  collect::Knowledge knowledge_;
  std::vector<flow::LedgerRow> ledger_;  // of what was replayed
  serve::Questions questions_;
};

}  // namespace weir
