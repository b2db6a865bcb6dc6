#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <mutex>
#include <string>

#include "base/clock.h"
#include "base/result.h"
#include "wire/bytes/byte_reader.h"

namespace probe {

// Where datagrams go. A seam to the outside; used by one thread.
class Outlet {
 public:
  struct Sent {
    bool is_sent = false;
    bool is_refused = false;  // the collector's machine answered that nobody listens there
    int errno_value = 0;      // why it was not sent
  };
  virtual ~Outlet() = default;
  // `flows` of them are in the datagram.
  virtual Sent send(wire::ByteView datagram, std::size_t flows, base::UnixMs now) = 0;
};

// A UDP socket connected to the collector, so that a refusal comes back.
class UdpOutlet final : public Outlet {
 public:
  // `target` is HOST:PORT, [IPv6]:PORT; a name is looked up once.
  static base::Expected<std::unique_ptr<UdpOutlet>, base::UserError> open(
      const std::string& target);
  ~UdpOutlet() override;
  UdpOutlet(const UdpOutlet&) = delete;
  UdpOutlet& operator=(const UdpOutlet&) = delete;

  Sent send(wire::ByteView datagram, std::size_t flows, base::UnixMs now) override;

 private:
  explicit UdpOutlet(int socket) : socket_(socket) {}

  int socket_;
};

// A capture file of the datagrams, as packets from and to this machine. Shared by threads, each
// with an outlet of its own.
class DatagramFile {
 public:
  static base::Expected<std::shared_ptr<DatagramFile>, base::IoError> create(
      const std::string& path);
  ~DatagramFile();
  DatagramFile(const DatagramFile&) = delete;
  DatagramFile& operator=(const DatagramFile&) = delete;

  // False with errno set: it could not be written.
  bool write(wire::ByteView datagram, base::UnixMs now);
  // The rest is written; false with errno set otherwise.
  bool flush();

 private:
  explicit DatagramFile(std::FILE* file) : file_(file) {}

  std::mutex mutex_;  // guards file_
  std::FILE* file_;
};

class FileOutlet final : public Outlet {
 public:
  explicit FileOutlet(std::shared_ptr<DatagramFile> file) : file_(std::move(file)) {}
  Sent send(wire::ByteView datagram, std::size_t flows, base::UnixMs now) override;

 private:
  std::shared_ptr<DatagramFile> file_;
};

// Keeps another outlet to so many flows a second, waiting before it sends more; 0: does not. The
// pace may change meanwhile.
class PacedOutlet final : public Outlet {
 public:
  PacedOutlet(std::unique_ptr<Outlet> outlet, const std::atomic<std::uint64_t>& flows_per_second)
      : outlet_(std::move(outlet)), flows_per_second_(flows_per_second) {}
  Sent send(wire::ByteView datagram, std::size_t flows, base::UnixMs now) override;

 private:
  std::unique_ptr<Outlet> outlet_;
  const std::atomic<std::uint64_t>& flows_per_second_;
  std::int64_t next_ns_ = 0;  // of the steady clock
};

}  // namespace probe
