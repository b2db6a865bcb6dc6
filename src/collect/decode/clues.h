#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace collect {

// What a record says that fills no column by itself: decode/finish.h makes columns of clues.
enum class Clue : std::uint8_t {
  StartUptime,
  EndUptime,
  StartSeconds,
  EndSeconds,
  StartMicroseconds,
  EndMicroseconds,
  StartNanoseconds,
  EndNanoseconds,
  StartDeltaMicroseconds,
  EndDeltaMicroseconds,
  DurationMilliseconds,
  DurationMicroseconds,
  ObservationSeconds,
  ObservationMilliseconds,
  ObservationMicroseconds,
  ObservationNanoseconds,
  SystemInitMilliseconds,
  ApplicationId,
  IcmpTypeCode4,
  IcmpTypeCode6,
  SamplingInterval,
  SamplerInterval,
  SamplerId,
  SelectorId,
  SamplingPacketInterval,
  SamplingPacketSpace,
  SamplingSize,
  SamplingPopulation,
  ScopeInterface,
  ScopeTemplate,
  TableInterface,
  ReverseBytes,
  ReversePackets,
  ReverseTcpFlags,
  ReverseTos,
  ReverseStartMilliseconds,
  ReverseEndMilliseconds,
};
constexpr std::size_t kClueCount = static_cast<std::size_t>(Clue::ReverseEndMilliseconds) + 1;

using ClueMask = std::uint64_t;
static_assert(kClueCount <= 64, "which clues a template gives is one 64-bit mask");
constexpr ClueMask bit(Clue clue) {
  return ClueMask{1} << static_cast<unsigned>(clue);
}

struct ClueElement {
  std::uint32_t enterprise;
  std::uint16_t id;
  std::uint8_t max_octets;  // at least 1
  Clue clue;
};

// The enterprise number under which RFC 5103 repeats IANA's elements for the other direction.
constexpr std::uint32_t kReverseEnterprise = 29'305;

inline constexpr auto kClueElements = std::to_array<ClueElement>({
    {0, 21, 8, Clue::EndUptime},                // flowEndSysUpTime; NX-OS sends 8 octets
    {0, 22, 8, Clue::StartUptime},              // flowStartSysUpTime
    {0, 32, 2, Clue::IcmpTypeCode4},            // icmpTypeCodeIPv4
    {0, 34, 4, Clue::SamplingInterval},         // samplingInterval
    {0, 48, 8, Clue::SamplerId},                // samplerId
    {0, 50, 4, Clue::SamplerInterval},          // samplerRandomInterval
    {0, 95, 8, Clue::ApplicationId},            // applicationId, RFC 6759
    {0, 139, 2, Clue::IcmpTypeCode6},           // icmpTypeCodeIPv6
    {0, 150, 4, Clue::StartSeconds},            // flowStartSeconds
    {0, 151, 4, Clue::EndSeconds},              // flowEndSeconds
    {0, 154, 8, Clue::StartMicroseconds},       // flowStartMicroseconds
    {0, 155, 8, Clue::EndMicroseconds},         // flowEndMicroseconds
    {0, 156, 8, Clue::StartNanoseconds},        // flowStartNanoseconds
    {0, 157, 8, Clue::EndNanoseconds},          // flowEndNanoseconds
    {0, 158, 4, Clue::StartDeltaMicroseconds},  // flowStartDeltaMicroseconds
    {0, 159, 4, Clue::EndDeltaMicroseconds},    // flowEndDeltaMicroseconds
    {0, 160, 8, Clue::SystemInitMilliseconds},  // systemInitTimeMilliseconds
    {0, 161, 4, Clue::DurationMilliseconds},    // flowDurationMilliseconds
    {0, 162, 4, Clue::DurationMicroseconds},    // flowDurationMicroseconds
    {0, 232, 8, Clue::ReverseBytes},            // responderOctets
    {0, 299, 8, Clue::ReversePackets},          // responderPackets
    {0, 302, 8, Clue::SelectorId},              // selectorId
    {0, 305, 4, Clue::SamplingPacketInterval},  // samplingPacketInterval
    {0, 306, 4, Clue::SamplingPacketSpace},     // samplingPacketSpace
    {0, 309, 4, Clue::SamplingSize},            // samplingSize
    {0, 310, 4, Clue::SamplingPopulation},      // samplingPopulation
    {0, 322, 4, Clue::ObservationSeconds},      // observationTimeSeconds
    {0, 323, 8, Clue::ObservationMilliseconds},
    {0, 324, 8, Clue::ObservationMicroseconds},
    {0, 325, 8, Clue::ObservationNanoseconds},
    {kReverseEnterprise, 1, 8, Clue::ReverseBytes},
    {kReverseEnterprise, 2, 8, Clue::ReversePackets},
    {kReverseEnterprise, 5, 1, Clue::ReverseTos},
    {kReverseEnterprise, 6, 2, Clue::ReverseTcpFlags},
    {kReverseEnterprise, 85, 8, Clue::ReverseBytes},
    {kReverseEnterprise, 86, 8, Clue::ReversePackets},
    {kReverseEnterprise, 152, 8, Clue::ReverseStartMilliseconds},
    {kReverseEnterprise, 153, 8, Clue::ReverseEndMilliseconds},
});

constexpr std::optional<ClueElement> find_clue(std::uint32_t enterprise, std::uint16_t id) {
  for (const ClueElement& element : kClueElements) {
    if (element.enterprise == enterprise && element.id == id) return element;
  }
  return std::nullopt;
}

// The clues of one record. A value means something only where the template's mask has its bit;
// values of the record before stay otherwise, so nothing is cleared per record.
struct Clues {
  std::array<std::uint64_t, kClueCount> values;

  std::uint64_t operator[](Clue clue) const { return values[static_cast<std::size_t>(clue)]; }
};

}  // namespace collect
