#include "state/live_settings.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <span>
#include <utility>

#include "base/json_text.h"

namespace state {
namespace {

constexpr std::string_view kFileName = "settings.toml";
constexpr std::string_view kHead =
    "# What was set in the browser. Keys of weir.toml win over these. Weir writes this file anew\n"
    "# with every change: edit it only while Weir is not running.\n";

// JSON's texts are TOML's too, but for octet 127, which no name of ours has.
std::string toml_text(std::string_view text) {
  std::string out;
  base::append_json_string(out, text);
  return out;
}

template <class Value>
std::string list_text(const std::vector<Value>& values) {
  std::string text;
  for (const Value& value : values) {
    if (!text.empty()) text += ", ";
    if constexpr (std::is_same_v<Value, Endpoint>) {
      text += toml_text(to_text(value));
    } else {
      text += toml_text(flow::to_text(value));
    }
  }
  return "[" + text + "]";
}

template <class Rows, class Line>
std::string table_text(const Rows& rows, Line line) {
  std::string text;
  for (const auto& row : rows) text += (text.empty() ? "" : ", ") + line(row);
  return "{" + text + "}";
}

std::string settings_text(const Settings& own) {
  const Settings fallback;
  std::string text(kHead);
  const auto put = [&](std::string_view key, bool is_default, const std::string& value) {
    if (!is_default) text += fmt::format("{} = {}\n", key, value);
  };
  const ExporterSettings& exporters = own.exporters;
  put("listen", own.listen == fallback.listen, list_text(own.listen));
  put("networks.local", own.local_networks.empty(), list_text(own.local_networks));
  put("exporters.learn", exporters.learn, "false");
  put("exporters.allow", exporters.allow.empty(), list_text(exporters.allow));
  put("exporters.deny", exporters.deny.empty(), list_text(exporters.deny));
  put("exporters.sampling", exporters.sampling.empty(),
      table_text(exporters.sampling, [](const SamplingSetting& one) {
        return fmt::format("{} = {}", toml_text(flow::to_text(one.exporters)), one.rate);
      }));
  put("exporters.names", exporters.names.empty(), table_text(exporters.names, [](const auto& one) {
        return fmt::format("{} = {}", toml_text(flow::to_text(one.first)), toml_text(one.second));
      }));
  put("exporters.networks", exporters.networks.empty(),
      table_text(exporters.networks, [](const auto& one) {
        return fmt::format("{} = {}", toml_text(flow::to_text(one.first)),
                           toml_text(flow::to_text(one.second)));
      }));
  return text;
}

void copy_key(std::string_view key, const Settings& from, Settings& to) {
  if (key == "listen") to.listen = from.listen;
  if (key == "networks.local") to.local_networks = from.local_networks;
  if (key == "exporters.learn") to.exporters.learn = from.exporters.learn;
  if (key == "exporters.allow") to.exporters.allow = from.exporters.allow;
  if (key == "exporters.deny") to.exporters.deny = from.exporters.deny;
  if (key == "exporters.sampling") to.exporters.sampling = from.exporters.sampling;
  if (key == "exporters.names") to.exporters.names = from.exporters.names;
  if (key == "exporters.networks") to.exporters.networks = from.exporters.networks;
}

std::optional<base::UserError> refusal_of(const Settings& own) {
  const auto over = [](std::string_view what, std::size_t count,
                       std::size_t most) -> std::optional<base::UserError> {
    if (count <= most) return std::nullopt;
    return base::UserError{std::string(what),
                           fmt::format("expected at most {}, came {}", most, count), ""};
  };
  if (own.listen.empty()) {
    return base::UserError{"port", "expected at least one port to be left", ""};
  }
  if (auto wrong = over("port", own.listen.size(), LiveSettings::kPortsMax)) return wrong;
  const ExporterSettings& exporters = own.exporters;
  for (const std::size_t count :
       {own.local_networks.size(), exporters.allow.size(), exporters.deny.size(),
        exporters.sampling.size(), exporters.names.size(), exporters.networks.size()}) {
    if (auto wrong = over("list", count, LiveSettings::kListMax)) return wrong;
  }
  for (const auto& [exporter, name] : exporters.names) {
    const bool has_control = std::ranges::any_of(name, [](char letter) {
      return static_cast<unsigned char>(letter) < ' ' || letter == 0x7f;
    });
    if (name.empty() || name.size() > LiveSettings::kNameOctetsMax || has_control ||
        base::valid_utf8(name) != name) {
      return base::UserError{
          "name",
          fmt::format("expected 1 to {} octets of text without control characters",
                      LiveSettings::kNameOctetsMax),
          ""};
    }
  }
  return std::nullopt;
}

// The whole file or the one before, whatever happens.
base::Expected<void, base::IoError> replace_file(const std::filesystem::path& file,
                                                 const std::string& text) {
  const std::string part = file.string() + ".part";
  const auto failed = [&](const char* operation) {
    const int problem = errno;
    ::unlink(part.c_str());
    return base::Unexpected(base::IoError{operation, part, problem, ""});
  };
  const int descriptor = ::open(part.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0640);
  if (descriptor < 0) return failed("open");
  std::span<const char> rest(text);
  while (!rest.empty()) {
    const auto written = ::write(descriptor, rest.data(), rest.size());
    if (written < 0) {
      auto error = failed("write");
      ::close(descriptor);
      return error;
    }
    rest = rest.subspan(static_cast<std::size_t>(written));
  }
  const bool is_durable = ::fsync(descriptor) == 0;
  if (::close(descriptor) != 0 || !is_durable) return failed("write");
  if (::rename(part.c_str(), file.c_str()) != 0) return failed("rename");
  return {};
}

}  // namespace

LiveSettings::LiveSettings(Settings given, std::set<std::string, std::less<>> fixed,
                           std::filesystem::path file, Settings own)
    : given_(std::move(given)),
      fixed_(std::move(fixed)),
      file_(std::move(file)),
      own_(std::move(own)) {
  now_.publish(std::make_shared<const Settings>(merged(own_)));
}

base::Expected<std::unique_ptr<LiveSettings>, std::vector<base::UserError>> LiveSettings::open(
    Settings given, std::set<std::string, std::less<>> fixed, const std::filesystem::path& folder) {
  const std::filesystem::path file = folder / kFileName;
  Settings own;
  std::error_code error;
  if (std::filesystem::exists(file, error)) {
    auto read = read_settings(file.string());
    if (!read) return base::Unexpected(std::move(read.error()));
    own = std::move(*read);
  }
  return std::unique_ptr<LiveSettings>(
      new LiveSettings(std::move(given), std::move(fixed), file, std::move(own)));
}

Settings LiveSettings::merged(const Settings& own) const {
  Settings all = given_;
  for (const std::string_view key : kChangeable) {
    if (!is_fixed(key)) copy_key(key, own, all);
  }
  return all;
}

base::Expected<void, ChangeError> LiveSettings::change(std::string_view key,
                                                       const std::function<void(Settings&)>& edit) {
  if (is_fixed(key)) {
    return base::Unexpected(ChangeError{
        base::UserError{std::string(key), "weir.toml or the command line has this setting",
                        "change it there, or take it out to set it here"}});
  }
  const std::lock_guard lock(mutex_);
  Settings changed = own_;
  edit(changed);
  if (auto wrong = refusal_of(changed)) return base::Unexpected(ChangeError{std::move(*wrong)});
  if (changed == own_) return {};
  if (auto written = replace_file(file_, settings_text(changed)); !written) {
    return base::Unexpected(ChangeError{std::move(written.error())});
  }
  own_ = std::move(changed);
  auto now = std::make_shared<const Settings>(merged(own_));
  now_.publish(now);
  if (applied_) applied_(*now);
  return {};
}

}  // namespace state
