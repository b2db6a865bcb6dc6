#include "main/site_sources.h"

namespace weir {

know::SiteKeeperOptions site_options(const state::SiteSettings& settings,
                                     const know::NameStore& names) {
  know::SiteKeeperOptions options;
  if (settings.logs) {
    options.logs = *settings.logs;
  } else {
    options.usual_logs = know::usual_query_logs();
  }
  options.syslog = settings.syslog;
  options.senders = settings.senders;
  options.pairs_max = settings.pairs_max;
  options.names = [&names](base::UnixMs now) { return names.names(now); };
  return options;
}

state::SiteSettings demo_sites() {
  state::SiteSettings none;
  none.logs.emplace();
  return none;
}

}  // namespace weir
