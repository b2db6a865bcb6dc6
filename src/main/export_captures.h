#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/mapped_file.h"
#include "base/result.h"
#include "flow/address.h"
#include "wire/bytes/byte_reader.h"

namespace weir {

// An export datagram of a capture.
struct CapturedExport {
  flow::Address exporter;
  base::UnixNs time_ns = 0;
  wire::ByteView payload;  // until the next one
};

// The export datagrams in a capture file (pcap, pcapng), or in the journal of a data folder: all of
// its segments, which are such files, in order.
class ExportCaptures {
 public:
  static base::Expected<ExportCaptures, base::UserError> open(const std::string& path);

  // What a pass met besides.
  struct Besides {
    std::uint64_t others = 0;         // packets that are no NetFlow v5 or v9 or IPFIX over UDP
    std::uint64_t given_up = 0;       // packets of which fragments are missing
    std::vector<std::string> faults;  // where a file could not be read to its end, and why
  };
  // Calls `take` with each in the order of the files, until it answers false.
  Besides pass(const std::function<bool(const CapturedExport&)>& take) const;

 private:
  struct File {
    std::string name;
    base::MappedFile mapped;
  };
  bool pass_file(const File& file, const std::function<bool(const CapturedExport&)>& take,
                 Besides& besides) const;

  std::vector<File> files_;
};

}  // namespace weir
