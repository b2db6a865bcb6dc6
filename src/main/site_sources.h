#pragma once

#include "know/name_store.h"
#include "know/site_keeper.h"
#include "state/settings.h"

namespace weir {

// Where sites get their names, as the settings say; `names` outlives it.
know::SiteKeeperOptions site_options(const state::SiteSettings& settings,
                                     const know::NameStore& names);

// A demo's addresses are made up: no log knows them.
state::SiteSettings demo_sites();

}  // namespace weir
