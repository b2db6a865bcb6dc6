#pragma once

#include "collect/enrich/enrich.h"
#include "state/settings.h"

namespace weir {

// What the settings say of networks and exporters, as the decode workers want it.
void publish_knowledge(const state::Settings& settings, collect::Knowledge& knowledge);

}  // namespace weir
