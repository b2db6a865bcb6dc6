#include "serve/api/schemas.h"

#include <fmt/format.h>

#include <boost/json.hpp>
#include <string>
#include <vector>

#include "flow/columns.h"
#include "flow/ledger.h"
#include "query/plan/plan.h"

namespace serve {
namespace {

namespace json = boost::json;

// All that does not follow from a table. "optional" is ours: the properties that may be absent;
// every other is required, and none but those listed may come.
constexpr std::string_view kShapes = R"json({
"Error": {"properties": {"error": {"$ref": "ErrorText"}}},
"ErrorText": {"properties": {
  "where": {"type": "string", "description": "the parameter, header or body member; may be empty"},
  "what": {"type": "string", "description": "what was expected and what came"},
  "hint": {"type": "string", "description": "what to do about it; may be empty"},
  "from": {"type": "integer", "description": "first octet of the filter's text that is wrong"},
  "to": {"type": "integer", "description": "the octet after the last"}},
  "optional": ["from", "to"]},
"Health": {"properties": {
  "status": {"type": "string", "enum": ["ok", "starting"]},
  "replaying": {"type": "boolean", "description": "the journal is being replayed: more will come"}}},
"OpenApi": {"properties": {
  "openapi": {"type": "string"}, "info": {"type": "object"}, "paths": {"type": "object"},
  "components": {"type": "object"}}},
"Pulse": {"properties": {
  "now": {"$ref": "Time"},
  "started": {"$ref": "Time"},
  "datagrams": {"type": "integer", "description": "received on all ports since the start"},
  "flows": {"type": "integer", "description": "decoded since the start"},
  "exporters": {"type": "integer"},
  "replaying": {"type": "boolean"}}},
"Diagnosis": {"properties": {
  "now": {"$ref": "Time"},
  "started": {"$ref": "Time"},
  "replaying": {"type": "boolean"},
  "address": {"type": "string", "description": "of this machine, as exporters should be told it: the one that is listened on, else the one this client reached it by; empty: it has none but loopback"},
  "address_is_loopback": {"type": "boolean", "description": "only loopback is listened on: no other machine reaches it"},
  "address_from_dhcp": {"type": "boolean", "description": "it was lent for a time: reserve it in the router"},
  "addresses": {"type": "array", "items": {"$ref": "MachineAddress"}},
  "datagrams": {"type": "integer", "description": "received on all ports since the start"},
  "flows": {"type": "integer", "description": "decoded since the start"},
  "ports": {"type": "array", "items": {"$ref": "ListeningPort"}},
  "senders": {"type": "array", "items": {"$ref": "Sender"}},
  "findings": {"type": "array", "items": {"$ref": "Finding"}},
  "networks": {"type": "array", "items": {"type": "string"}, "description": "that a person said are local, besides the private ones"},
  "networks_changeable": {"type": "boolean", "description": "false: weir.toml has them"}}},
"MachineAddress": {"properties": {
  "address": {"type": "string"},
  "interface": {"type": "string"},
  "from_dhcp": {"type": "boolean"}}},
"ListeningPort": {"properties": {
  "address": {"type": "string"},
  "port": {"type": "integer"},
  "bound": {"type": "boolean"},
  "problem": {"type": "string"},
  "holder": {"type": "string", "description": "who has it instead; empty: not known"},
  "changeable": {"type": "boolean", "description": "false: weir.toml or the command line has it"},
  "datagrams": {"type": "integer"}}},
"Sender": {"properties": {
  "exporter": {"type": "string"},
  "name": {"type": "string", "description": "that a person gave it"},
  "datagrams": {"type": "integer"},
  "flows": {"type": "integer"},
  "last_seen": {"$ref": "Time"},
  "packets": {"$ref": "Light"},
  "understood": {"$ref": "Light"},
  "template": {"$ref": "Light"},
  "stored": {"$ref": "Light"}},
  "optional": ["name"]},
"Light": {"type": "string", "enum": ["waiting", "good", "trouble"]},
"Finding": {"properties": {
  "state": {"$ref": "FindingState"},
  "level": {"type": "string", "enum": ["wait", "note", "trouble"]},
  "what": {"type": "string", "description": "a sentence"},
  "hint": {"type": "string", "description": "what to do about it; may be empty"},
  "exporter": {"type": "string"},
  "port": {"type": "integer"},
  "count": {"type": "integer", "description": "that the sentence speaks of: sets, ms of skew, datagrams"},
  "missing": {"type": "array", "items": {"type": "string"}, "description": "fields that the template lacks"}},
  "optional": ["exporter", "port", "count", "missing"]},
"FindingState": {"type": "string", "enum": ["port_taken", "silence", "not_flow_data", "sflow_not_read",
  "no_template", "options_only", "fields_missing", "sampling_unknown", "clock_skew",
  "lost_on_the_way", "lost_here", "sender_refused", "exporter_silent", "not_journalled",
  "name_server_silent", "name_not_understood", "names_file_wrong", "places_file_wrong",
  "site_log_missing", "site_log_not_understood", "site_log_silent", "sites_cut"]},
"Settings": {"properties": {
  "listen": {"type": "array", "items": {"type": "string"}},
  "networks": {"type": "array", "items": {"type": "string"}},
  "learn": {"type": "boolean", "description": "senders that are not in allow are taken too"},
  "allow": {"type": "array", "items": {"type": "string"}},
  "deny": {"type": "array", "items": {"type": "string"}},
  "exporters": {"type": "array", "items": {"$ref": "NamedExporter"}},
  "sampling": {"type": "array", "items": {"$ref": "SetSampling"}},
  "locked": {"type": "array", "items": {"type": "string"}, "description": "keys that weir.toml or the command line has"}}},
"NamedExporter": {"properties": {
  "exporter": {"type": "string"}, "name": {"type": "string"}, "network": {"type": "string"}},
  "optional": ["name", "network"]},
"SetSampling": {"description": "wins over what these exporters say; of several the longest prefix", "properties": {
  "exporters": {"type": "string", "description": "a network; one exporter is one of all its address's bits"},
  "rate": {"type": "integer", "description": "they look at 1 packet in so many"}}},
"TableWarning": {"properties": {
  "line": {"type": "integer", "description": "from 1"},
  "item": {"type": "string", "description": "what of the line"},
  "reason": {"type": "string"}}},
"Services": {"properties": {
  "file": {"type": "string", "description": "where the user's lines stand"},
  "locked": {"type": "boolean", "description": "weir.toml names the file: it is edited there"},
  "problem": {"type": "string", "description": "why the file as it is now does not hold; the text is the last that did"},
  "text": {"type": "string"},
  "warnings": {"type": "array", "items": {"$ref": "TableWarning"}},
  "warnings_left_out": {"type": "integer"},
  "services": {"type": "array", "items": {"$ref": "Service"}, "description": "the user's lines, then ours; of one port the first counts"}},
  "optional": ["problem"]},
"Service": {"properties": {
  "name": {"type": "string"}, "port": {"type": "integer"},
  "transport": {"type": "string", "enum": ["tcp", "udp", "both"]},
  "own": {"type": "boolean", "description": "of the user's file"},
  "aliases": {"type": "array", "items": {"type": "string"}},
  "description": {"type": "string"}},
  "optional": ["description"]},
"Protocols": {"properties": {
  "file": {"type": "string", "description": "where the list stands"},
  "locked": {"type": "boolean", "description": "weir.toml names the file: it is edited there"},
  "problem": {"type": "string", "description": "why the file as it is now does not hold; the text is the last that did"},
  "text": {"type": "string"},
  "warnings": {"type": "array", "items": {"$ref": "TableWarning"}},
  "warnings_left_out": {"type": "integer"},
  "own": {"type": "boolean", "description": "the list is the user's; else it is the default one, by which flows are not named"},
  "default": {"type": "string", "description": "the text of the default list"},
  "protocols": {"type": "array", "items": {"$ref": "Protocol"}}},
  "optional": ["problem"]},
"Protocol": {"properties": {
  "name": {"type": "string"},
  "items": {"type": "array", "items": {"type": "string"}, "description": "those that mean a port, and -1"},
  "ports": {"type": "array", "items": {"type": "string"}, "description": "that are this entry's: 80, 6881-6999, 53/udp"}}},
"TextBody": {"properties": {"text": {"type": "string"}}},
"TablesCheckBody": {"properties": {"services": {"type": "string"}, "protocols": {"type": "string"}}},
"TablesCheck": {"properties": {"services": {"$ref": "ServicesCheck"}, "protocols": {"$ref": "ProtocolsCheck"}}},
"ServicesCheck": {"properties": {
  "warnings": {"type": "array", "items": {"$ref": "TableWarning"}},
  "warnings_left_out": {"type": "integer"},
  "lines": {"type": "integer", "description": "that were understood"}}},
"ProtocolsCheck": {"properties": {
  "warnings": {"type": "array", "items": {"$ref": "TableWarning"}},
  "warnings_left_out": {"type": "integer"},
  "own": {"type": "boolean"},
  "protocols": {"type": "array", "items": {"$ref": "Protocol"}}}},
"PortBody": {"properties": {"port": {"type": "integer"}}},
"NetworksBody": {"properties": {"local": {"type": "array", "items": {"type": "string"}}}},
"SendersBody": {"properties": {
  "learn": {"type": "boolean"},
  "allow": {"type": "array", "items": {"type": "string"}},
  "deny": {"type": "array", "items": {"type": "string"}}},
  "optional": ["learn", "allow", "deny"]},
"Host": {"properties": {
  "address": {"type": "string"},
  "local": {"type": "boolean"},
  "name": {"type": "string", "description": "what it is called now; absent: nobody has said"},
  "origin": {"$ref": "NameOrigin"},
  "names": {"type": "array", "items": {"$ref": "HostName"}, "description": "those that stand first"},
  "place": {"$ref": "Place"}},
  "optional": ["name", "origin", "place"]},
"Place": {"description": "where a remote address is", "properties": {
  "country": {"type": "string", "description": "ISO 3166-1 alpha-2"},
  "city": {"type": "string"},
  "as": {"type": "integer", "description": "by the file of ASes"},
  "as_name": {"type": "string"},
  "links": {"type": "array", "items": {"$ref": "PlaceLink"}, "description": "pages that know more; nobody goes there by himself"}},
  "optional": ["country", "city", "as", "as_name"]},
"PlaceLink": {"properties": {"name": {"type": "string"}, "url": {"type": "string"}}},
"HostName": {"properties": {
  "name": {"type": "string"},
  "origin": {"$ref": "NameOrigin"},
  "since": {"$ref": "Time"},
  "confirmed": {"type": "integer", "description": "Unix milliseconds: when its origin last said so"},
  "until": {"type": "integer", "description": "Unix milliseconds: since when its origin says otherwise; absent: it stands"}},
  "optional": ["until"]},
"NameOrigin": {"type": "string", "enum": ["person", "hosts", "dhcp", "dns"], "description": "who said it; the first of these that has a name wins"},
"HostNameBody": {"properties": {"name": {"type": "string", "description": "empty: none any more"}}},
"ExporterBody": {"properties": {
  "name": {"type": "string", "description": "empty: none any more"},
  "network": {"type": "string", "description": "that it stands before, such as 192.168.1.0/24; empty: none any more"},
  "sampling": {"type": "integer", "description": "it looks at 1 packet in so many, whatever it says; of flows from now on; 0: what it says counts again"}},
  "optional": ["name", "network", "sampling"]},
"SetupState": {"properties": {"has_admin": {"type": "boolean"}}},
"SetupBody": {"properties": {
  "code": {"type": "string"}, "name": {"type": "string"}, "password": {"type": "string"}}},
"SessionBody": {"properties": {"name": {"type": "string"}, "password": {"type": "string"}}},
"Session": {"properties": {
  "name": {"type": "string"}, "role": {"$ref": "Role"},
  "csrf": {"type": "string", "description": "to be sent as X-Weir-CSRF with every change"},
  "expires": {"$ref": "Time"},
  "zone": {"type": "string", "description": "the server's time zone, as IANA names it: ranges without Z are in it"},
  "demo": {"type": "boolean", "description": "true: all flows of this server are made up"}},
  "optional": ["csrf", "expires", "demo"]},
"Role": {"type": "string", "enum": ["admin", "viewer"]},
"Time": {"type": "integer", "description": "Unix milliseconds"},
"TokenBody": {"properties": {"name": {"type": "string"}, "role": {"$ref": "Role"}},
  "optional": ["role"]},
"Token": {"properties": {
  "id": {"type": "integer"}, "name": {"type": "string"}, "role": {"$ref": "Role"},
  "created": {"$ref": "Time"},
  "token": {"type": "string", "description": "only in the answer that creates it"}},
  "optional": ["token"]},
"Tokens": {"properties": {"tokens": {"type": "array", "items": {"$ref": "Token"}}}},
"Range": {"properties": {"from": {"$ref": "Time"}, "to": {"$ref": "Time"}}},
"Query": {"properties": {
  "rows": {"type": "array", "items": {"$ref": "Row"}},
  "totals": {"$ref": "Metrics"}, "rest": {"$ref": "Rest"}, "bound": {"$ref": "Metrics"},
  "range": {"$ref": "Range"},
  "step": {"type": "integer", "description": "milliseconds"},
  "calendar": {"type": "string", "enum": ["day", "week", "month"], "description": "instead of step"},
  "filter": {"type": "string", "description": "canonical"},
  "tier": {"type": "string"}, "exact": {"type": "boolean"},
  "kept_from": {"$ref": "Time"},
  "counted_only": {"type": "boolean"}, "removed_bytes": {"type": "integer"},
  "replaying": {"type": "boolean"},
  "loss": {"$ref": "Loss"}},
  "optional": ["totals", "rest", "bound", "step", "calendar", "kept_from"]},
"Loss": {"properties": {
  "sequence_gap": {"type": "integer"}, "not_counted": {"type": "integer"},
  "minutes": {"type": "integer", "description": "minutes times exporters with either"}}},
"Filter": {"properties": {
  "canonical": {"type": ["string", "null"], "description": "null: the text has errors"},
  "ast": {"$ref": "FilterTree"},
  "chips": {"type": "array", "items": {"$ref": "FilterChip"}},
  "errors": {"type": "array", "items": {"$ref": "FilterError"}},
  "completions": {"type": "array", "items": {"$ref": "FilterCompletion"}}}},
"FilterTree": {"type": ["object", "null"], "properties": {
  "and": {"type": "array", "items": {"$ref": "FilterTree"}},
  "or": {"type": "array", "items": {"$ref": "FilterTree"}},
  "not": {"$ref": "FilterTree"},
  "condition": {"type": "string"},
  "subjects": {"type": "array", "items": {"type": "string"}}},
  "optional": ["and", "or", "not", "condition", "subjects"]},
"FilterChip": {"properties": {"text": {"type": "string"}, "negated": {"type": "boolean"}}},
"FilterError": {"properties": {
  "from": {"type": "integer"}, "to": {"type": "integer"},
  "msg": {"type": "string"}, "hint": {"type": "string"}}},
"FilterCompletion": {"properties": {
  "insert": {"type": "string"}, "label": {"type": "string"}, "detail": {"type": "string"}}},
"Ledger": {"properties": {
  "range": {"$ref": "Range"}, "sums": {"$ref": "Counts"},
  "exporters": {"type": "array", "items": {"$ref": "ExporterCounts"}},
  "exporters_left_out": {"type": "integer", "description": "over 5,000, those with the fewest datagrams; sums has them"},
  "minutes": {"type": "array", "items": {"$ref": "MinuteCounts"}},
  "minutes_from": {"type": "integer", "description": "where the list begins: at the range's start, or later where it would be too long"},
  "reasons": {"type": "array", "items": {"$ref": "Reason"}},
  "receive": {"$ref": "Receive"}, "store": {"$ref": "Store"}}},
"Reason": {"properties": {
  "reason": {"type": "string"}, "unit": {"type": "string"}, "meaning": {"type": "string"}}},
"Receive": {"properties": {
  "ports": {"type": "array", "items": {"$ref": "Port"}},
  "former_ports": {"$ref": "FormerPorts"},
  "refused_senders": {"type": "integer"}, "unknown_versions": {"type": "integer"},
  "worker_channel_full": {"type": "integer"}, "journal_refused": {"type": "integer"},
  "journal_problem": {"type": "string", "description": "why datagrams cannot be journalled now; empty: they can"},
  "segments_waiting": {"type": "integer"}, "replaying": {"type": "boolean"},
  "last_refused": {"$ref": "RefusedDatagram"}}},
"RefusedDatagram": {"properties": {
  "time": {"$ref": "Time"}, "sender": {"type": "string"}, "port": {"type": "integer"},
  "reason": {"type": "string", "description": "empty: none was refused"},
  "first_octets": {"type": "string", "description": "hexadecimal"}}},
"Port": {"properties": {
  "address": {"type": "string"}, "bound": {"type": "boolean"}, "problem": {"type": "string"},
  "datagrams": {"type": "integer"}, "octets": {"type": "integer"},
  "kernel_drops": {"type": "integer"}, "truncated": {"type": "integer"},
  "receive_buffer_octets": {"type": "integer"}}},
"FormerPorts": {"description": "what came on ports that are listened on no more", "properties": {
  "datagrams": {"type": "integer"}, "octets": {"type": "integer"},
  "kernel_drops": {"type": "integer"}, "truncated": {"type": "integer"}}},
"Store": {"properties": {
  "parts_set_aside": {"type": "array", "items": {"$ref": "DamagedPart"}},
  "segments_set_aside": {"type": "array", "items": {"type": "string"},
    "description": "since the start: which, what was wrong, and where it is kept"},
  "used_octets": {"type": "integer", "description": "disk taken by parts and journal"},
  "budget_octets": {"type": "integer", "description": "disk that may be taken"},
  "rows_dropped_by_retention": {"type": "integer"},
  "rows_refused": {"type": "integer"}, "commits_failed": {"type": "integer"},
  "last_problem": {"type": "string", "description": "empty: none"}}},
"DamagedPart": {"properties": {
  "name": {"type": "string"}, "rows": {"type": "integer"},
  "min_received": {"$ref": "Time"}, "max_received": {"$ref": "Time"}}},
"Conversations": {"properties": {
  "range": {"$ref": "Range"},
  "read_from": {"$ref": "Time"},
  "sessions": {"type": "array", "items": {"$ref": "Conversation"}},
  "found": {"type": "integer", "description": "all of them, also those that top cut"},
  "active": {"type": "integer", "description": "how many of all go on"},
  "flows_read": {"type": "integer"},
  "whole": {"type": "boolean", "description": "false: the range has more flows than are read; read_from tells where reading began"}}},
"Conversation": {"properties": {
  "client": {"type": "string"}, "server": {"type": "string"},
  "client_name": {"type": "string"}, "server_name": {"type": "string"},
  "client_port": {"type": "integer"}, "server_port": {"type": "integer"},
  "protocol": {"type": "integer"}, "app": {"type": "string"},
  "start": {"$ref": "Time"}, "last": {"$ref": "Time"},
  "active": {"type": "boolean", "description": "its exporter reported it within its learned timeouts, and nothing says that it ended"},
  "ended_by": {"type": "string", "enum": ["fin", "rst", "exporter", "idle", "silence"]},
  "sent_bytes": {"type": "integer", "description": "client to server"},
  "received_bytes": {"type": "integer", "description": "server to client"},
  "sent_packets": {"type": "integer"}, "received_packets": {"type": "integer"},
  "sent_bits_per_s": {"type": "integer", "description": "in the last report; only while active"},
  "received_bits_per_s": {"type": "integer"},
  "flows": {"type": "integer", "description": "that it is made of"},
  "exporter": {"type": "string"}},
  "optional": ["client_name", "server_name", "client_port", "server_port", "app", "ended_by",
    "sent_bits_per_s", "received_bits_per_s"]},
"Exporters": {"properties": {
  "range": {"$ref": "Range"}, "exporters": {"type": "array", "items": {"$ref": "Exporter"}},
  "exporters_left_out": {"type": "integer", "description": "over 5,000, those with the fewest datagrams in the range"},
  "refused": {"type": "array", "items": {"$ref": "RefusedSender"},
    "description": "who sends and is not taken, as allow and deny say: the busiest first"},
  "refused_datagrams": {"type": "integer", "description": "of all of them, since the start"},
  "reasons": {"type": "array", "items": {"$ref": "Reason"}, "description": "why something is not counted"},
  "templates_left_out": {"type": "integer",
    "description": "templates that are known and had no room in the answer"}}},
"RefusedSender": {"properties": {
  "sender": {"type": "string"}, "name": {"type": "string"},
  "datagrams": {"type": "integer", "description": "since the start; at least, where many send"},
  "port": {"type": "integer", "description": "that the last one was sent to"},
  "last_seen": {"$ref": "Time"}},
  "optional": ["name"]},
"Exporter": {"properties": {
  "exporter": {"type": "string"}, "name": {"type": "string"}, "in_range": {"$ref": "Counts"},
  "versions": {"$ref": "Versions"}, "first_seen": {"$ref": "Time"}, "last_seen": {"$ref": "Time"},
  "clock_skew_ms": {"type": "integer"}, "pending_sets": {"type": "integer"},
  "pending_octets": {"type": "integer"},
  "not_kept": {"type": "integer", "description": "samplers and observation domains over their caps"},
  "interfaces_not_kept": {"type": "integer", "description": "interfaces it named, over their cap"},
  "interface_names_cut": {"type": "integer", "description": "names and descriptions of them that were longer than is kept"},
  "flows_per_s": {"type": "number", "description": "in the last full minute and the one under way"},
  "active_timeout_ms": {"type": "integer", "description": "learned from its flows: how often it reports one that goes on"},
  "inactive_timeout_ms": {"type": "integer", "description": "learned from its flows: after what silence it ends one"},
  "since_start": {"$ref": "Counts"},
  "templates": {"type": "array", "items": {"$ref": "Template"}},
  "sampling": {"type": "array", "items": {"$ref": "Sampling"}}},
  "optional": ["name", "versions", "first_seen", "last_seen", "clock_skew_ms", "pending_sets",
    "pending_octets", "not_kept", "interfaces_not_kept", "interface_names_cut", "active_timeout_ms", "inactive_timeout_ms", "since_start",
    "templates", "sampling"]},
"Interfaces": {"properties": {
  "range": {"$ref": "Range"},
  "interfaces": {"type": "array", "items": {"$ref": "Interface"}, "description": "by exporter and index"},
  "interfaces_left_out": {"type": "integer", "description": "over 5,000, those that carried least"},
  "changeable": {"type": "boolean", "description": "false: weir.toml has what a person says"},
  "agents": {"type": "array", "items": {"$ref": "SnmpAgent"}, "description": "that are asked by SNMP"},
  "agents_changeable": {"type": "boolean", "description": "false: weir.toml has them"}}},
"Interface": {"properties": {
  "exporter": {"type": "string"},
  "exporter_name": {"type": "string"},
  "index": {"type": "integer", "description": "ifIndex; 0: the exporter names no interface"},
  "name": {"type": "string", "description": "absent: nobody said one"},
  "origin": {"$ref": "InterfaceOrigin"},
  "since": {"type": "integer", "description": "Unix milliseconds: since when the number has been called so; flows of before keep their number"},
  "confirmed": {"type": "integer", "description": "Unix milliseconds: when its origin last said so"},
  "alias": {"type": "string"},
  "speed_bits_per_s": {"type": "integer"},
  "role": {"$ref": "InterfaceRole"},
  "suggested_role": {"$ref": "InterfaceRole"},
  "in_bytes": {"type": "integer", "description": "that it received, as the flows tell"},
  "out_bytes": {"type": "integer"},
  "in_packets": {"type": "integer"}, "out_packets": {"type": "integer"},
  "in_flows": {"type": "integer"}, "out_flows": {"type": "integer"},
  "in_utilisation": {"type": "number", "description": "of 1, on average over the range"},
  "out_utilisation": {"type": "number"},
  "counted_in_bytes": {"type": "integer", "description": "by the interface itself, from counted_from to counted_to"},
  "counted_out_bytes": {"type": "integer"},
  "counted_from": {"$ref": "Time"}, "counted_to": {"$ref": "Time"},
  "gap": {"type": "number", "description": "of 1: what of the counted octets the flows do not tell of"},
  "former": {"type": "array", "items": {"$ref": "FormerInterface"}, "description": "what the number meant before"},
  "moved_from": {"type": "integer", "description": "the number that had this name before"}},
  "optional": ["exporter_name", "name", "origin", "since", "confirmed", "alias", "speed_bits_per_s",
    "role", "suggested_role", "in_utilisation", "out_utilisation", "counted_in_bytes",
    "counted_out_bytes", "counted_from", "counted_to", "gap", "former", "moved_from"]},
"FormerInterface": {"properties": {
  "name": {"type": "string"}, "origin": {"$ref": "InterfaceOrigin"},
  "since": {"$ref": "Time"}, "until": {"$ref": "Time"}}},
"InterfaceOrigin": {"type": "string", "enum": ["person", "snmp", "options"], "description": "who said the name; the first of these that has one wins"},
"InterfaceRole": {"type": "string", "enum": ["wan", "lan", "peer"], "description": "what stands behind it: the Internet, own networks, another network's router"},
"InterfaceBody": {"properties": {
  "index": {"type": "integer", "description": "ifIndex"},
  "name": {"type": "string", "description": "empty: none any more; absent: as it is"},
  "role": {"type": "string", "enum": ["wan", "lan", "peer", ""], "description": "empty: none any more"},
  "speed": {"type": "integer", "description": "bits a second; 0: none any more"}},
  "optional": ["name", "role", "speed"]},
"SnmpAgent": {"properties": {
  "exporter": {"type": "string"},
  "version": {"type": "string", "enum": ["v2c", "v3"]},
  "state": {"type": "string", "enum": ["waiting", "good", "trouble", "paused"], "description": "paused: it failed so often that it is asked seldom"},
  "problem": {"type": "string", "description": "why it did not answer the last time"},
  "answered": {"type": "integer", "description": "Unix milliseconds: last; absent: not since the start"},
  "next": {"$ref": "Time"},
  "interfaces": {"type": "integer", "description": "it told of the last time"},
  "cut": {"type": "boolean", "description": "it has more than are kept"}},
  "optional": ["problem", "answered"]},
"SnmpBody": {"description": "without community and user: it is asked no more", "properties": {
  "community": {"type": "string", "description": "v2c"},
  "user": {"type": "string", "description": "v3"},
  "auth": {"type": "string", "enum": ["sha", "sha256", "md5"]},
  "auth_password": {"type": "string"},
  "privacy": {"type": "string", "enum": ["aes", "des"]},
  "privacy_password": {"type": "string"},
  "port": {"type": "integer", "description": "161 when absent"}},
  "optional": ["community", "user", "auth", "auth_password", "privacy", "privacy_password", "port"]},
"Versions": {"properties": {
  "v5": {"type": "integer"}, "v9": {"type": "integer"}, "ipfix": {"type": "integer"},
  "other": {"type": "integer"}}},
"Template": {"properties": {
  "domain": {"type": "integer"}, "id": {"type": "integer"}, "options": {"type": "boolean"},
  "learned": {"$ref": "Time"}, "fields": {"type": "array", "items": {"type": "string"}}}},
"Sampling": {"properties": {
  "domain": {"type": "integer"}, "sampler": {"type": "integer"}, "rate": {"type": "integer"},
  "source": {"type": "string"}}}
})json";

