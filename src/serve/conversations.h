#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "flow/record.h"
#include "serve/questions.h"

// Both directions of a conversation in one row, made of the flows that tell of it: an exporter
// reports each direction by itself, and a long conversation many times.
namespace serve {

enum class EndedBy : std::uint8_t { Fin, Rst, Exporter, Idle, Silence };
// "fin", "rst", "exporter", "idle", "silence".
std::string_view to_text(EndedBy ended_by);

struct ConversationEnd {
  flow::Address address;
  std::optional<std::uint16_t> port;  // absent: not said, or of a protocol without ports

  auto operator<=>(const ConversationEnd&) const = default;
};

// What went one way. Bytes and packets are multiplied by the sampling rate.
struct OneWay {
  std::int64_t bytes = 0;
  std::int64_t packets = 0;
  std::uint32_t flows = 0;
  base::UnixMs start = 0;  // means something only where there are flows, as the below
  base::UnixMs received = 0;
  std::int64_t bits_per_s = 0;  // of the newest flow; 0: it has no length
  std::uint8_t end_reason = 0;  // of the newest flow; 0: not said, or not to be believed
  bool had_fin = false;
};

struct Conversation {
  flow::Address exporter;
  std::uint8_t protocol = 0;
  ConversationEnd client;
  ConversationEnd server;
  std::string app;  // empty: not known
  base::UnixMs start = 0;
  base::UnixMs last = 0;      // the last packet
  base::UnixMs received = 0;  // the last report
  OneWay sent;                // client to server
  OneWay got;                 // server to client
  bool had_rst = false;
  bool is_active = false;
  std::optional<EndedBy> ended_by;  // absent: active, or the range ends before it can be known
};

// After how long an exporter reports a flow that goes on, and one that is silent; 0: not learned.
struct Timeouts {
  std::int64_t active_ms = 0;
  std::int64_t inactive_ms = 0;

  // How long it may say nothing of a conversation that goes on.
  std::int64_t silence_ms() const;
  // How long a flow has had no packet, at the least, when the exporter gives it up as idle.
  std::int64_t idle_ms() const;
};
using TimeoutsOf = std::function<Timeouts(const flow::Address& exporter)>;

// Takes flows in the order in which they were received and makes conversations of them. A flow goes
// on with the newest conversation of its ends and protocol, unless it begins when that one was
// over.
class Stitcher {
 public:
  explicit Stitcher(TimeoutsOf timeouts_of) : timeouts_of_(std::move(timeouts_of)) {}

  // `app`: its application's name; empty: not known.
  void add(const flow::FlowRecord& flow, std::string_view app);

  struct Stitched {
    std::vector<Conversation> first;  // the active ones first, then by bytes both ways, falling
    std::uint64_t found = 0;          // how many there are in all
    std::uint64_t active = 0;         // of all
  };
  // The first `top` of them. `now`: what has been told until then. `is_over`: that was a while ago,
  // so that none counts as active. Ends this stitcher's work.
  Stitched finish(base::UnixMs now, bool is_over, std::size_t top);

 private:
  struct Key {
    flow::Address exporter;
    std::uint8_t protocol = 0;
    ConversationEnd low;
    ConversationEnd high;

    bool operator==(const Key&) const = default;
  };
  struct KeyHash {
    std::size_t operator()(const Key& key) const;
  };

  std::size_t find_or_begin(const Key& key, const flow::FlowRecord& flow, base::UnixMs start);
  std::uint8_t end_reason_of(const flow::FlowRecord& flow) const;
  bool is_over(const Conversation& known, base::UnixMs start) const;

  TimeoutsOf timeouts_of_;
  boost::unordered_flat_map<Key, std::size_t, KeyHash> newest_;
  std::deque<Conversation> all_;  // grows without a copy: there may be many
};

struct Conversations {
  query::TimeRange read;  // what of the range was read: its newest part
  Stitcher::Stitched stitched;
  std::uint64_t flows_read = 0;
  bool is_whole = true;  // false: the range has more flows than are read for one answer
};

struct ConversationQuestion {
  query::Plan flows;  // lists flows
  TimeoutsOf timeouts_of;
  base::UnixMs now = 0;
  std::size_t top = 100;
  std::uint64_t flows_max = 100'000;  // read for one answer, twice as many at the very most
};

base::Expected<Conversations, query::QueryError> find_conversations(
    Questions& questions, const ConversationQuestion& question, const query::Cancel& cancel);

}  // namespace serve
