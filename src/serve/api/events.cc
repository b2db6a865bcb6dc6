#include <fmt/format.h>

#include <boost/json.hpp>

#include "serve/api/routes.h"

// The event stream: that there is something new, not what it is. Pages then ask their questions
// again.
namespace serve {

std::string Api::event_text() const {
  const auto receive = sources_.receive();
  std::uint64_t datagrams = receive->former_ports.datagrams;
  for (const flow::PortView& port : receive->ports) datagrams += port.datagrams;
  std::uint64_t flows = 0;
  std::size_t exporters = 0;
  for (const auto& worker : sources_.workers()) {
    exporters += worker->exporters.size();
    for (const flow::ExporterView& view : worker->exporters) flows += view.since_start.flows;
  }
  const boost::json::object pulse{
      {"now", sources_.clock.now_ms()}, {"started", started_},
      {"datagrams", datagrams},         {"flows", flows},
      {"exporters", exporters},         {"replaying", receive->replaying}};
  return fmt::format("data: {}\n\n", boost::json::serialize(pulse));
}

std::optional<Response> get_events(Api& api, const Call& call) {
  static_cast<void>(api);
  static_cast<void>(call);
  // How long a browser waits before it asks again when the stream has ended.
  return Response{
      .content_type = "text/event-stream", .body = "retry: 2000\n\n", .events_follow = true};
}

}  // namespace serve