constexpr std::string_view kCounts[] = {
    "datagrams", "octets",    "records",       "flows",         "options",
    "events",    "templates", "sequence_sent", "sequence_gap",  "sequence_received",
    "reordered", "repeated",  "restarts",      "spread_clamped"};
constexpr query::Metric kMetrics[] = {query::Metric::Bytes,      query::Metric::Packets,
                                      query::Metric::Flows,      query::Metric::RawBytes,
                                      query::Metric::RawPackets, query::Metric::RawFlows};

json::object typed(std::string_view type) {
  return {{"type", type}};
}

json::object column_schema(const flow::ColumnSpec& column) {
  using flow::ColumnType;
  std::string_view type = "integer";
  if (column.type == ColumnType::Address || column.type == ColumnType::Mac ||
      column.type == ColumnType::Name || column.type == ColumnType::Word) {
    type = "string";
  }
  if (column.type == ColumnType::Flag) type = "boolean";
  return {{"type", type}, {"description", column.meaning}};
}

// A row has what was asked for and said: any of the columns, any of the metrics.
json::object row_shape() {
  json::object properties{{"time", {{"$ref", "Time"}}}};
  for (const flow::ColumnSpec& column : flow::kColumns) {
    properties[column.name] = column_schema(column);
    if (column.type == flow::ColumnType::Address) {
      properties[std::string(column.name) + "_name"] = {
          {"type", "string"}, {"description", fmt::format("of {}, where it has one", column.name)}};
    }
  }
  properties["host"] = {{"type", "string"}, {"description", "the local end"}};
  properties["host_name"] = {{"type", "string"}, {"description", "of host, where it has one"}};
  properties["if"] = {{"type", "integer"}, {"description", "ifIndex, ingress or egress"}};
  for (const std::string_view column : {"if", "in_if", "out_if"}) {
    properties[std::string(column) + "_name"] = {
        {"type", "string"},
        {"description",
         fmt::format("of {}, where it has one and the exporter is asked for too", column)}};
  }
  properties["dir"] = {{"type", "string"}, {"description", "in, out, local or transit"}};
  for (const query::Metric metric : kMetrics) properties[query::name_of(metric)] = typed("integer");
  json::array optional;
  for (const auto& member : properties) optional.push_back(json::value(member.key()));
  return {{"properties", std::move(properties)}, {"optional", std::move(optional)}};
}

