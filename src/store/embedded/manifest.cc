#include "store/embedded/manifest.h"

#include <algorithm>

#include "store/embedded/flow_fields.h"

namespace store {
namespace {

constexpr const char* kPartColumns =
    "name, kind, rows, octets, checksum, min_start, max_end, min_received, max_received, columns, "
    "plain_times, all_counted, small_volumes, rolled_up, cut_rows, segment, set_aside, "
    "merges";

Part part_of(const state::Statement& row) {
  Part part;
  part.name = row.text(0);
  part.kind = row.text(1);
  part.rows = row.unsigned_integer(2);
  part.octets = row.unsigned_integer(3);
  part.checksum = row.unsigned_integer(4);
  part.min_start = row.integer(5);
  part.max_end = row.integer(6);
  part.min_received = row.integer(7);
  part.max_received = row.integer(8);
  part.columns = from_names(row.text(9));
  part.plain_times = row.integer(10) != 0;
  part.all_counted = row.integer(11) != 0;
  part.small_volumes = row.integer(12) != 0;
  part.rolled_up = row.integer(13) != 0;
  part.cut_rows = row.unsigned_integer(14);
  part.segment = row.unsigned_integer(15);
  part.set_aside = row.integer(16) != 0;
  part.merges = static_cast<unsigned>(row.integer(17));
  return part;
}

flow::LedgerRow ledger_row_of(const state::Statement& row) {
  flow::LedgerRow ledger{{row.unsigned_integer(1), row.unsigned_integer(2)}, row.integer(0), {}};
  auto& counts = ledger.counts;
  int column = 3;
  for (auto* member : {&counts.datagrams, &counts.octets, &counts.records, &counts.flows,
                       &counts.options, &counts.events, &counts.templates, &counts.sequence_sent,
                       &counts.sequence_received, &counts.sequence_gap, &counts.reordered,
                       &counts.repeated, &counts.restarts, &counts.spread_clamped}) {
    *member = row.unsigned_integer(column++);
  }
  return ledger;
}

// Calls `take(row)` for each row of the statement.
template <class Take>
base::Expected<void, base::IoError> each_row(base::Expected<state::Statement, base::IoError>& found,
                                             Take take) {
  if (!found) return base::Unexpected(found.error());
  for (;;) {
    const auto row = found->step();
    if (!row) return base::Unexpected(row.error());
    if (!*row) return {};
    take(*found);
  }
}

}  // namespace

std::uint64_t octets_of(const std::vector<ManifestChange::Added>& written) {
  std::uint64_t octets = 0;
  for (const auto& added : written) octets += added.part.octets;
  return octets;
}

base::Expected<void, base::IoError> Manifest::apply(const ManifestChange& change) const {
  auto transaction = state::Transaction::begin(*db_);
  if (!transaction) return base::Unexpected(transaction.error());
  for (const auto& added : change.added) {
    if (auto done = add(added); !done) return done;
  }
  for (const auto& name : change.removed) {
    if (auto done = remove(name); !done) return done;
  }
  for (const auto& name : change.set_aside) {
    if (auto done = db_->run("UPDATE parts SET set_aside = 1 WHERE name = ?", name); !done) {
      return done;
    }
  }
  if (auto done = add(change.ledger); !done) return done;
  if (auto done = put(change.exporters, change.segment); !done) return done;
  if (change.ledger_from) {
    if (auto done = drop_ledger(*change.ledger_from); !done) return done;
  }
  for (const auto& [name, value] : change.facts) {
    if (auto done = db_->run("INSERT OR REPLACE INTO facts VALUES (?, ?)", name, value); !done) {
      return done;
    }
  }
  return transaction->commit();
}

base::Expected<void, base::IoError> Manifest::add(const ManifestChange::Added& added) const {
  const Part& part = added.part;
  if (auto done =
          db_->run("INSERT INTO parts VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)", part.name,
                   part.kind, part.rows, part.octets, part.checksum, part.min_start, part.max_end,
                   part.min_received, part.max_received, to_names(part.columns), part.plain_times,
                   part.all_counted, part.small_volumes, part.rolled_up, part.cut_rows,
                   part.segment, part.set_aside, part.merges);
      !done) {
    return done;
  }
  auto insert = db_->prepare("INSERT INTO part_exporters VALUES (?, ?, ?, ?, ?)");
  if (!insert) return base::Unexpected(insert.error());
  for (const auto& share : added.shares) {
    if (auto done =
            insert->bind(part.name, share.exporter.hi, share.exporter.lo, share.minute, share.rows)
                .run();
        !done) {
      return done;
    }
  }
  return {};
}

// Those changed longest ago go where there are more than may be.
base::Expected<void, base::IoError> Manifest::put(const std::vector<flow::ExporterState>& exporters,
                                                  std::uint64_t segment) const {
  if (exporters.empty()) return {};
  auto insert = db_->prepare("INSERT OR REPLACE INTO exporters VALUES (?, ?, ?, ?)");
  if (!insert) return base::Unexpected(insert.error());
  auto forget = db_->prepare("DELETE FROM exporters WHERE exporter_hi = ? AND exporter_lo = ?");
  if (!forget) return base::Unexpected(forget.error());
  for (const auto& [exporter, state] : exporters) {
    auto done =
        state.empty()
            ? forget->bind(exporter.hi, exporter.lo).run()
            : insert->bind(exporter.hi, exporter.lo, state::Statement::Blob{state}, segment).run();
    if (!done) return done;
  }
  // Counting reads no state; finding the oldest does.
  auto count = db_->prepare("SELECT COUNT(*) FROM exporters");
  std::uint64_t kept = 0;
  if (auto done = each_row(count, [&](const auto& row) { kept = row.unsigned_integer(0); });
      !done || kept <= kExporterStatesMax) {
    return done;
  }
  return db_->run(
      "DELETE FROM exporters WHERE (exporter_hi, exporter_lo) IN (SELECT exporter_hi, exporter_lo "
      "FROM exporters ORDER BY segment DESC LIMIT -1 OFFSET ?)",
      kExporterStatesMax);
}

base::Expected<void, base::IoError> Manifest::drop_ledger(base::UnixMs from) const {
  if (auto done = db_->run("DELETE FROM ledger_not_counted WHERE minute < ?", from); !done) {
    return done;
  }
  return db_->run("DELETE FROM ledger WHERE minute < ?", from);
}

base::Expected<void, base::IoError> Manifest::remove(const std::string& part) const {
  if (auto done = db_->run("DELETE FROM part_exporters WHERE part = ?", part); !done) return done;
  return db_->run("DELETE FROM parts WHERE name = ?", part);
}

base::Expected<void, base::IoError> Manifest::add(const std::vector<flow::LedgerRow>& rows) const {
  if (rows.empty()) return {};
  auto add_counts = db_->prepare(
      "INSERT INTO ledger VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?) ON CONFLICT DO UPDATE SET "
      "datagrams = datagrams + excluded.datagrams, octets = octets + excluded.octets, "
      "records = records + excluded.records, flows = flows + excluded.flows, "
      "options = options + excluded.options, events = events + excluded.events, "
      "templates = templates + excluded.templates, "
      "sequence_sent = sequence_sent + excluded.sequence_sent, "
      "sequence_received = sequence_received + excluded.sequence_received, "
      "sequence_gap = sequence_gap + excluded.sequence_gap, "
      "reordered = reordered + excluded.reordered, repeated = repeated + excluded.repeated, "
      "restarts = restarts + excluded.restarts, "
      "spread_clamped = spread_clamped + excluded.spread_clamped");
  if (!add_counts) return base::Unexpected(add_counts.error());
  auto add_reason = db_->prepare(
      "INSERT INTO ledger_not_counted VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET count = "
      "count + excluded.count");
  if (!add_reason) return base::Unexpected(add_reason.error());
  for (const auto& [exporter, minute, counts] : rows) {
    if (auto done = add_counts
                        ->bind(minute, exporter.hi, exporter.lo, counts.datagrams, counts.octets,
                               counts.records, counts.flows, counts.options, counts.events,
                               counts.templates, counts.sequence_sent, counts.sequence_received,
                               counts.sequence_gap, counts.reordered, counts.repeated,
                               counts.restarts, counts.spread_clamped)
                        .run();
        !done) {
      return done;
    }
    for (const auto& reason : flow::kNotCounted) {
      const auto count = counts[reason.reason];
      if (count == 0) continue;
      auto& row = add_reason->bind(minute, exporter.hi, exporter.lo, reason.name, count);
      if (auto done = row.run(); !done) return done;
    }
  }
  return {};
}

base::Expected<std::vector<Part>, base::IoError> Manifest::parts() const {
  auto found = db_->prepare(std::string("SELECT ") + kPartColumns +
                            " FROM parts ORDER BY max_received, name");
  std::vector<Part> parts;
  const auto done =
      each_row(found, [&](const state::Statement& row) { parts.push_back(part_of(row)); });
  if (!done) return base::Unexpected(done.error());
  return parts;
}

base::Expected<std::vector<PartShare>, base::IoError> Manifest::shares(
    const std::string& part) const {
  auto found = db_->prepare(
      "SELECT exporter_hi, exporter_lo, minute, rows FROM part_exporters WHERE part = ?");
  if (found) found->bind(part);
  std::vector<PartShare> shares;
  const auto done = each_row(found, [&](const state::Statement& row) {
    shares.push_back({{row.unsigned_integer(0), row.unsigned_integer(1)},
                      row.integer(2),
                      row.unsigned_integer(3)});
  });
  if (!done) return base::Unexpected(done.error());
  return shares;
}

base::Expected<std::vector<flow::ExporterState>, base::IoError> Manifest::exporters() const {
  auto found = db_->prepare("SELECT exporter_hi, exporter_lo, state FROM exporters");
  std::vector<flow::ExporterState> exporters;
  const auto done = each_row(found, [&](const state::Statement& row) {
    exporters.push_back({{row.unsigned_integer(0), row.unsigned_integer(1)}, row.blob(2)});
  });
  if (!done) return base::Unexpected(done.error());
  return exporters;
}

base::Expected<std::int64_t, base::IoError> Manifest::fact(const std::string& name) const {
  auto found = db_->prepare("SELECT value FROM facts WHERE name = ?");
  if (found) found->bind(name);
  std::int64_t value = 0;
  const auto done = each_row(found, [&](const state::Statement& row) { value = row.integer(0); });
  if (!done) return base::Unexpected(done.error());
  return value;
}

base::Expected<std::vector<flow::LedgerRow>, base::IoError> Manifest::ledger(
    query::TimeRange range) const {
  return read_ledger(
      "SELECT * FROM ledger WHERE minute >= ?1 AND minute < ?2 "
      "ORDER BY minute, exporter_hi, exporter_lo",
      "SELECT minute, exporter_hi, exporter_lo, reason, count FROM ledger_not_counted "
      "WHERE minute >= ?1 AND minute < ?2 ORDER BY minute, exporter_hi, exporter_lo",
      range);
}

base::Expected<std::vector<flow::LedgerRow>, base::IoError> Manifest::ledger_sums(
    query::TimeRange range) const {
  return read_ledger(
      "SELECT ?1, exporter_hi, exporter_lo, SUM(datagrams), SUM(octets), SUM(records), SUM(flows), "
      "SUM(options), SUM(events), SUM(templates), SUM(sequence_sent), SUM(sequence_received), "
      "SUM(sequence_gap), SUM(reordered), SUM(repeated), SUM(restarts), SUM(spread_clamped) "
      "FROM ledger WHERE minute >= ?1 AND minute < ?2 "
      "GROUP BY exporter_hi, exporter_lo ORDER BY exporter_hi, exporter_lo",
      "SELECT ?1, exporter_hi, exporter_lo, reason, SUM(count) FROM ledger_not_counted "
      "WHERE minute >= ?1 AND minute < ?2 "
      "GROUP BY exporter_hi, exporter_lo, reason ORDER BY exporter_hi, exporter_lo",
      range);
}

// Both statements' rows are in the same order.
base::Expected<std::vector<flow::LedgerRow>, base::IoError> Manifest::read_ledger(
    const std::string& counts_sql, const std::string& not_counted_sql,
    query::TimeRange range) const {
  auto counted = db_->prepare(counts_sql);
  if (counted) counted->bind(range.from, range.to);
  std::vector<flow::LedgerRow> rows;
  if (const auto done = each_row(
          counted, [&](const state::Statement& row) { rows.push_back(ledger_row_of(row)); });
      !done) {
    return base::Unexpected(done.error());
  }
  auto found = db_->prepare(not_counted_sql);
  if (found) found->bind(range.from, range.to);
  auto at = rows.begin();
  const auto done = each_row(found, [&](const state::Statement& row) {
    const flow::Address exporter{row.unsigned_integer(1), row.unsigned_integer(2)};
    while (at != rows.end() && (at->minute != row.integer(0) || at->exporter != exporter)) ++at;
    if (at == rows.end()) return;
    const auto reason =
        std::ranges::find(flow::kNotCounted, row.text(3), &flow::NotCountedSpec::name);
    if (reason != flow::kNotCounted.end()) {
      at->counts[reason->reason] += row.unsigned_integer(4);
    }
  });
  if (!done) return base::Unexpected(done.error());
  return rows;
}

base::Expected<query::Loss, base::IoError> Manifest::loss(query::TimeRange range) const {
  auto found = db_->prepare(
      "WITH gaps AS (SELECT minute, exporter_hi, exporter_lo, sequence_gap FROM ledger "
      "  WHERE sequence_gap > 0 AND minute >= ?1 AND minute < ?2),"
      " lost AS (SELECT minute, exporter_hi, exporter_lo, count FROM ledger_not_counted "
      "  WHERE count > 0 AND minute >= ?1 AND minute < ?2)"
      "SELECT (SELECT COALESCE(SUM(sequence_gap), 0) FROM gaps),"
      " (SELECT COALESCE(SUM(count), 0) FROM lost),"
      " (SELECT COUNT(*) FROM (SELECT minute, exporter_hi, exporter_lo FROM gaps UNION"
      "  SELECT minute, exporter_hi, exporter_lo FROM lost))");
  if (found) found->bind(range.from, range.to);
  query::Loss loss;
  const auto done = each_row(found, [&](const state::Statement& row) {
    loss = {row.unsigned_integer(0), row.unsigned_integer(1), row.unsigned_integer(2)};
  });
  if (!done) return base::Unexpected(done.error());
  return loss;
}

}  // namespace store
