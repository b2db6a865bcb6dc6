#include <boost/json.hpp>

#include "serve/api/json_body.h"
#include "serve/api/routes.h"

namespace serve {

std::optional<Response> get_health(Api& api, const Call& call) {
  static_cast<void>(call);
  const bool ready = api.sources().ready();
  const auto receive = api.sources().receive();
  const boost::json::object health{{"status", ready ? "ok" : "starting"},
                                   {"replaying", receive->replaying}};
  return json_response(ready ? 200 : 503, health);
}

}  // namespace serve
