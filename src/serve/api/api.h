#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/clock.h"
#include "flow/exporter_view.h"
#include "know/interface_counters.h"
#include "know/interface_store.h"
#include "know/name_keeper.h"
#include "know/name_store.h"
#include "know/place_files.h"
#include "know/site_keeper.h"
#include "know/snmp_poller.h"
#include "know/user_tables.h"
#include "serve/api/access.h"
#include "serve/api/hosts.h"
#include "serve/api/http.h"
#include "serve/api/http_server.h"
#include "serve/api/setup_code.h"
#include "serve/api/throttle.h"
#include "serve/assets/assets.h"
#include "serve/export/named_rows.h"
#include "serve/questions.h"
#include "state/live_settings.h"
#include "state/users.h"
#include "store/store.h"

namespace serve {

// Which threads run a request: those for short ones, those that may be busy for long, or the one
// that hashes passwords (one at a time, for each takes much memory).
enum class Lane : std::uint8_t { Quick, Long, Password };

// What the answers come from. Everything referred to outlives the Api; the functions are called by
// any of the server's threads.
struct Sources {
  store::Store& store;
  Questions& questions;
  state::Users& users;
  const base::Clock& clock;
  state::LiveSettings& settings;
  know::NameStore& names;
  know::InterfaceStore& interfaces;
  know::InterfaceCounters& interface_counters;
  const base::Snapshot<know::LocalNetworks>& networks;
  know::UserTables& tables;
  const know::PlaceFiles& places;
  std::function<std::shared_ptr<const flow::ReceiveView>()> receive;
  std::function<std::vector<std::shared_ptr<const flow::WorkerView>>()> workers;
  std::function<bool()> ready;          // the UDP ports are bound
  std::vector<std::string> host_names;  // further names of ours, from settings
  std::string zone = "UTC";             // the machine's, by its IANA name
  std::span<const Asset> assets;        // the browser part; empty: built without it
  // Called with addresses that an answer shows. Any thread; waits for nothing.
  ShownAddresses names_wanted = {};
  std::function<std::shared_ptr<const know::NameSourcesView>()> name_sources = {};
  std::function<std::shared_ptr<const std::vector<know::SnmpAgentView>>()> snmp_agents = {};
  std::function<std::shared_ptr<const know::SiteSourcesView>()> site_sources = {};
  // Set where all that is shown is made up: then anybody may look and nobody may change. Ends it.
  std::function<void()> leave_demo = {};
  bool over_tls = false;  // session cookies are then for TLS alone
};

struct ApiCounters {
  base::Counter foreign_hosts;    // Host named somebody else
  base::Counter not_allowed;      // 401 and 403
  base::Counter wrong_passwords;  // of logins
  base::Counter wrong_codes;      // of setup
  base::Counter throttled;        // 429
};

// Everything behind the sockets: who asks, may they, which route, its answer. Thread-safe.
class Api {
 public:
  explicit Api(Sources sources);

  // Which threads shall run it.
  Lane lane(const Request& request) const;
  // The answer; empty when it went through `exchange`.
  std::optional<Response> answer(const Request& request, Exchange& exchange);

  // The code that creates the admin, to be shown on the machine itself; empty once there is one.
  // Made anew at every start.
  std::optional<std::string> setup_code();

  // What the event streams tell now, as text/event-stream has it. Any thread; waits for nothing.
  std::string event_text() const;  // events.cc

  // Somebody looks at these addresses: their names are kept, and asked for where they have none.
  void show(std::span<const flow::Address> addresses, base::UnixMs now) const;

  // For the routes.
  const Sources& sources() const { return sources_; }
  base::UnixMs started() const { return started_; }
  ApiCounters& counters() { return counters_; }
  ServerCounters& server_counters() { return server_counters_; }
  SetupCode& code() { return code_; }
  Throttle& login_throttle() { return login_throttle_; }
  Throttle& setup_throttle() { return setup_throttle_; }

 private:
  std::optional<Response> refuse_host(const Request& request);

  const Sources sources_;
  const base::UnixMs started_;
  const Hosts hosts_;
  ApiCounters counters_;
  ServerCounters server_counters_;
  SetupCode code_;
  Throttle login_throttle_;
  Throttle setup_throttle_;
};

}  // namespace serve
