#include "store/embedded/seal_order.h"

#include <algorithm>
#include <array>
#include <limits>
#include <map>
#include <unordered_map>

#include "base/check.h"

namespace store {
namespace {

using flow::Column;

struct KeyedRow {
  std::uint64_t key;
  RowRef ref;
};

constexpr unsigned kDigitBits = 16;
constexpr std::size_t kDigits = std::size_t{1} << kDigitBits;
// Below this many rows clearing the digit counts would cost more than the sort.
constexpr std::size_t kRadixRowsMin = 8'192;

// Stable, by key.
void sort_by_key(std::vector<KeyedRow>& rows) {
  if (rows.size() < kRadixRowsMin) {
    std::ranges::stable_sort(rows, {}, &KeyedRow::key);
    return;
  }
  std::vector<KeyedRow> other(rows.size());
  std::vector<std::uint32_t> places(kDigits);
  for (unsigned shift = 0; shift < 64; shift += kDigitBits) {
    const auto digit = [shift](const KeyedRow& row) { return row.key >> shift & (kDigits - 1); };
    std::ranges::fill(places, 0);
    for (const KeyedRow& row : rows) ++places[digit(row)];
    if (places[digit(rows.front())] == rows.size()) continue;  // all alike
    std::uint32_t place = 0;
    for (auto& count : places) place += std::exchange(count, place);
    for (const KeyedRow& row : rows) other[places[digit(row)]++] = row;
    rows.swap(other);
  }
}

// 32 bits by which equal addresses meet; IPv4 addresses keep their order.
std::uint32_t folded(std::uint64_t hi, std::uint64_t lo) {
  if (hi == 0) return static_cast<std::uint32_t>(lo);
  const std::uint64_t mixed = (hi ^ lo * 0x9e3779b97f4a7c15) * 0xbf58476d1ce4e5b9;
  return static_cast<std::uint32_t>(mixed >> 32);
}

// An array of a batch, or none when nobody filled the column.
template <class T>
const T* array_of(const flow::Batch& batch, Column column) {
  return (batch.filled() & flow::bit(column)) != 0 ? batch.values<T>(column).data() : nullptr;
}

// Bit 63: the local end is the destination; 62: it is IPv6; then local end, remote end.
class SortKeys {
 public:
  explicit SortKeys(const flow::Batch& batch)
      : presence_(batch.presence()),
        locality_(array_of<std::uint8_t>(batch, Column::locality)),
        ends_{End(batch, Column::src), End(batch, Column::dst)} {}

  std::uint64_t at(std::size_t row) const {
    const bool inward = locality_ != nullptr &&
                        (presence_[row] & flow::bit(Column::locality)) != 0 &&
                        locality_[row] == static_cast<std::uint8_t>(flow::Locality::RemoteToLocal);
    const auto [local_hi, local_lo] = ends_[inward ? 1 : 0].at(row);
    const auto [remote_hi, remote_lo] = ends_[inward ? 0 : 1].at(row);
    return std::uint64_t{inward} << 63 | std::uint64_t{local_hi != 0} << 62 |
           std::uint64_t{folded(local_hi, local_lo)} << 30 | folded(remote_hi, remote_lo) >> 2;
  }

 private:
  struct End {
    End(const flow::Batch& batch, Column column) {
      if ((batch.filled() & flow::bit(column)) == 0) return;
      hi = batch.hi(column).data();
      lo = batch.lo(column).data();
    }
    std::pair<std::uint64_t, std::uint64_t> at(std::size_t row) const {
      if (hi == nullptr) return {0, 0};
      return {hi[row], lo[row]};
    }
    const std::uint64_t* hi = nullptr;
    const std::uint64_t* lo = nullptr;
  };

  std::span<const flow::ColumnMask> presence_;
  const std::uint8_t* locality_;
  std::array<End, 2> ends_;
};

// A part's facts, gathered row by row.
class Facts {
 public:
  Facts() {
    part_.min_start = part_.min_received = std::numeric_limits<base::UnixMs>::max();
    part_.max_end = part_.max_received = std::numeric_limits<base::UnixMs>::min();
    part_.plain_times = part_.all_counted = true;
  }

  void begin(const flow::Batch& batch) {
    batch_ = &batch;
    times_.emplace(batch);
    counted_ = array_of<bool>(batch, Column::counted);
    bytes_ = array_of<std::int64_t>(batch, Column::bytes);
    packets_ = array_of<std::int64_t>(batch, Column::packets);
    rate_ = array_of<std::uint32_t>(batch, Column::sampling_rate);
    exporter_ = End{};
    if ((batch.filled() & flow::bit(Column::exporter)) != 0) {
      exporter_ = {batch.hi(Column::exporter).data(), batch.lo(Column::exporter).data()};
    }
    received_ = array_of<base::UnixMs>(batch, Column::received);
  }

