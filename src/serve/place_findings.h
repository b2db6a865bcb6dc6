#pragma once

#include <vector>

#include "know/place_files.h"
#include "serve/diagnosis.h"

namespace serve {

// What is wrong with the files about places: at most one finding.
void add_place_findings(const know::PlaceNotes& places, std::vector<Finding>& findings);

}  // namespace serve
