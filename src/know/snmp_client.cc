#include "know/snmp_client.h"

#include <fmt/format.h>
// net-snmp's own order: its configuration first.
#include <net-snmp/net-snmp-config.h>
#include <net-snmp/net-snmp-includes.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

#include "know/text_table.h"

namespace know {
namespace {

using Oid = std::vector<oid>;

constexpr int kRepetitions = 20;  // rows of a column in one answer: some 1,000 octets
constexpr std::size_t kQuestionsMax = 1'000;

const Oid kUptime = {1, 3, 6, 1, 2, 1, 1, 3};
const Oid kIfDescr = {1, 3, 6, 1, 2, 1, 2, 2, 1, 2};
const Oid kIfName = {1, 3, 6, 1, 2, 1, 31, 1, 1, 1, 1};
const Oid kIfHcInOctets = {1, 3, 6, 1, 2, 1, 31, 1, 1, 1, 6};
const Oid kIfHcOutOctets = {1, 3, 6, 1, 2, 1, 31, 1, 1, 1, 10};
const Oid kIfHighSpeed = {1, 3, 6, 1, 2, 1, 31, 1, 1, 1, 15};
const Oid kIfAlias = {1, 3, 6, 1, 2, 1, 31, 1, 1, 1, 18};

// net-snmp reads no configuration of the machine and no MIBs, and writes nothing: what it would
// make folders for lies below what is no folder. What it logs goes nowhere.
void begin_net_snmp() {
  static std::once_flag once;
  std::call_once(once, [] {
    netsnmp_register_loghandler(NETSNMP_LOGHANDLER_NONE, LOG_DEBUG);
    netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_DONT_READ_CONFIGS, 1);
    netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_DISABLE_CONFIG_LOAD, 1);
    netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_DONT_PERSIST_STATE, 1);
    netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_DISABLE_PERSISTENT_LOAD, 1);
    netsnmp_ds_set_boolean(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_DISABLE_PERSISTENT_SAVE, 1);
    netsnmp_ds_set_string(NETSNMP_DS_LIBRARY_ID, NETSNMP_DS_LIB_MIBDIRS, "");
    set_persistent_directory("/dev/null");
    init_snmp("weir");
  });
}

std::string agent_text(const flow::Address& exporter, const state::SnmpSetting& setting) {
  const std::string host = flow::to_text(exporter);
  return exporter.is_v4() ? fmt::format("udp:{}:{}", host, setting.port)
                          : fmt::format("udp6:[{}]:{}", host, setting.port);
}

struct CloseSession {
  void operator()(void* session) const { snmp_sess_close(session); }
};
using Session = std::unique_ptr<void, CloseSession>;

struct FreePdu {
  void operator()(netsnmp_pdu* pdu) const { snmp_free_pdu(pdu); }
};
using Pdu = std::unique_ptr<netsnmp_pdu, FreePdu>;

template <std::size_t N>
void set_protocol(oid*& place, std::size_t& length, const std::array<oid, N>& value) {
  place = snmp_duplicate_objid(value.data(), value.size());
  length = value.size();
}

// The keys of RFC 3414, from the passwords; false: they are too short.
bool set_keys(const state::SnmpSetting& setting, netsnmp_session& session) {
  const auto sha = std::to_array<oid>({1, 3, 6, 1, 6, 3, 10, 1, 1, 3});
  const auto md5 = std::to_array<oid>({1, 3, 6, 1, 6, 3, 10, 1, 1, 2});
  const auto sha256 = std::to_array<oid>({1, 3, 6, 1, 6, 3, 10, 1, 1, 5});
  const auto aes = std::to_array<oid>({1, 3, 6, 1, 6, 3, 10, 1, 2, 4});
  const auto des = std::to_array<oid>({1, 3, 6, 1, 6, 3, 10, 1, 2, 2});
  const auto key_of = [&](const std::string& password, u_char* key, std::size_t& length) {
    const std::vector<u_char> octets(password.begin(), password.end());
    length = USM_AUTH_KU_LEN;
    return generate_Ku(session.securityAuthProto, static_cast<u_int>(session.securityAuthProtoLen),
                       octets.data(), octets.size(), key, &length) == SNMPERR_SUCCESS;
  };
  session.securityLevel = SNMP_SEC_LEVEL_NOAUTH;
  if (setting.auth_password.empty()) return true;
  session.securityLevel = SNMP_SEC_LEVEL_AUTHNOPRIV;
  if (setting.auth == "md5") {
    set_protocol(session.securityAuthProto, session.securityAuthProtoLen, md5);
  } else if (setting.auth == "sha256") {
    set_protocol(session.securityAuthProto, session.securityAuthProtoLen, sha256);
  } else {
    set_protocol(session.securityAuthProto, session.securityAuthProtoLen, sha);
  }
  if (!key_of(setting.auth_password, session.securityAuthKey, session.securityAuthKeyLen)) {
    return false;
  }
  if (setting.privacy_password.empty()) return true;
  session.securityLevel = SNMP_SEC_LEVEL_AUTHPRIV;
  if (setting.privacy == "des") {
    set_protocol(session.securityPrivProto, session.securityPrivProtoLen, des);
  } else {
    set_protocol(session.securityPrivProto, session.securityPrivProtoLen, aes);
  }
  return key_of(setting.privacy_password, session.securityPrivKey, session.securityPrivKeyLen);
}

