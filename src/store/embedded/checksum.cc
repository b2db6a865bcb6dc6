#include "store/embedded/checksum.h"

#include <fcntl.h>
#include <unistd.h>
#include <xxhash.h>

#include <array>
#include <cerrno>
#include <memory>
#include <vector>

#include "base/check.h"
#include "base/sync_folder.h"

namespace store {
namespace {

constexpr std::size_t kReadOctets = std::size_t{1} << 20;

class File {
 public:
  File(const std::filesystem::path& path, int flags)
      : descriptor_(::open(path.c_str(), flags | O_CLOEXEC)) {}
  ~File() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  int descriptor() const { return descriptor_; }

 private:
  int descriptor_;
};

struct FreeHash {
  void operator()(XXH3_state_t* state) const { XXH3_freeState(state); }
};

base::Expected<FileDigest, base::IoError> read_whole(const std::filesystem::path& file, bool sync) {
  const auto failed = [&](const char* operation) {
    return base::Unexpected(base::IoError{operation, file.string(), errno, ""});
  };
  const File opened(file, O_RDONLY);
  if (opened.descriptor() < 0) return failed("open");
  const std::unique_ptr<XXH3_state_t, FreeHash> hash(XXH3_createState());
  CHECK(hash != nullptr);
  XXH3_64bits_reset(hash.get());
  FileDigest digest;
  std::vector<char> octets(kReadOctets);
  for (;;) {
    const ssize_t count = ::read(opened.descriptor(), octets.data(), octets.size());
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return failed("read");
    if (count == 0) break;
    XXH3_64bits_update(hash.get(), octets.data(), static_cast<std::size_t>(count));
    digest.octets += static_cast<std::uint64_t>(count);
  }
  digest.checksum = XXH3_64bits_digest(hash.get());
  if (sync && ::fsync(opened.descriptor()) != 0) return failed("fsync");
  return digest;
}

}  // namespace

base::Expected<FileDigest, base::IoError> digest_of(const std::filesystem::path& file) {
  return read_whole(file, false);
}

base::Expected<FileDigest, base::IoError> sync_and_digest(const std::filesystem::path& file) {
  return read_whole(file, true);
}

base::Expected<void, base::IoError> make_folder(const std::filesystem::path& folder) {
  std::error_code problem;
  if (std::filesystem::is_directory(folder, problem)) return {};
  const auto above = folder.parent_path();
  if (above != folder) {
    if (auto made = make_folder(above); !made) return made;
  }
  std::filesystem::create_directory(folder, problem);
  if (problem) {
    return base::Unexpected(base::IoError{"create folder", folder.string(), problem.value(), ""});
  }
  return base::sync_folder(above);
}

}  // namespace store