  void add(std::size_t row) {
    const flow::ColumnMask present = batch_->presence()[row];
    const auto has = [present](Column column) { return (present & flow::bit(column)) != 0; };
    ++part_.rows;
    part_.columns |= present;
    const auto [start, end, clamped] = times_->at(row);
    part_.min_start = std::min(part_.min_start, start);
    part_.max_end = std::max(part_.max_end, end);
    part_.plain_times = part_.plain_times && !clamped && has(Column::start) && has(Column::end) &&
                        batch_->values<base::UnixMs>(Column::start)[row] == start && start >= 0;
    if (has(Column::counted) && !counted_[row]) part_.all_counted = false;
    if (has(Column::bytes)) volume_max_ = std::max(volume_max_, bytes_[row]);
    if (has(Column::packets)) volume_max_ = std::max(volume_max_, packets_[row]);
    if (has(Column::sampling_rate)) rate_max_ = std::max(rate_max_, rate_[row]);
    const base::UnixMs received = has(Column::received) ? received_[row] : 0;
    part_.min_received = std::min(part_.min_received, received);
    part_.max_received = std::max(part_.max_received, received);
    const flow::Address exporter = has(Column::exporter)
                                       ? flow::Address{exporter_.hi[row], exporter_.lo[row]}
                                       : flow::Address{};
    count(exporter, base::floor_to(received, base::kMsPerMinute));
  }

  Part part() const {
    Part part = part_;
    part.kind = "flows";
    part.small_volumes = rate_max_ == 0 || volume_max_ <= std::numeric_limits<std::int64_t>::max() /
                                                              static_cast<std::int64_t>(rate_max_);
    return part;
  }
  std::vector<PartShare> shares() const {
    std::vector<PartShare> shares;
    for (const auto& [key, rows] : shares_) shares.push_back({key.second, key.first, rows});
    return shares;
  }

 private:
  struct End {
    const std::uint64_t* hi = nullptr;
    const std::uint64_t* lo = nullptr;
  };

  // Rows of one datagram stand together, so the last share is most often the right one.
  void count(const flow::Address& exporter, base::UnixMs minute) {
    if (last_ == nullptr || last_key_ != std::pair(minute, exporter)) {
      last_key_ = {minute, exporter};
      last_ = &shares_[last_key_];
    }
    ++*last_;
  }

  Part part_;
  const flow::Batch* batch_ = nullptr;
  std::optional<BatchTimes> times_;
  const bool* counted_ = nullptr;
  const std::int64_t* bytes_ = nullptr;
  const std::int64_t* packets_ = nullptr;
  const std::uint32_t* rate_ = nullptr;
  const base::UnixMs* received_ = nullptr;
  End exporter_;
  std::int64_t volume_max_ = 0;
  std::uint32_t rate_max_ = 0;
  std::map<std::pair<base::UnixMs, flow::Address>, std::uint64_t> shares_;
  std::pair<base::UnixMs, flow::Address> last_key_;
  std::uint64_t* last_ = nullptr;
};

// Which part a row goes to.
struct PartKey {
  base::UnixMs day = 0;
  bool is_old = false;  // it ended long before it was received
  auto operator<=>(const PartKey&) const = default;
};

struct Rows {
  Facts facts;
  std::vector<KeyedRow> rows;
};

}  // namespace

std::vector<PartPlan> plan_parts(std::span<const BatchPtr> batches) {
  CHECK(batches.size() <= kBatchesPerPartMax);
  std::map<PartKey, Rows> parts;
  std::size_t total = 0;
  for (const auto& batch : batches) total += batch->rows();
  for (std::size_t index = 0; index < batches.size(); ++index) {
    const flow::Batch& batch = *batches[index];
    CHECK(batch.rows() <= kRowsPerBatchMax);
    const SortKeys keys(batch);
    const auto* received = array_of<base::UnixMs>(batch, Column::received);
    BatchTimes times(batch);
    Rows* part = nullptr;
    PartKey last;
    for (std::size_t row = 0; row < batch.rows(); ++row) {
      const base::UnixMs at = received == nullptr ? 0 : received[row];
      const PartKey key{base::floor_to(at, base::kMsPerDay),
                        times.at(row).end < at - base::kMsPerDay};
      if (part == nullptr || key != last) {
        last = key;
        part = &parts[key];
        if (!key.is_old) part->rows.reserve(total);
        part->facts.begin(batch);
      }
      part->rows.push_back(
          {keys.at(row), {static_cast<std::uint16_t>(index), static_cast<std::uint16_t>(row)}});
      part->facts.add(row);
    }
  }
  std::vector<PartPlan> plans;
  for (auto& [key, part] : parts) {
    sort_by_key(part.rows);
    PartPlan plan{{}, part.facts.part(), part.facts.shares()};
    plan.order.reserve(part.rows.size());
    for (const KeyedRow& row : part.rows) plan.order.push_back(row.ref);
    plans.push_back(std::move(plan));
    part.rows = {};
  }
  return plans;
}

}  // namespace store
