#include <fmt/format.h>

#include <boost/json.hpp>

#include "base/log.h"
#include "serve/api/json_body.h"
#include "serve/api/routes.h"

// What an address is called, and what a person calls it.
namespace serve {
namespace {

namespace json = boost::json;

// The address of the path, whose colons may come as %3A; else the answer to that.
base::Expected<flow::Address, Response> address_of(const Call& call) {
  const auto decoded = Parameters::parse(fmt::format("x={}", call.path_end));
  const auto address =
      decoded ? flow::parse_address(decoded->find("x").value_or("")) : std::nullopt;
  if (address) return *address;
  return base::Unexpected(error_response(
      400, {"URL", fmt::format("expected an address, '{}' came", call.path_end), ""}));
}

json::object record_json(const know::NameRecord& record) {
  json::object told{{"name", record.name},
                    {"origin", to_text(record.origin)},
                    {"since", record.since},
                    {"confirmed", record.confirmed}};
  if (record.until) told["until"] = *record.until;
  return told;
}

json::object place_json(const know::PlaceOfHost& place) {
  json::object told;
  if (!place.country.empty()) told["country"] = place.country;
  if (!place.city.empty()) told["city"] = place.city;
  if (place.as != 0) told["as"] = place.as;
  if (!place.as_name.empty()) told["as_name"] = place.as_name;
  json::array links;
  for (const know::PlaceLink& link : place.links) {
    links.push_back(json::object{{"name", link.name}, {"url", link.url}});
  }
  told["links"] = std::move(links);
  return told;
}

}  // namespace

std::optional<Response> get_host(Api& api, const Call& call) {
  const auto address = address_of(call);
  if (!address) return address.error();
  api.show(std::span(&*address, 1), call.now);
  json::array names;
  for (const know::NameRecord& record : api.sources().names.history(*address)) {
    names.push_back(record_json(record));
  }
  const bool is_local = api.sources().networks.get()->is_local(*address);
  json::object told{
      {"address", flow::to_text(*address)}, {"local", is_local}, {"names", std::move(names)}};
  if (!is_local) told["place"] = place_json(api.sources().places.of(*address));
  const auto present = api.sources().names.names(call.now);
  if (const know::Named* named = present->find(*address)) {
    told["name"] = named->name;
    told["origin"] = to_text(named->origin);
  }
  return json_response(200, told);
}

std::optional<Response> put_host_name(Api& api, const Call& call) {
  const auto address = address_of(call);
  if (!address) return address.error();
  const auto body = parse_body(call.request.body, {"name"});
  if (!body) return error_response(400, body.error());
  const auto done =
      api.sources().names.set_by_person(*address, body->find("name")->second, call.now);
  if (done) return Response{.status = 204, .content_type = ""};
  if (const auto* refused = std::get_if<base::UserError>(&done.error())) {
    return error_response(400, *refused);
  }
  spdlog::error("names: {}", base::to_text(std::get<base::IoError>(done.error())));
  return error_response(503, {"state.db", "could not be written", "see the server's log"});
}

}  // namespace serve