base::Expected<Session, std::string> open_session(const flow::Address& exporter,
                                                  const state::SnmpSetting& setting) {
  netsnmp_session session;
  snmp_sess_init(&session);
  std::string peer = agent_text(exporter, setting);
  std::string user = setting.user;
  std::vector<u_char> community(setting.community.begin(), setting.community.end());
  session.peername = peer.data();
  session.timeout = kSnmpTimeoutMs * 1'000;
  session.retries = 1;
  if (setting.is_v3()) {
    session.version = SNMP_VERSION_3;
    session.securityModel = USM_SEC_MODEL_NUMBER;
    session.securityName = user.data();
    session.securityNameLen = user.size();
    const bool has_keys = set_keys(setting, session);
    const std::unique_ptr<oid, decltype(&std::free)> auth(session.securityAuthProto, &std::free);
    const std::unique_ptr<oid, decltype(&std::free)> priv(session.securityPrivProto, &std::free);
    if (!has_keys) {
      return base::Unexpected(std::string("the passwords make no keys: 8 characters at least"));
    }
    Session opened(snmp_sess_open(&session));
    if (!opened) return base::Unexpected(std::string("the agent says nothing, or not as v3"));
    return opened;
  }
  session.version = SNMP_VERSION_2c;
  session.community = community.data();
  session.community_len = community.size();
  Session opened(snmp_sess_open(&session));
  if (!opened) return base::Unexpected(fmt::format("no way to {}", peer));
  return opened;
}

// What came instead of an answer. snmp_sess_error() gives a text that is to be freed.
std::string trouble_of(void* session, int status) {
  if (status == STAT_TIMEOUT) return "the agent says nothing";
  char* text = nullptr;
  snmp_sess_error(session, nullptr, nullptr, &text);
  std::string told = text == nullptr ? "the question failed" : shown_text(text);
  std::free(text);
  return told;
}

std::span<const oid> name_of(const netsnmp_variable_list& one) {
  return {one.name, one.name_length};
}

bool is_below(std::span<const oid> name, const Oid& column) {
  return name.size() > column.size() && std::equal(column.begin(), column.end(), name.begin());
}

class Walker {
 public:
  using Take = std::function<void(std::span<const oid> index, const netsnmp_variable_list&)>;

  Walker(void* session, const base::Clock& clock, const std::function<bool()>& stopped)
      : session_(session),
        clock_(clock),
        stopped_(stopped),
        until_(clock.now_ms() + kSnmpWalkMaxMs) {}

  // Gives each value below `column` to `take`, with what of its name stands behind the column's.
  base::Expected<void, std::string> column(const Oid& column, int repetitions, const Take& take) {
    Oid last = column;
    for (bool goes_on = true; goes_on;) {
      if (stopped_()) return base::Unexpected(std::string("Weir is ending"));
      if (++questions_ > kQuestionsMax || clock_.now_ms() > until_) {
        return base::Unexpected(std::string("the agent does not come to an end"));
      }
      const auto answer = ask(last, repetitions);
      if (!answer) return base::Unexpected(answer.error());
      goes_on = take_all(**answer, column, last, take) && repetitions > 1;
    }
    return {};
  }

 private:
  base::Expected<Pdu, std::string> ask(const Oid& after, int repetitions) const {
    netsnmp_pdu* question = snmp_pdu_create(SNMP_MSG_GETBULK);
    question->non_repeaters = 0;
    question->max_repetitions = repetitions;
    snmp_add_null_var(question, after.data(), after.size());
    netsnmp_pdu* came = nullptr;
    const int status = snmp_sess_synch_response(session_, question, &came);
    Pdu answer(came);
    if (status != STAT_SUCCESS || !answer) return base::Unexpected(trouble_of(session_, status));
    if (answer->command == SNMP_MSG_REPORT) {
      return base::Unexpected(std::string("the agent refuses: user or password"));
    }
    if (answer->errstat != SNMP_ERR_NOERROR) {
      return base::Unexpected(fmt::format(
          "the agent refuses: {}", shown_text(snmp_errstring(static_cast<int>(answer->errstat)))));
    }
    return answer;
  }

  // True: there may be more. Names have to rise, or an agent could answer for ever.
  static bool take_all(const netsnmp_pdu& answer, const Oid& column, Oid& last, const Take& take) {
    bool is_further = false;
    for (const netsnmp_variable_list* one = answer.variables; one != nullptr;
         one = one->next_variable) {
      const auto name = name_of(*one);
      if (one->type == SNMP_ENDOFMIBVIEW || !is_below(name, column)) return false;
      if (!std::ranges::lexicographical_compare(last, name)) return false;
      last.assign(name.begin(), name.end());
      is_further = true;
      take(name.subspan(column.size()), *one);
    }
    return is_further;
  }

