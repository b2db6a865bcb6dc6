#pragma once

#include <vector>

#include "base/clock.h"
#include "know/site_keeper.h"
#include "serve/diagnosis.h"

namespace serve {

// What is wrong with the query logs by which sites are named: at most one finding of each state.
void add_site_findings(const know::SiteSourcesView& sites, base::UnixMs now,
                       std::vector<Finding>& findings);

}  // namespace serve
