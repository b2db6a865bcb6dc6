#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "base/snapshot.h"
#include "state/settings.h"

namespace state {

// Either the person asked for what cannot be, or the file could not be written.
using ChangeError = std::variant<base::UserError, base::IoError>;

// The settings as they hold now: those of weir.toml and the command line, which win and stay, and
// beside them what was changed while running, kept in settings.toml in the data folder.
// Thread-safe.
class LiveSettings {
 public:
  static constexpr std::size_t kPortsMax = 32;
  static constexpr std::size_t kListMax = 1'024;  // networks, names: of each list
  static constexpr std::size_t kInterfacesMax = 8'192;
  static constexpr std::size_t kSnmpMax = 64;
  static constexpr std::size_t kNameOctetsMax = 64;

  // `given`: what weir.toml and the command line say, of which `fixed` are the keys. A
  // settings.toml that is not there is empty; one that cannot be understood, or is over a cap, is
  // refused like weir.toml.
  static base::Expected<std::unique_ptr<LiveSettings>, std::vector<base::UserError>> open(
      Settings given, std::set<std::string, std::less<>> fixed,
      const std::filesystem::path& folder);

  std::shared_ptr<const Settings> get() const { return now_.get(); }
  bool is_fixed(std::string_view key) const { return fixed_.contains(key); }
  // Of the keys that could be changed while running those that are fixed.
  std::vector<std::string_view> locked() const;

  // Called with every new state, by the thread that changed it, one at a time. Set before the first
  // change.
  void on_change(std::function<void(const Settings&)> applied) { applied_ = std::move(applied); }

  // Lets `edit` change the values of `keys`, writes the file, and lets the new state hold: of all
  // of them or of none. Refused when one of them is fixed, or when the result is over a cap.
  base::Expected<void, ChangeError> change(std::span<const std::string_view> keys,
                                           const std::function<void(Settings&)>& edit);
  base::Expected<void, ChangeError> change(std::string_view key,
                                           const std::function<void(Settings&)>& edit) {
    return change(std::span(&key, 1), edit);
  }

 private:
  LiveSettings(Settings given, std::set<std::string, std::less<>> fixed, std::filesystem::path file,
               Settings own);
  Settings merged(const Settings& own) const;

  const Settings given_;
  const std::set<std::string, std::less<>> fixed_;
  const std::filesystem::path file_;
  std::function<void(const Settings&)> applied_;
  std::mutex mutex_;  // guards own_ and the file
  Settings own_;      // the defaults with what settings.toml says
  base::Snapshot<Settings> now_;
};

}  // namespace state
