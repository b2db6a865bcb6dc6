#pragma once

#include "collect/collector.h"
#include "know/name_keeper.h"
#include "serve/questions.h"
#include "state/settings.h"

namespace weir {

// Where names come from, as the settings say; the collector and the questions outlive it.
know::NameKeeperOptions name_options(const state::NameSettings& settings,
                                     const collect::Collector& collector,
                                     serve::Questions& questions);

// A demo's addresses are made up: nobody is asked about them.
state::NameSettings demo_names();

}  // namespace weir
