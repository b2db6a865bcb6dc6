#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <stop_token>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/counters.h"
#include "base/snapshot.h"
#include "know/file_watch.h"
#include "know/lookups.h"
#include "know/name_files.h"
#include "know/name_store.h"
#include "know/watched_file.h"

namespace know {

// One file of names, for people.
struct NameFileView {
  std::string path;
  NameOrigin origin = NameOrigin::Lease;
  bool is_wanted = false;    // a person named it: that it is not there is worth a word
  std::string problem;       // why it could not be read; empty: it was, or it is not there
  base::UnixMs read_at = 0;  // 0: never
  std::size_t names = 0;
  std::size_t wrong_lines = 0;
  std::vector<WrongLine> wrong;
};

// What the keeper shows of its sources.
struct NameSourcesView {
  bool asks_dns = false;
  std::vector<NameFileView> files;
  std::vector<ServerView> servers;
  std::size_t waiting = 0;       // addresses whose name will be asked for
  std::uint64_t not_queued = 0;  // times that one found no room among them
};

struct NameKeeperOptions {
  std::string hosts;                // empty: none
  std::vector<std::string> leases;  // that a person named
  std::vector<std::string> usual_leases;
  bool asks_dns = true;
  std::map<flow::Network, std::vector<state::Endpoint>> resolvers;
  // Addresses of exporters that have sent flows, and of local hosts that were seen lately. Called
  // by the keeper's thread.
  std::function<std::vector<flow::Address>()> exporters;
  std::function<std::vector<flow::Address>()> local_hosts;
};

// Where DHCP servers usually keep their leases.
std::vector<std::string> usual_lease_files();

// Fills the names from files, which it watches, and from name servers. run() is a thread of its
// own; nothing else ever waits for a file or a server.
class NameKeeper {
 public:
  static constexpr std::size_t kFileOctetsMax = std::size_t{64} << 20;
  static constexpr std::size_t kWantedMax = 8'192;  // addresses between two looks of the thread
  // Local hosts, servers and files that no event tells of are looked for this often; sooner while
  // no exporter has sent anything, so that its hosts have their names soon.
  static constexpr std::int64_t kLookMs = 10 * base::kMsPerSecond;
  static constexpr std::int64_t kFirstLookMs = 2 * base::kMsPerSecond;

  NameKeeper(NameStore& store, const base::Snapshot<LocalNetworks>& networks,
             const base::Clock& clock, NameKeeperOptions options);
  ~NameKeeper();
  NameKeeper(const NameKeeper&) = delete;
  NameKeeper& operator=(const NameKeeper&) = delete;

  void run(const std::stop_token& stop);
  // Somebody looks at these addresses. Any thread; waits for nothing.
  void want(std::span<const flow::Address> addresses);
  std::shared_ptr<const NameSourcesView> view() const { return view_.get(); }

 private:
  void look_around(base::UnixMs now);
  void read_files(base::UnixMs now);
  void read_file(NameFileView& file, base::UnixMs now);
  void ask(base::UnixMs now);
  void take_wanted(base::UnixMs now);
  void publish_view();
  void flush(base::UnixMs now);

  NameStore& store_;
  const base::Snapshot<LocalNetworks>& networks_;
  const base::Clock& clock_;
  const NameKeeperOptions options_;
  const int wake_;  // an eventfd
  FileWatch watch_;
  std::vector<NameFileView> files_;
  std::vector<std::optional<FileStamp>>
      file_stamps_;  // by which a change is seen; as many as files_
  Lookups lookups_;
  DnsClient dns_;
  base::UnixMs looked_ = 0;
  std::int64_t look_ms_ = kLookMs;  // how soon to look again
  base::UnixMs flushed_ = 0;
  base::UnixMs read_due_ = 0;  // 0: no file has changed
  bool is_changed_ = true;     // the view is older than what it shows
  std::mutex mutex_;           // guards wanted_
  std::vector<flow::Address> wanted_;
  base::Snapshot<NameSourcesView> view_;
};

}  // namespace know
