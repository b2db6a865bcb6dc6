#pragma once

#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "base/snapshot.h"
#include "know/protocols_list.h"
#include "know/services.h"
#include "know/watched_file.h"

namespace know {

// One of the user's two files, as it stands.
struct TableFile {
  std::filesystem::path path;
  bool is_ours =
      true;          // lies in the data folder, so that it can be written; else weir.toml names it
  std::string text;  // that holds: the last one that could be used
  std::string problem;  // why the file as it is now does not hold; empty: it does
};

// What the two files say together. Immutable.
struct Tables {
  TableFile services_file;
  TableFile protocols_file;
  ServicesFile services;
  ServiceNames names;
  ServiceNames::Ports folded_names;  // the same in lower case, for filters
  bool has_list = false;             // the list is the user's, not the default one
  ProtocolsList protocols;

  // The list by which flows are named: none of a user's, none.
  Services applications() const;
};

// Reads two texts, which may be any octets. Files are left as default-made.
Tables read_tables(std::string services, std::string protocols);

// Where the two files are: what weir.toml says; empty: in the data folder.
struct TablePaths {
  std::filesystem::path folder;
  std::filesystem::path services;
  std::filesystem::path protocols;

  std::filesystem::path services_file() const {
    return services.empty() ? folder / "services" : services;
  }
  std::filesystem::path protocols_file() const {
    return protocols.empty() ? folder / "protocols.list" : protocols;
  }
};

// The files as they are now, for whoever asks once. What cannot be read says nothing.
Tables load_tables(const TablePaths& paths);

// The user's services file and protocols list: read at the start, looked at now and then, written
// from the browser. What cannot be used leaves what held before. Thread-safe.
class UserTables {
 public:
  // `published` is called with every new state, one at a time.
  UserTables(const TablePaths& paths, std::function<void(const Tables&)> published);

  std::shared_ptr<const Tables> get() const { return now_.get(); }

  // Reads what has changed since the last look and stood still between two looks, so that a file
  // that is being written is not read by half.
  void look();

  using ChangeError = std::variant<base::UserError, base::IoError>;
  enum class Which { Services, Protocols };
  // Writes the file and lets it hold, unless it cannot be used or weir.toml names another.
  base::Expected<void, ChangeError> write(Which which, const std::string& text);

 private:
  struct Watched {
    Watched(const std::filesystem::path& path, bool is_ours)
        : on_disk(path), file{.path = path, .is_ours = is_ours, .text = {}, .problem = {}} {}

    WatchedFile on_disk;
    TableFile file;
  };

  bool reread(Which which);
  void publish();
  Watched& watched(Which which) { return which == Which::Services ? services_ : protocols_; }

  const std::function<void(const Tables&)> published_;
  std::mutex mutex_;  // guards services_, protocols_ and the files
  Watched services_;
  Watched protocols_;
  base::Snapshot<Tables> now_;
};

}  // namespace know
