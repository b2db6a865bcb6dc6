#pragma once

#include <functional>
#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "know/interfaces.h"
#include "know/names.h"
#include "serve/export/export.h"

namespace serve {

// Called once with addresses that an answer showed, kShownMax at most.
using ShownAddresses = std::function<void(std::span<const flow::Address>)>;
inline constexpr std::size_t kShownMax = 1'000;

// Where the columns of names stand.
enum class NamePlace : std::uint8_t { BesideAddress, AtEnd };

// Gives each column of addresses one of names, "src_name" for "src"; a row whose address has none
// has no value there. Where a column says the exporter, interfaces have names too ("in_if_name"),
// as far as `interfaces` is there. `inner` writes the rest.
std::unique_ptr<AnswerWriter> with_names(
    std::unique_ptr<AnswerWriter> inner, std::shared_ptr<const know::Names> names, NamePlace place,
    ShownAddresses shown = {}, std::shared_ptr<const know::Interfaces> interfaces = nullptr);

// For reading names stand beside their addresses; programs find the columns they know where they
// were.
NamePlace name_place(Format format);

}  // namespace serve
