#include <fmt/format.h>
#include <pthread.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <sstream>
#include <string>
#include <thread>
#include <vector>

#include "base/log.h"
#include "collect/collector.h"
#include "know/interface_keeper.h"
#include "know/name_keeper.h"
#include "know/name_store.h"
#include "know/snmp_poller.h"
#include "main/commands.h"
#include "main/demo_run.h"
#include "main/descriptors.h"
#include "main/knowledge.h"
#include "main/name_sources.h"
#include "main/privileges.h"
#include "main/site_sources.h"
#include "serve/api/api.h"
#include "serve/api/http_server.h"
#include "serve/machine.h"
#include "serve/questions.h"
#include "state/live_settings.h"
#include "state/settings.h"
#include "state/users.h"
#include "store/embedded/embedded_store.h"
#include "store/store_thread.h"

namespace weir {
namespace {

constexpr const char* kDefaultConfig = "weir.toml";
constexpr const char* kDemoFolder = "weir-demo";

// Batches on their way to the store thread: at most 16 of 3.5 MB.
constexpr std::size_t kHandoversMax = 16;
// What is not drained this long after SIGTERM is left in the journal for the next start.
constexpr auto kEndWithin = std::chrono::seconds(27);

struct Flags {
  std::string config;
  std::string data;
  std::string http;
  std::vector<std::string> listen;
  bool no_dns = false;
  bool demo = false;
  std::uint64_t demo_seed = 1;
};

using Settings = base::Expected<state::Settings, std::vector<base::UserError>>;

base::Expected<state::Endpoint, base::UserError> endpoint_of(const char* flag,
                                                             const std::string& text) {
  const auto endpoint = state::parse_endpoint(text);
  if (endpoint) return *endpoint;
  return base::Unexpected(base::UserError{
      flag, fmt::format("expected an address and port such as :2055, came {}", text), ""});
}

Settings settings_of(const Flags& flags) {
  Settings settings{state::Settings{}};
  if (!flags.config.empty()) {
    settings = state::read_settings(flags.config);
  } else if (std::filesystem::exists(kDefaultConfig)) {
    settings = state::read_settings(kDefaultConfig);
  }
  if (!settings) return settings;
  if (!flags.data.empty()) settings->data = flags.data;
  if (!flags.http.empty()) {
    const auto http = endpoint_of("--http", flags.http);
    if (!http) return base::Unexpected(std::vector{http.error()});
    settings->http = *http;
  }
  if (flags.no_dns) settings->names.dns = false;
  if (!flags.listen.empty()) settings->listen.clear();
  for (const std::string& text : flags.listen) {
    const auto endpoint = endpoint_of("--listen", text);
    if (!endpoint) return base::Unexpected(std::vector{endpoint.error()});
    settings->listen.push_back(*endpoint);
  }
  if (!settings->user.empty() && !user_exists(settings->user)) {
    return base::Unexpected(std::vector{base::UserError{
        "user", fmt::format("expected a user of this machine, came {}", settings->user), ""}});
  }
  return settings;
}

// The demo's folder is made, and its settings with it: weir.toml is about other data.
Settings settings_of_demo(const Flags& flags, std::unique_ptr<DemoRun>& demo) {
  std::optional<state::Endpoint> http;
  if (!flags.http.empty()) {
    const auto given = endpoint_of("--http", flags.http);
    if (!given) return base::Unexpected(std::vector{given.error()});
    http = *given;
  }
  auto opened = DemoRun::open(flags.data.empty() ? kDemoFolder : flags.data, flags.demo_seed);
  if (!opened) return base::Unexpected(std::vector{opened.error()});
  demo = std::move(*opened);
  return demo->settings(http);
}

// The keys that weir.toml and the command line have: they cannot be changed while running.
std::set<std::string, std::less<>> fixed_keys(const Flags& flags) {
  if (flags.demo) {  // all that DemoRun::settings() sets
    return {"listen", "networks.local", "exporters.learn", "exporters.allow", "exporters.names"};
  }
  std::ifstream file(flags.config.empty() ? kDefaultConfig : flags.config.c_str());
  std::ostringstream text;
  text << file.rdbuf();
  auto keys = state::settings_keys(text.str());
  if (!flags.listen.empty()) keys.insert("listen");
  return keys;
}

// All stages, in the order of the data's path. Opened one after the other; what one needs, it finds
// in those before it. Destroyed in reverse.
class Service {
 public:
  // `demo`: null, or whose flows are served; outlives this.
  Service(std::unique_ptr<state::LiveSettings> settings, std::uint64_t file_system_octets,
          DemoRun* demo)
      : demo_(demo),
        live_settings_(std::move(settings)),
        settings_(*live_settings_->get()),
        budget_(state::budget_octets(settings_, file_system_octets)),
        tables_(table_paths(settings_),
                [this](const know::Tables& tables) {
                  knowledge_.services.publish(
                      std::make_shared<const know::Services>(tables.applications()));
                }),
        places_(place_paths(settings_), [this](const std::shared_ptr<const know::Places>& places) {
          knowledge_.places.publish(places);
        }) {
    publish_knowledge(settings_, knowledge_);
  }

