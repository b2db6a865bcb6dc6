#include "serve/api/http.h"

#include <fmt/format.h>

#include "base/json_text.h"
namespace serve {
namespace {

std::optional<unsigned> hex_digit(char digit) {
  if (digit >= '0' && digit <= '9') return static_cast<unsigned>(digit - '0');
  if (digit >= 'a' && digit <= 'f') return static_cast<unsigned>(digit - 'a') + 10;
  if (digit >= 'A' && digit <= 'F') return static_cast<unsigned>(digit - 'A') + 10;
  return std::nullopt;
}

// Percent and plus signs decoded; empty: a percent sign without two hexadecimal digits, or an octet
// 0, which no name or value of ours may hold.
std::optional<std::string> decode(std::string_view text) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    char octet = text[i] == '+' ? ' ' : text[i];
    if (octet == '%') {
      if (text.size() - i < 3) return std::nullopt;
      const auto high = hex_digit(text[i + 1]);
      const auto low = hex_digit(text[i + 2]);
      if (!high || !low) return std::nullopt;
      octet = static_cast<char>(*high << 4 | *low);
      i += 2;
    }
    if (octet == '\0') return std::nullopt;
    decoded.push_back(octet);
  }
  return decoded;
}

std::string_view trim(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

}  // namespace

std::string_view to_text(Method method) {
  switch (method) {
    case Method::Get:
      return "GET";
    case Method::Post:
      return "POST";
    case Method::Put:
      return "PUT";
    case Method::Delete:
      return "DELETE";
    case Method::Other:
      return "other";
  }
  return {};
}

base::Expected<Parameters, base::UserError> Parameters::parse(std::string_view query) {
  Parameters parameters;
  while (!query.empty()) {
    const std::size_t end = query.find('&');
    const std::string_view piece = query.substr(0, end);
    query = end == std::string_view::npos ? std::string_view{} : query.substr(end + 1);
    if (piece.empty()) continue;

    if (parameters.all_.size() == kParametersMax) {
      return base::Unexpected(base::UserError{
          "URL", fmt::format("expected at most {} parameters, more came", kParametersMax), ""});
    }
    const std::size_t equals = piece.find('=');
    auto name = decode(piece.substr(0, equals));
    auto value =
        decode(equals == std::string_view::npos ? std::string_view{} : piece.substr(equals + 1));
    if (!name || !value) {
      return base::Unexpected(base::UserError{
          "URL", fmt::format("expected % and two hexadecimal digits other than 00 in '{}'", piece),
          "write a percent sign itself as %25"});
    }
    parameters.all_.emplace_back(std::move(*name), std::move(*value));
  }
  return parameters;
}

std::optional<std::string_view> Parameters::find(std::string_view name) const {
  for (const auto& [known, value] : all_) {
    if (known == name) return value;
  }
  return std::nullopt;
}

std::string_view Request::header(std::string_view name) const {
  for (const auto& [known, value] : headers) {
    if (known == name) return value;
  }
  return {};
}

std::optional<std::string_view> find_cookie(std::string_view header, std::string_view name) {
  while (!header.empty()) {
    const std::size_t end = header.find(';');
    const std::string_view piece = header.substr(0, end);
    header = end == std::string_view::npos ? std::string_view{} : header.substr(end + 1);

    const std::size_t equals = piece.find('=');
    if (equals == std::string_view::npos) continue;
    if (trim(piece.substr(0, equals)) == name) return trim(piece.substr(equals + 1));
  }
  return std::nullopt;
}

std::string_view status_text(int status) {
  switch (status) {
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 204:
      return "No Content";
    case 304:
      return "Not Modified";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 413:
      return "Payload Too Large";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 503:
      return "Service Unavailable";
    default:
      return "";
  }
}

Response error_response(int status, const base::UserError& error, std::optional<Span> span) {
  std::string body = R"({"error":{"where":)";
  base::append_json_string(body, error.where);
  body += R"(,"what":)";
  base::append_json_string(body, error.what);
  body += R"(,"hint":)";
  base::append_json_string(body, error.hint);
  if (span) body += fmt::format(R"(,"from":{},"to":{})", span->from, span->to);
  body += "}}\n";
  return {.status = status, .body = std::move(body)};
}

}  // namespace serve
