#pragma once

#include <string_view>

#include "base/result.h"
#include "know/heard_answer.h"

namespace know {

// A line of AdGuard Home's querylog.json: an object with the client ("IP"), the name ("QH"), the
// type ("QT") and the answer as a DNS message in base64 ("Answer"). What it has blocked or
// rewritten
// ("Result") led nowhere.
base::Expected<LineKind, NotHeard> take_adguard_line(std::string_view line, const Hear& hear);

}  // namespace know