  // Empty, or the exit code: what could not be had is said.
  std::optional<int> open(bool listen_is_given);
  // Until SIGTERM or SIGINT, which the caller has blocked.
  bool is_ready() const;
  void run();

 private:
  base::Expected<void, base::IoError> open_store_and_collector();
  std::optional<int> open_ports(bool listen_is_given);
  base::Expected<void, base::IoError> open_keepers();
  base::Expected<void, base::IoError> open_http();
  base::Expected<void, base::IoError> drop_privileges();
  void start_demo();
  void watch_files(const std::stop_token& stopping);
  void say_that_it_is_up();
  void stop();

  DemoRun* const demo_;
  const std::unique_ptr<state::LiveSettings> live_settings_;
  const state::Settings settings_;  // as they were at the start
  const base::SystemClock clock_;
  base::DiskBudget budget_;
  std::unique_ptr<store::EmbeddedStore> store_;
  base::Channel<flow::Handover> handovers_{kHandoversMax};
  collect::Knowledge knowledge_;
  know::UserTables tables_;
  know::PlaceFiles places_;
  std::unique_ptr<collect::Collector> collector_;
  std::unique_ptr<store::StoreThread> store_thread_;
  std::unique_ptr<serve::Questions> questions_;
  std::optional<state::Users> users_;
  std::unique_ptr<know::NameStore> names_;
  std::unique_ptr<know::NameKeeper> name_keeper_;
  std::unique_ptr<know::InterfaceStore> interfaces_;
  std::unique_ptr<know::InterfaceKeeper> interface_keeper_;
  std::unique_ptr<know::InterfaceCounters> interface_counters_;
  std::unique_ptr<know::SnmpPoller> snmp_poller_;
  std::unique_ptr<know::SiteKeeper> site_keeper_;
  std::unique_ptr<serve::Api> api_;
  std::unique_ptr<serve::HttpServer> http_;
  std::atomic<bool> is_ready_{false};