  void* session_;
  const base::Clock& clock_;
  const std::function<bool()>& stopped_;
  const base::UnixMs until_;
  std::size_t questions_ = 0;
};

std::optional<std::uint64_t> number_of(const netsnmp_variable_list& one) {
  if (one.type == ASN_COUNTER64) {
    return static_cast<std::uint64_t>(one.val.counter64->high & 0xffff'ffff) << 32 |
           (one.val.counter64->low & 0xffff'ffff);
  }
  const bool is_number = one.type == ASN_GAUGE || one.type == ASN_COUNTER ||
                         one.type == ASN_TIMETICKS || one.type == ASN_INTEGER;
  if (!is_number || one.val_len < sizeof(long) || *one.val.integer < 0) return std::nullopt;
  return static_cast<std::uint64_t>(*one.val.integer);
}

std::string text_of(const netsnmp_variable_list& one, std::size_t most) {
  if (one.type != ASN_OCTET_STR) return {};
  const std::string octets(one.val.string, one.val.string + one.val_len);
  return text_of_field(octets, most).text;
}

// By index: what rows there are is said by whichever column has them.
class Rows {
 public:
  explicit Rows(SnmpWalk& walk) : walk_(walk) {}

  template <class Set>
  Walker::Take into(Set set) {
    return [this, set](std::span<const oid> index, const netsnmp_variable_list& one) {
      if (index.size() != 1 || index[0] == 0 || index[0] > 0x7fff'ffff) return;
      const auto number = static_cast<std::uint32_t>(index[0]);
      auto found = by_index_.find(number);
      if (found == by_index_.end()) {
        if (by_index_.size() >= kSnmpInterfacesMax) {
          walk_.is_cut = true;
          return;
        }
        found = by_index_.emplace(number, SnmpInterface{}).first;
        found->second.index = number;
      }
      set(found->second, one);
    };
  }

  void finish() {
    for (auto& [index, row] : by_index_) walk_.interfaces.push_back(std::move(row));
  }

 private:
  SnmpWalk& walk_;
  std::map<std::uint32_t, SnmpInterface> by_index_;
};

constexpr std::size_t kSnmpNameOctets = 64;
constexpr std::uint64_t kTicksMs = 10;

base::Expected<void, std::string> walk_all(Walker& walker, Rows& rows, SnmpWalk& walk,
                                           const base::Clock& clock) {
  auto done = walker.column(kUptime, 1, [&](auto, const netsnmp_variable_list& one) {
    walk.uptime_ms = number_of(one).value_or(0) * kTicksMs;
  });
  // The counters next, close together: what they have risen by belongs to the same stretch.
  if (done) {
    walk.read = clock.now_ms();
    done = walker.column(kIfHcInOctets, kRepetitions,
                         rows.into([](SnmpInterface& row, const netsnmp_variable_list& one) {
                           row.in_octets = number_of(one);
                         }));
  }
  if (done) {
    done = walker.column(kIfHcOutOctets, kRepetitions,
                         rows.into([](SnmpInterface& row, const netsnmp_variable_list& one) {
                           row.out_octets = number_of(one);
                         }));
  }
  if (done) {
    done = walker.column(kIfName, kRepetitions,
                         rows.into([](SnmpInterface& row, const netsnmp_variable_list& one) {
                           row.name = text_of(one, kSnmpNameOctets);
                         }));
  }
  if (done) {
    done = walker.column(kIfDescr, kRepetitions,
                         rows.into([](SnmpInterface& row, const netsnmp_variable_list& one) {
                           if (row.name.empty()) row.name = text_of(one, kSnmpNameOctets);
                         }));
  }
  if (done) {
    done = walker.column(kIfHighSpeed, kRepetitions,
                         rows.into([](SnmpInterface& row, const netsnmp_variable_list& one) {
                           row.speed_bits_per_s = number_of(one).value_or(0) * 1'000'000;
                         }));
  }
  if (done) {
    done = walker.column(kIfAlias, kRepetitions,
                         rows.into([](SnmpInterface& row, const netsnmp_variable_list& one) {
                           row.alias = text_of(one, 2 * kSnmpNameOctets);
                         }));
  }
  return done;
}

}  // namespace

base::Expected<SnmpWalk, std::string> walk_interfaces(const flow::Address& exporter,
                                                      const state::SnmpSetting& setting,
                                                      const base::Clock& clock,
                                                      const std::function<bool()>& stopped) {
  begin_net_snmp();
  const auto session = open_session(exporter, setting);
  if (!session) return base::Unexpected(session.error());
  Walker walker(session->get(), clock, stopped);
  SnmpWalk walk;
  Rows rows(walk);
  const auto done = walk_all(walker, rows, walk, clock);
  if (!done) return base::Unexpected(done.error());
  rows.finish();
  return walk;
}

}  // namespace know
