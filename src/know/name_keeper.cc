#include "know/name_keeper.h"

#include <fcntl.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <optional>

#include "base/check.h"
#include "base/log.h"

namespace know {
namespace {

// A file that is written is read when it has been left alone for this long.
constexpr std::int64_t kSettledMs = 300;
constexpr std::int64_t kFlushMs = 5 * base::kMsPerSecond;

base::Expected<std::string, base::IoError> read_whole(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) return base::Unexpected(base::IoError{"open", path, errno, ""});
  std::string text;
  base::Expected<std::string, base::IoError> result;
  struct stat found {};
  if (::fstat(descriptor, &found) != 0 || !S_ISREG(found.st_mode)) {
    result = base::Unexpected(base::IoError{"read", path, 0, "it is no file"});
  } else {
    std::array<char, 65'536> piece{};
    for (;;) {
      const auto count = ::read(descriptor, piece.data(), piece.size());
      if (count < 0) result = base::Unexpected(base::IoError{"read", path, errno, ""});
      if (count <= 0) break;
      text.append(piece.data(), static_cast<std::size_t>(count));
      if (text.size() <= NameKeeper::kFileOctetsMax) continue;
      result = base::Unexpected(base::IoError{"read", path, 0, "it is larger than 64 MiB"});
      break;
    }
  }
  ::close(descriptor);
  if (result) result = std::move(text);
  return result;
}

std::string text_of(const char* path) {
  auto text = read_whole(path);
  return text ? std::move(*text) : std::string();
}

}  // namespace

std::vector<std::string> usual_lease_files() {
  return {"/var/lib/misc/dnsmasq.leases",
          "/var/lib/dnsmasq/dnsmasq.leases",
          "/tmp/dhcp.leases",
          "/tmp/hosts/odhcpd",
          "/var/lib/dhcp/dhcpd.leases",
          "/var/lib/dhcp/dhcpd6.leases",
          "/var/lib/kea/kea-leases4.csv",
          "/var/lib/kea/kea-leases6.csv"};
}

NameKeeper::NameKeeper(NameStore& store, const base::Snapshot<LocalNetworks>& networks,
                       const base::Clock& clock, NameKeeperOptions options)
    : store_(store),
      networks_(networks),
      clock_(clock),
      options_(std::move(options)),
      wake_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)) {
  CHECK(wake_ >= 0);
  const auto add = [this](const std::string& path, NameOrigin origin, bool is_wanted) {
    NameFileView file;
    file.path = path;
    file.origin = origin;
    file.is_wanted = is_wanted;
    files_.push_back(std::move(file));
  };
  if (!options_.hosts.empty()) add(options_.hosts, NameOrigin::HostsFile, false);
  for (const std::string& path : options_.leases) add(path, NameOrigin::Lease, true);
  for (const std::string& path : options_.usual_leases) add(path, NameOrigin::Lease, false);
  file_stamps_.resize(files_.size());
  publish_view();
}

NameKeeper::~NameKeeper() {
  ::close(wake_);
}

void NameKeeper::want(std::span<const flow::Address> addresses) {
  if (!options_.asks_dns) return;
  {
    const std::lock_guard lock(mutex_);
    const std::size_t room = kWantedMax - std::min(kWantedMax, wanted_.size());
    const auto some = addresses.first(std::min(room, addresses.size()));
    wanted_.insert(wanted_.end(), some.begin(), some.end());
  }
  static_cast<void>(::eventfd_write(wake_, 1));
}

void NameKeeper::run(const std::stop_token& stop) {
  const std::stop_callback wake(stop, [this] { static_cast<void>(::eventfd_write(wake_, 1)); });
  std::vector<pollfd> waits;
  while (!stop.stop_requested()) {
    const base::UnixMs now = clock_.now_ms();
    look_around(now);
    if (read_due_ != 0 && now >= read_due_) read_files(now);
    ask(now);
    flush(now);
    if (is_changed_) publish_view();

    waits = {{wake_, POLLIN, 0}, {watch_.descriptor(), POLLIN, 0}};
    dns_.add_waits(waits);
    std::int64_t wait_ms = std::max<std::int64_t>(0, looked_ + look_ms_ - now);
    for (const std::int64_t other :
         {std::int64_t{dns_.wait_ms()}, lookups_.next_ms(now),
          read_due_ != 0 ? std::max<std::int64_t>(0, read_due_ - now) : -1}) {
      if (other >= 0) wait_ms = std::min(wait_ms, other);
    }
    ::poll(waits.data(), waits.size(), static_cast<int>(wait_ms));
    eventfd_t ignored = 0;
    static_cast<void>(::eventfd_read(wake_, &ignored));
    if (watch_.take()) read_due_ = clock_.now_ms() + kSettledMs;
    dns_.process(waits);
  }
  flushed_ = 0;
  flush(clock_.now_ms());
}