  std::jthread naming_;
  std::jthread asking_interfaces_;
  std::jthread asking_agents_;
  std::jthread siting_;
  std::jthread storing_;
  std::jthread serving_;
  std::jthread watching_;
};

std::optional<int> Service::open(bool listen_is_given) {
  if (auto opened = open_store_and_collector(); !opened) {
    const bool is_held = opened.error().errno_value == EWOULDBLOCK;
    return complain("serve", kNotHad,
                    is_held ? fmt::format("{} is held by another process of Weir", settings_.data)
                            : base::to_text(opened.error()));
  }
  if (const auto exit_code = open_ports(listen_is_given)) return exit_code;
  if (auto opened = open_http(); !opened) {
    return complain("serve", kNotHad, base::to_text(opened.error()));
  }
  if (auto dropped = drop_privileges(); !dropped) {
    return complain("serve", kNotHad, base::to_text(dropped.error()));
  }
  return std::nullopt;
}

base::Expected<void, base::IoError> Service::open_store_and_collector() {
  const std::filesystem::path folder = settings_.data;
  auto store = store::EmbeddedStore::open(folder, budget_);
  if (!store) return base::Unexpected(std::move(store.error()));
  store_ = std::move(*store);

  auto recovered = store_->take_recovered();
  base::UnixMs last_received_ms = 0;
  for (const store::Part& part : store_->parts()) {
    last_received_ms = std::max(last_received_ms, part.max_received);
  }
  const auto& exporters = settings_.exporters;
  auto collector = collect::Collector::open(
      {.journal_folder = folder / "journal",
       .journal_share_octets = budget_.limit_octets() * settings_.journal_share_percent / 100,
       .workers = state::worker_count(settings_, std::thread::hardware_concurrency()),
       .receive = {.listen = settings_.listen,
                   .buffer_octets = settings_.receive_buffer_octets,
                   .senders = {exporters.learn, exporters.allow, exporters.deny},
                   .last_received_ns = last_received_ms * base::kNsPerMs},
       .committed_segment = recovered.segment,
       .exporters = std::move(recovered.exporters)},
      knowledge_, budget_, handovers_);
  if (!collector) return base::Unexpected(std::move(collector.error()));
  collector_ = std::move(*collector);
  return {};
}

std::optional<int> Service::open_ports(bool listen_is_given) {
  const auto errors = collector_->open_ports();
  for (const base::IoError& error : errors) {
    if (listen_is_given) return complain("serve", kNotHad, base::to_text(error));
    spdlog::warn("{}; it is tried again until it is had", base::to_text(error));
  }
  // Ports that were set in the browser must not take the browser away.
  const bool can_be_undone =
      !live_settings_->is_fixed("listen") && settings_.listen != state::Settings{}.listen;
  if (errors.size() == settings_.listen.size() && !can_be_undone) {
    return complain("serve", kNotHad, "no UDP port could be had");
  }
  for (const flow::PortView& port : collector_->ports()) {
    if (!port.bound || port.receive_buffer_octets >= settings_.receive_buffer_octets) continue;
    spdlog::warn(
        "UDP {}: the kernel granted {} octets of receive buffer instead of {}; bursts may "
        "be lost (sysctl -w net.core.rmem_max={})",
        port.address, port.receive_buffer_octets, settings_.receive_buffer_octets,
        settings_.receive_buffer_octets);
    break;
  }
  return std::nullopt;
}

// Who keeps what is known of addresses and interfaces.
base::Expected<void, base::IoError> Service::open_keepers() {
  const std::filesystem::path folder = settings_.data;
  auto names = know::NameStore::open(folder / "state.db", settings_.names.addresses_max,
                                     knowledge_.networks);
  if (!names) return base::Unexpected(std::move(names.error()));
  names_ = std::move(*names);
  name_keeper_ = std::make_unique<know::NameKeeper>(
      *names_, knowledge_.networks, clock_,
      name_options(demo_ != nullptr ? demo_names() : settings_.names, *collector_, *questions_));
  auto interfaces = know::InterfaceStore::open(folder / "state.db");
  if (!interfaces) return base::Unexpected(std::move(interfaces.error()));
  interfaces_ = std::move(*interfaces);
  interface_keeper_ = std::make_unique<know::InterfaceKeeper>(
      *interfaces_, clock_, [this] { return collector_->worker_views(); });
  auto counters = know::InterfaceCounters::open(folder / "state.db");
  if (!counters) return base::Unexpected(std::move(counters.error()));
  interface_counters_ = std::move(*counters);
  snmp_poller_ = std::make_unique<know::SnmpPoller>(
      *interfaces_, *interface_counters_, clock_, [this] { return live_settings_->get(); },
      [this](const flow::Address& exporter, const state::SnmpSetting& setting,
             const std::function<bool()>& stopped) {
        return know::walk_interfaces(exporter, setting, clock_, stopped);
      });
  site_keeper_ = std::make_unique<know::SiteKeeper>(
      knowledge_.sites, knowledge_.networks, clock_,
      site_options(demo_ != nullptr ? demo_sites() : settings_.sites, *names_));
  return {};
}

base::Expected<void, base::IoError> Service::open_http() {
  const std::filesystem::path folder = settings_.data;
  questions_ = std::make_unique<serve::Questions>(
      *store_, serve::Uncommitted{.ledger = [this] { return collector_->uncommitted_ledger(); },
                                  .replaying = [this] { return collector_->is_replaying(); }});
  auto users = state::Users::open(folder / "state.db");
  if (!users) return base::Unexpected(std::move(users.error()));
  users_ = std::move(*users);
  if (auto opened = open_keepers(); !opened) return opened;
  api_ = std::make_unique<serve::Api>(serve::Sources{
      .store = *store_,
      .questions = *questions_,
      .users = *users_,
      .clock = clock_,
      .settings = *live_settings_,
      .names = *names_,
      .interfaces = *interfaces_,
      .interface_counters = *interface_counters_,
      .networks = knowledge_.networks,
      .tables = tables_,
      .places = places_,
      .receive = [this] { return collector_->receive_view(); },
      .workers = [this] { return collector_->worker_views(); },
      .ready = [this] { return is_ready(); },
      .host_names = settings_.http_hosts,
      .zone = serve::machine_zone(),
      .assets = serve::web_assets(),
      .names_wanted = [this](std::span<const flow::Address> shown) { name_keeper_->want(shown); },
      .name_sources = [this] { return name_keeper_->view(); },
      .snmp_agents = [this] { return snmp_poller_->view(); },
      .site_sources = [this] { return site_keeper_->view(); },
      .leave_demo = demo_ == nullptr ? std::function<void()>{} : [this] { demo_->leave(); },
  });
  serve::ServerOptions options;
  if (settings_.http.address != flow::Address{}) options.address = settings_.http.address;
  options.port = settings_.http.port;
  options.unix_socket = folder / "weir.sock";
  const std::size_t descriptors = raise_descriptor_limit();
  const std::size_t connections = connections_under(descriptors, options.connections_max);
  if (connections < options.connections_max) {
    spdlog::warn("at most {} open files are granted: {} connections instead of {} (ulimit -n)",
                 descriptors, connections, options.connections_max);
    options.connections_max = connections;
  }
  auto server = serve::HttpServer::bind(options, *api_);
  if (!server) return base::Unexpected(std::move(server.error()));
  http_ = std::move(*server);
  return {};
}

base::Expected<void, base::IoError> Service::drop_privileges() {
  if (!is_root()) return {};
  if (settings_.user.empty()) {
    spdlog::warn("running as root: set `user` in weir.toml to have Weir become another user");
    return {};
  }
  return become_user(settings_.user, settings_.data);
}

// Any thread: from the start until the end, while at least one port is bound.
bool Service::is_ready() const {
  return is_ready_ &&
         std::ranges::any_of(collector_->receive_view()->ports, &flow::PortView::bound);
}

void Service::run() {
  store_thread_ = std::make_unique<store::StoreThread>(
      *store_, handovers_,
      store::StoreThread::Options{
          .workers = state::worker_count(settings_, std::thread::hardware_concurrency())},
      [this](std::uint64_t segment) { collector_->committed(segment); });
  storing_ = std::jthread([this] { store_thread_->run(); });
  ::pthread_setname_np(storing_.native_handle(), "weir-store");
  collector_->start();
  live_settings_->on_change([this](const state::Settings& now) {
    publish_knowledge(now, knowledge_);
    collector_->change(now.listen, {now.exporters.learn, now.exporters.allow, now.exporters.deny});
  });
  naming_ = std::jthread([this](const std::stop_token& stop) { name_keeper_->run(stop); });
  ::pthread_setname_np(naming_.native_handle(), "weir-names");
  asking_interfaces_ =
      std::jthread([this](const std::stop_token& stop) { interface_keeper_->run(stop); });
  ::pthread_setname_np(asking_interfaces_.native_handle(), "weir-if");
  asking_agents_ = std::jthread([this](const std::stop_token& stop) { snmp_poller_->run(stop); });
  ::pthread_setname_np(asking_agents_.native_handle(), "weir-snmp");
  siting_ = std::jthread([this](const std::stop_token& stop) { site_keeper_->run(stop); });
  ::pthread_setname_np(siting_.native_handle(), "weir-sites");
  serving_ = std::jthread([this](const std::stop_token& stop) { http_->run(stop); });
  ::pthread_setname_np(serving_.native_handle(), "weir-http");
  watching_ = std::jthread([this](const std::stop_token& stopping) { watch_files(stopping); });
  ::pthread_setname_np(watching_.native_handle(), "weir-files");
  is_ready_ = true;
  start_demo();
  say_that_it_is_up();

  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGTERM);
  sigaddset(&ends, SIGINT);
  int signal = 0;
  sigwait(&ends, &signal);
  spdlog::info("ending: taking in what was received");
  stop();
}

// What people edit and replace is looked at every second.
void Service::watch_files(const std::stop_token& stopping) {
  constexpr auto kBetweenLooks = std::chrono::seconds(1);
  std::mutex mutex;  // guards nothing: the wait below wants one
  std::condition_variable_any stopped;
  std::unique_lock lock(mutex);
  while (
      !stopped.wait_for(lock, stopping, kBetweenLooks, [&] { return stopping.stop_requested(); })) {
    tables_.look();
    places_.look();
  }
}

void Service::start_demo() {
  if (demo_ == nullptr) return;
  const auto port = state::parse_endpoint(collector_->ports().front().address);
  if (auto started = demo_->start(port ? port->port : 0); !started) {
    spdlog::error("demo: {}", base::to_text(started.error()));
  }
}

void Service::say_that_it_is_up() {
  std::string ports;
  const auto received = collector_->receive_view();
  for (const flow::PortView& port : received->ports) {
    if (port.bound) ports += fmt::format(" {}", port.address);
  }
  const state::Endpoint http{settings_.http.address, http_->port()};
  const bool is_everywhere = http.address.is_unspecified();
  std::string pages = is_everywhere ? fmt::format("http://localhost:{}/", http.port)
                                    : fmt::format("http://{}/", state::to_text(http));
  if (const auto own = serve::machine_addresses(); is_everywhere && !own.empty()) {
    pages += fmt::format(", from elsewhere http://{}/",
                         state::to_text(state::Endpoint{own.front().address, http.port}));
  }
  fmt::print("weir is up: {} and UDP{}; data in {}\n", pages, ports, settings_.data);
  if (demo_ != nullptr) {
    fmt::print("{}", demo_->introduction());
  } else if (const auto code = api_->setup_code()) {
    fmt::print("There is no admin yet. The setup code is {} until the next start.\n", *code);
  }
  std::fflush(stdout);
}

void Service::stop() {
  is_ready_ = false;
  std::mutex mutex;  // guards nothing: the wait below wants one
  std::condition_variable_any done;
  const std::jthread patience([&](const std::stop_token& stopped) {
    std::unique_lock lock(mutex);
    done.wait_for(lock, stopped, kEndWithin, [] { return false; });
    if (stopped.stop_requested()) return;
    spdlog::error("not all could be taken in; the journal has it for the next start");
    std::_Exit(kFoundWrong);
  });
  if (demo_ != nullptr) demo_->stop();
  collector_->stop();
  handovers_.close();
  storing_.join();
  watching_.request_stop();
  watching_.join();
  asking_agents_.request_stop();
  asking_agents_.join();
  asking_interfaces_.request_stop();
  asking_interfaces_.join();
  naming_.request_stop();
  naming_.join();
  siting_.request_stop();
  siting_.join();
  serving_.request_stop();
  serving_.join();
}

// The demo was left: this process goes on as `weir serve` where the browser looks for it. Answers
// only when it cannot.
int serve_instead(const DemoRun& demo, const std::string& http) {
  demo.remove();
  fmt::print("The demo is over, its data is gone. Starting Weir with data of its own.\n");
  std::fflush(stdout);
  const char* const command[] = {"weir", "serve", "--http", http.c_str(), nullptr};
  ::execv("/proc/self/exe", const_cast<char* const*>(command));  // execv does not write there
  return complain("serve", kNotHad, base::to_text(base::IoError{"start", "weir serve", errno, ""}));
}

int run_serve(const Flags& flags) {
  // Who talked to whom is not for every user of the machine.
  ::umask(0027);
  std::unique_ptr<DemoRun> demo;
  const auto settings = flags.demo ? settings_of_demo(flags, demo) : settings_of(flags);
  if (!settings) {
    for (const auto& error : settings.error()) complain("serve", kInputWrong, base::to_text(error));
    return kInputWrong;
  }
  if (!demo && is_demo_folder(settings->data)) {
    return complain("serve", kInputWrong,
                    fmt::format("{} holds the made-up flows of a demo: choose another "
                                "folder with --data, or remove it",
                                settings->data));
  }
  base::start_log(settings->log_level);
  // Every thread inherits this: the signals wait for the main thread.
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGTERM);
  sigaddset(&ends, SIGINT);
  pthread_sigmask(SIG_BLOCK, &ends, nullptr);
  ::signal(SIGPIPE, SIG_IGN);

