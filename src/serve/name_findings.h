#pragma once

#include <vector>

#include "base/clock.h"
#include "know/name_keeper.h"
#include "serve/diagnosis.h"

namespace serve {

// What is wrong with the sources of names: at most one finding of each state, for they are few
// words about things that collecting does not need.
void add_name_findings(const know::NameSourcesView& names, base::UnixMs now,
                       std::vector<Finding>& findings);

}  // namespace serve
