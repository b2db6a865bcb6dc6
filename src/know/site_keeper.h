#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/snapshot.h"
#include "know/file_watch.h"
#include "know/log_tail.h"
#include "know/query_log.h"
#include "know/site_table.h"
#include "know/syslog_port.h"

namespace know {

// One query log, for people.
struct SiteLogView {
  std::string where;       // a file's path, or the port
  bool is_wanted = false;  // a person named it: that it is not there is worth a word
  bool is_there = false;
  std::string problem;  // why it could not be had; empty: it was, or it is not there
  LogCounts counts;
  std::string last_refused;  // the beginning of the last line that was, and why
};

// What the keeper shows of its sources.
struct SiteSourcesView {
  base::UnixMs since = 0;
  std::vector<SiteLogView> files;
  std::optional<SiteLogView> syslog;
  SyslogPort::Counts senders;
  SiteTable::Counts table;
};

struct SiteKeeperOptions {
  std::vector<std::string> logs;  // that a person named
  std::vector<std::string> usual_logs;
  std::optional<state::Endpoint> syslog;
  std::vector<flow::Network> senders;  // who may send to it; empty: local networks
  std::size_t pairs_max = 100'000;
  // What addresses are called now. Called by the keeper's thread; empty: nobody knows.
  std::function<std::shared_ptr<const Names>(base::UnixMs)> names;
};

// Where Pi-hole, dnsmasq and AdGuard Home usually write what they were asked.
std::vector<std::string> usual_query_logs();

// Reads query logs, from files and from a port, and publishes which site an address is. run() is a
// thread of its own; no flow ever waits for a log.
class SiteKeeper {
 public:
  static constexpr std::int64_t kPublishMs = base::kMsPerSecond;
  static constexpr std::int64_t kLookMs = 10 * base::kMsPerSecond;
  // A file that is written all the time is read this often.
  static constexpr std::int64_t kReadMs = 200;

  // Binds the port, or says in view() why not. What is given by reference outlives this.
  SiteKeeper(base::Snapshot<Sites>& sites, const base::Snapshot<LocalNetworks>& networks,
             const base::Clock& clock, SiteKeeperOptions options);
  ~SiteKeeper();
  SiteKeeper(const SiteKeeper&) = delete;
  SiteKeeper& operator=(const SiteKeeper&) = delete;

  void run(const std::stop_token& stop);
  std::shared_ptr<const SiteSourcesView> view() const { return view_.get(); }

 private:
  struct File {
    std::string path;
    bool is_wanted = false;
    std::unique_ptr<QueryLog> log;
    std::unique_ptr<LogTail> tail;
  };

  void add_file(const std::string& path, bool is_wanted);
  void look_around(base::UnixMs now);
  void read_files(base::UnixMs now);
  void publish(base::UnixMs now);
  void publish_view();
  int wait_ms(base::UnixMs now) const;

  base::Snapshot<Sites>& sites_;
  const base::Snapshot<LocalNetworks>& networks_;
  const base::Clock& clock_;
  const SiteKeeperOptions options_;
  const int wake_;  // an eventfd
  SiteTable table_;
  FileWatch watch_;
  std::vector<File> files_;
  QueryLog port_log_;
  std::optional<SyslogPort> port_;
  base::UnixMs now_ = 0;  // of what is read
  const base::UnixMs since_;
  base::UnixMs looked_ = 0;
  base::UnixMs published_ = 0;
  base::UnixMs read_due_ = 1;  // 0: no file has changed
  base::Snapshot<SiteSourcesView> view_;
};

}  // namespace know