  std::error_code error;
  std::filesystem::create_directories(settings->data, error);
  const auto space = std::filesystem::space(settings->data, error);
  if (error) {
    return complain("serve", kNotHad,
                    base::to_text(base::IoError{"create", settings->data, error.value(), ""}));
  }
  auto live = state::LiveSettings::open(*settings, fixed_keys(flags), settings->data);
  if (!live) {
    for (const auto& wrong : live.error()) complain("serve", kInputWrong, base::to_text(wrong));
    return kInputWrong;
  }
  {
    Service service(std::move(*live), space.capacity, demo.get());
    if (const auto exit_code = service.open(demo || !flags.listen.empty())) return *exit_code;
    service.run();
  }
  if (demo && demo->is_left()) return serve_instead(*demo, state::to_text(settings->http));
  return 0;
}

}  // namespace

void add_serve(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand("serve", "collect flows and answer questions");
  auto flags = std::make_shared<Flags>();
  command->add_option("--config", flags->config,
                      "file of settings; without it ./weir.toml is read if it is there");
  command->add_option("--data", flags->data, "folder of all data; created when absent (data)");
  command->add_option("--http", flags->http, "ADDRESS:PORT of browser and API (:3000)");
  command->add_option("--listen", flags->listen,
                      "ADDRESS:PORT for exporters; may be repeated, and replaces the default ports "
                      "(:2055 :4739 :6343 :9996)");
  command->add_flag("-n,--no-dns", flags->no_dns, "ask no name server for names of addresses");
  auto* demo = command->add_flag("--demo", flags->demo,
                                 "a made-up household, of the last 24 hours and live, in a folder "
                                 "of its own (weir-demo); for this machine alone, without a login");
  command->add_option("--seed", flags->demo_seed, "of the demo: the same makes the same flows (1)")
      ->needs(demo);
  for (const char* other : {"--config", "--listen"}) demo->excludes(command->get_option(other));
  command->callback([&exit_code, flags] { exit_code = run_serve(*flags); });
}

}  // namespace weir
