// Drives a fuzz target without libFuzzer: every file of the corpus folder given, then seeded random
// changes of them for a few seconds. The seed is printed, so that what it finds can be found again.
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <vector>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* octets, std::size_t count);

namespace {

using Octets = std::vector<std::uint8_t>;
constexpr auto kDuration = std::chrono::seconds(2);
constexpr std::size_t kLongestInput = 4096;

std::vector<Octets> read_corpus(const char* folder) {
  std::vector<Octets> corpus{Octets{}};
  if (folder == nullptr || !std::filesystem::is_directory(folder)) return corpus;
  for (const auto& entry : std::filesystem::directory_iterator(folder)) {
    std::ifstream file(entry.path(), std::ios::binary);
    corpus.emplace_back(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
  }
  return corpus;
}

std::size_t below(std::mt19937_64& random, std::size_t bound) {
  return std::uniform_int_distribution<std::size_t>(0, bound - 1)(random);
}

// One of: an octet changed, octets cut off, octets put in.
void change(Octets& octets, std::mt19937_64& random) {
  const auto octet = static_cast<std::uint8_t>(below(random, 256));
  const std::size_t at = below(random, octets.size() + 1);
  switch (below(random, 3)) {
    case 0:
      if (at < octets.size()) octets[at] = octet;
      break;
    case 1:
      octets.resize(at);
      break;
    default:
      octets.insert(octets.begin() + static_cast<std::ptrdiff_t>(at), below(random, 32) + 1, octet);
  }
  if (octets.size() > kLongestInput) octets.resize(kLongestInput);
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<Octets> corpus = read_corpus(argc > 1 ? argv[1] : nullptr);
  for (const Octets& octets : corpus) LLVMFuzzerTestOneInput(octets.data(), octets.size());

  const std::uint64_t seed = argc > 2 ? std::strtoull(argv[2], nullptr, 0) : std::random_device{}();
  std::printf("%zu inputs; seed %llu\n", corpus.size(), static_cast<unsigned long long>(seed));
  std::fflush(stdout);
  std::mt19937_64 random(seed);
  const auto end = std::chrono::steady_clock::now() + kDuration;
  while (std::chrono::steady_clock::now() < end) {
    Octets octets = corpus[below(random, corpus.size())];
    for (std::size_t changes = below(random, 8) + 1; changes > 0; --changes) change(octets, random);
    LLVMFuzzerTestOneInput(octets.data(), octets.size());
  }
  return 0;
}
