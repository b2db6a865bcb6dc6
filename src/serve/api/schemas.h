#pragma once

#include <boost/json/fwd.hpp>

namespace serve {

// The JSON Schemas of every body that the API reads or answers, by the names that routes.cc uses.
const boost::json::object& schemas();

}  // namespace serve
