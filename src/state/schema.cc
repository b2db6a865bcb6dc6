#include "state/schema.h"

namespace state {
namespace {

// Times are Unix milliseconds. Addresses are two integers (high, low half) holding 64 bits each.
// `columns` and `not_counted` hold names, not numbers, so that they outlive a change of the tables
// they come from.
constexpr const char* kSteps[] = {
    R"sql(
CREATE TABLE parts (            -- what is not here does not exist, whatever files there are
  name TEXT PRIMARY KEY,        -- path below the data folder
  kind TEXT NOT NULL,           -- flows, hosts, interfaces
  rows INTEGER NOT NULL,
  octets INTEGER NOT NULL,
  checksum INTEGER NOT NULL,    -- XXH3, 64 bits, of the file
  min_start INTEGER NOT NULL,
  max_end INTEGER NOT NULL,
  min_received INTEGER NOT NULL,
  max_received INTEGER NOT NULL,
  columns TEXT NOT NULL,        -- of a flow part: the columns it holds
  plain_times INTEGER NOT NULL,
  all_counted INTEGER NOT NULL,
  small_volumes INTEGER NOT NULL,
  rolled_up INTEGER NOT NULL,
  cut_rows INTEGER NOT NULL,
  segment INTEGER NOT NULL,     -- the newest journal segment covered
  set_aside INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

CREATE TABLE part_exporters (   -- a flow part's rows by exporter and minute of receipt
  part TEXT NOT NULL, exporter_hi INTEGER NOT NULL, exporter_lo INTEGER NOT NULL,
  minute INTEGER NOT NULL, rows INTEGER NOT NULL,
  PRIMARY KEY (part, exporter_hi, exporter_lo, minute)
) STRICT, WITHOUT ROWID;

CREATE TABLE ledger (
  minute INTEGER NOT NULL, exporter_hi INTEGER NOT NULL, exporter_lo INTEGER NOT NULL,
  datagrams INTEGER NOT NULL, octets INTEGER NOT NULL, records INTEGER NOT NULL,
  flows INTEGER NOT NULL, options INTEGER NOT NULL, events INTEGER NOT NULL,
  templates INTEGER NOT NULL, sequence_sent INTEGER NOT NULL, sequence_received INTEGER NOT NULL,
  sequence_gap INTEGER NOT NULL, reordered INTEGER NOT NULL, repeated INTEGER NOT NULL,
  restarts INTEGER NOT NULL, spread_clamped INTEGER NOT NULL,
  PRIMARY KEY (minute, exporter_hi, exporter_lo)
) STRICT, WITHOUT ROWID;

CREATE INDEX ledger_gaps ON ledger (minute, exporter_hi, exporter_lo, sequence_gap)
  WHERE sequence_gap > 0;

CREATE TABLE ledger_not_counted (
  minute INTEGER NOT NULL, exporter_hi INTEGER NOT NULL, exporter_lo INTEGER NOT NULL,
  reason TEXT NOT NULL, count INTEGER NOT NULL,
  PRIMARY KEY (minute, exporter_hi, exporter_lo, reason)
) STRICT, WITHOUT ROWID;

CREATE TABLE exporters (
  exporter_hi INTEGER NOT NULL, exporter_lo INTEGER NOT NULL, state BLOB NOT NULL,
  PRIMARY KEY (exporter_hi, exporter_lo)
) STRICT, WITHOUT ROWID;

CREATE TABLE facts (            -- single numbers: committed_segment, opened, …
  name TEXT PRIMARY KEY, value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
)sql",
    R"sql(
CREATE TABLE users (
  name TEXT PRIMARY KEY,
  role TEXT NOT NULL,           -- admin, viewer
  password TEXT NOT NULL,       -- argon2id, as libsodium writes it
  created INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE sessions (         -- of secrets only hashes are kept: BLAKE2b-256
  hash BLOB PRIMARY KEY, user TEXT NOT NULL, expires INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE tokens (
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  name TEXT NOT NULL UNIQUE, hash BLOB NOT NULL UNIQUE, role TEXT NOT NULL,
  created INTEGER NOT NULL
) STRICT;
)sql",
    R"sql(
-- The newest journal segment that the state covers.
ALTER TABLE exporters ADD COLUMN segment INTEGER NOT NULL DEFAULT 0;
)sql",
    R"sql(
-- How often a part's rows were merged into a larger part.
ALTER TABLE parts ADD COLUMN merges INTEGER NOT NULL DEFAULT 0;
)sql",
    R"sql(
CREATE TABLE names (            -- that addresses have and had
  address_hi INTEGER NOT NULL, address_lo INTEGER NOT NULL,
  origin TEXT NOT NULL,         -- person, hosts, dhcp, dns
  name TEXT NOT NULL,
  since INTEGER NOT NULL,
  confirmed INTEGER NOT NULL,
  until INTEGER NOT NULL,       -- since when the origin says otherwise; 0: it stands
  PRIMARY KEY (address_hi, address_lo, origin, name)
) STRICT, WITHOUT ROWID;
)sql",
    R"sql(
CREATE TABLE interface_names (  -- that exporters say their interfaces have and had
  exporter_hi INTEGER NOT NULL, exporter_lo INTEGER NOT NULL, if_index INTEGER NOT NULL,
  origin TEXT NOT NULL,         -- snmp, options
  name TEXT NOT NULL, alias TEXT NOT NULL,
  speed INTEGER NOT NULL,       -- bits a second; 0: not said
  since INTEGER NOT NULL,
  confirmed INTEGER NOT NULL,
  until INTEGER NOT NULL,       -- since when the number means another; 0: it stands
  PRIMARY KEY (exporter_hi, exporter_lo, if_index, origin, name, since)
) STRICT, WITHOUT ROWID;
)sql",
    R"sql(
CREATE TABLE interface_counters ( -- what interfaces counted themselves, between two readings
  step_s INTEGER NOT NULL,        -- 60; 3600 once it is a day old
  start INTEGER NOT NULL,         -- of the minute or hour
  exporter_hi INTEGER NOT NULL, exporter_lo INTEGER NOT NULL, if_index INTEGER NOT NULL,
  in_octets INTEGER NOT NULL, out_octets INTEGER NOT NULL,
  first_ms INTEGER NOT NULL, last_ms INTEGER NOT NULL,  -- the part that was read
  covered_ms INTEGER NOT NULL,
  PRIMARY KEY (exporter_hi, exporter_lo, step_s, start, if_index)
) STRICT, WITHOUT ROWID;
)sql",
};

}  // namespace

std::span<const char* const> schema_steps() {
  return kSteps;
}

}  // namespace state
