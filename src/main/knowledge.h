#pragma once

#include "collect/enrich/enrich.h"
#include "know/place_files.h"
#include "know/user_tables.h"
#include "state/settings.h"

namespace weir {

// Where the settings say that the user's services file and protocols list are.
know::TablePaths table_paths(const state::Settings& settings);

// Where they say that the files about places are, the shipped one among them.
know::PlacePaths place_paths(const state::Settings& settings);

// What the settings say of networks and exporters, as the decode workers want it.
void publish_knowledge(const state::Settings& settings, collect::Knowledge& knowledge);

}  // namespace weir