// What no event tells of.
void NameKeeper::look_around(base::UnixMs now) {
  if (looked_ != 0 && now - looked_ < look_ms_ && now >= looked_) return;
  looked_ = now;
  for (const NameFileView& file : files_) watch_.add(file.path);  // a folder may be new
  read_files(now);
  if (!options_.asks_dns) return;
  NameServers servers;
  servers.of_networks = options_.resolvers;
  if (options_.exporters) servers.exporters = options_.exporters();
  look_ms_ = servers.exporters.empty() && options_.exporters ? kFirstLookMs : kLookMs;
  servers.gateways = parse_ipv4_gateways(text_of("/proc/net/route"));
  for (const auto& gateway : parse_ipv6_gateways(text_of("/proc/net/ipv6_route"))) {
    servers.gateways.push_back(gateway);
  }
  servers.system = parse_resolv_conf(text_of("/etc/resolv.conf"));
  lookups_.set_servers(std::move(servers));
  if (options_.local_hosts) lookups_.want(options_.local_hosts(), *networks_.get(), now);
  is_changed_ = true;
}

void NameKeeper::read_files(base::UnixMs now) {
  read_due_ = 0;
  for (std::size_t i = 0; i < files_.size(); ++i) {
    const auto stamp = stamp_of(files_[i].path);
    const bool is_missing = !stamp && files_[i].is_wanted && files_[i].problem.empty();
    if (stamp == file_stamps_[i] && !is_missing) continue;
    file_stamps_[i] = stamp;
    is_changed_ = true;
    if (stamp || files_[i].is_wanted) read_file(files_[i], now);
  }
}

// Whatever is wrong with it, what it said before stands.
void NameKeeper::read_file(NameFileView& file, base::UnixMs now) {
  const auto text = read_whole(file.path);
  if (!text) {
    file.problem = base::to_text(text.error());
    spdlog::warn("names: {}; what it said before stands", file.problem);
    return;
  }
  const bool is_hosts = file.origin == NameOrigin::HostsFile;
  FileNames read = is_hosts ? parse_hosts(*text) : parse_leases(*text);
  if (read.wrong_lines > 0) {
    spdlog::warn("names: {}: {} lines are not understood; line {}: {}", file.path, read.wrong_lines,
                 read.wrong.front().line, read.wrong.front().what);
  }
  // A hosts file says all that holds; one that is cut or empty is being written.
  const bool is_whole = read.wrong_lines == 0 && !text->empty() && text->back() == '\n';
  if (is_hosts && is_whole) {
    store_.replace_all(file.origin, read.names, now);
  } else {
    for (const auto& [address, name] : read.names) store_.confirm(file.origin, address, name, now);
  }
  file.problem.clear();
  file.read_at = now;
  file.names = read.names.size();
  file.wrong_lines = read.wrong_lines;
  file.wrong = std::move(read.wrong);
}

void NameKeeper::take_wanted(base::UnixMs now) {
  std::vector<flow::Address> wanted;
  {
    const std::lock_guard lock(mutex_);
    wanted.swap(wanted_);
  }
  if (!wanted.empty()) lookups_.want(wanted, *networks_.get(), now);
}

void NameKeeper::ask(base::UnixMs now) {
  if (!options_.asks_dns) return;
  take_wanted(now);
  const auto networks = networks_.get();
  while (const auto question = lookups_.next(*networks, now)) {
    is_changed_ = true;
    dns_.ask(question->server, question->address, [this, question](const PtrAnswer& answer) {
      const base::UnixMs then = clock_.now_ms();
      is_changed_ = true;
      if (const auto name = lookups_.answered(*question, answer, then)) {
        store_.confirm(NameOrigin::ReverseDns, question->address, *name, then);
      }
    });
  }
}

void NameKeeper::publish_view() {
  auto view = std::make_shared<NameSourcesView>();
  view->asks_dns = options_.asks_dns;
  view->files = files_;
  view->servers = lookups_.servers();
  view->waiting = lookups_.waiting();
  view->not_queued = lookups_.not_queued();
  view_.publish(std::move(view));
  is_changed_ = false;
}

void NameKeeper::flush(base::UnixMs now) {
  if (now - flushed_ < kFlushMs && now >= flushed_) return;
  flushed_ = now;
  if (auto done = store_.flush(); !done) {
    spdlog::warn("names: {}; tried again", base::to_text(done.error()));
  }
}

}  // namespace know