json::object metrics_shape(bool with_groups) {
  json::object properties;
  json::array optional;
  for (const query::Metric metric : kMetrics) {
    properties[query::name_of(metric)] = typed("integer");
    optional.push_back(json::value(query::name_of(metric)));
  }
  if (with_groups) properties["groups"] = typed("integer");
  return {{"properties", std::move(properties)}, {"optional", std::move(optional)}};
}

json::object counts_shape(const std::vector<std::pair<std::string_view, json::object>>& more) {
  json::object properties;
  for (const std::string_view name : kCounts) properties[name] = typed("integer");
  properties["not_counted"] = {{"$ref", "NotCounted"}};
  for (const auto& [name, schema] : more) properties[name] = schema;
  return {{"properties", std::move(properties)}};
}

json::object not_counted_shape() {
  json::object properties;
  json::array optional;
  for (const flow::NotCountedSpec& spec : flow::kNotCounted) {
    properties[spec.name] = {{"type", "integer"}, {"description", spec.meaning}};
    optional.push_back(json::value(spec.name));
  }
  return {{"properties", std::move(properties)}, {"optional", std::move(optional)}};
}

// A shape as JSON Schema: references made whole, "optional" turned into "required".
json::value finished(const json::value& shape) {
  if (shape.is_array()) {
    json::array items;
    for (const json::value& item : shape.get_array()) items.push_back(finished(item));
    return items;
  }
  if (!shape.is_object()) return shape;
  json::object schema;
  for (const auto& member : shape.get_object()) {
    if (member.key() == "optional") continue;
    schema[member.key()] =
        member.key() == "$ref"
            ? json::value("#/components/schemas/" + std::string(member.value().get_string()))
            : finished(member.value());
  }
  const json::value* const properties = shape.get_object().if_contains("properties");
  if (properties == nullptr || schema.contains("additionalProperties")) return schema;
  if (!schema.contains("type")) schema["type"] = "object";
  schema["additionalProperties"] = false;
  const json::value* const optional = shape.get_object().if_contains("optional");
  json::array required;
  for (const auto& member : properties->get_object()) {
    const json::value name(member.key());
    bool may_be_absent = false;
    if (optional != nullptr) {
      for (const json::value& absent : optional->get_array()) {
        may_be_absent = may_be_absent || absent == name;
      }
    }
    if (!may_be_absent) required.push_back(name);
  }
  if (!required.empty()) schema["required"] = std::move(required);
  return schema;
}

json::object make_schemas() {
  json::object shapes = json::parse({kShapes.data(), kShapes.size()}).get_object();
  shapes["Row"] = row_shape();
  shapes["Metrics"] = metrics_shape(false);
  shapes["Rest"] = metrics_shape(true);
  shapes["NotCounted"] = not_counted_shape();
  shapes["Counts"] = counts_shape({});
  shapes["ExporterCounts"] = counts_shape({{"exporter", typed("string")}});
  shapes["MinuteCounts"] =
      counts_shape({{"exporter", typed("string")}, {"time", {{"$ref", "Time"}}}});
  json::object schemas;
  for (const auto& member : shapes) schemas[member.key()] = finished(member.value());
  return schemas;
}

}  // namespace

const json::object& schemas() {
  static const json::object made = make_schemas();
  return made;
}

}  // namespace serve
