#pragma once

#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "flow/address.h"

namespace generator {

using Octets = std::vector<std::byte>;

// Where an exporter's datagrams go.
class Outlet {
 public:
  virtual ~Outlet() = default;
  // Hands over datagrams in order. Answers how many of the first ones were taken; the one after
  // them was refused.
  virtual std::size_t send(std::span<const Octets> datagrams, base::UnixMs now) = 0;
};

// An IPv4 address and a UDP port, as "127.0.0.1:2055" says them.
struct Endpoint {
  std::uint32_t address = 0;  // host order
  std::uint16_t port = 0;
};
base::Expected<Endpoint, base::UserError> parse_endpoint(const std::string& text);

// A UDP socket bound to the exporter's own address. It is not connected, so that a collector that
// is away refuses nothing: datagrams to it are sent and lost, as on a network.
class UdpOutlet final : public Outlet {
 public:
  static base::Expected<std::unique_ptr<UdpOutlet>, base::IoError> open(const flow::Address& source,
                                                                        const Endpoint& target);
  ~UdpOutlet() override;
  UdpOutlet(const UdpOutlet&) = delete;
  UdpOutlet& operator=(const UdpOutlet&) = delete;

  std::size_t send(std::span<const Octets> datagrams, base::UnixMs now) override;

 private:
  UdpOutlet(int socket, const Endpoint& target) : socket_(socket), target_(target) {}

  int socket_;
  Endpoint target_;
};

// A capture file of raw IP packets that all exporters write to.
class PcapFile {
 public:
  static base::Expected<std::shared_ptr<PcapFile>, base::IoError> create(const std::string& path);
  ~PcapFile();
  PcapFile(const PcapFile&) = delete;
  PcapFile& operator=(const PcapFile&) = delete;

  bool write(const Octets& record);

 private:
  explicit PcapFile(std::FILE* file) : file_(file) {}

  std::FILE* file_;
};

class PcapOutlet final : public Outlet {
 public:
  PcapOutlet(std::shared_ptr<PcapFile> file, const flow::Address& source, const Endpoint& target)
      : file_(std::move(file)), source_(source), target_(target) {}

  std::size_t send(std::span<const Octets> datagrams, base::UnixMs now) override;

 private:
  std::shared_ptr<PcapFile> file_;
  flow::Address source_;
  Endpoint target_;
};

}  // namespace generator
