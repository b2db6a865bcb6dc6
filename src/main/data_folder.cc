#include "main/data_folder.h"

#include <filesystem>

#include "state/settings.h"

namespace weir {

base::Expected<std::string, base::UserError> find_data_folder(const std::string& given) {
  constexpr const char* kSettings = "weir.toml";
  if (!given.empty()) return given;
  std::error_code ignored;
  if (!std::filesystem::exists(kSettings, ignored)) return state::Settings{}.data;
  const auto settings = state::read_settings(kSettings);
  if (!settings) return base::Unexpected(settings.error().front());
  return settings->data;
}

}  // namespace weir
