#include "state/secrets.h"

#include <sodium.h>

#include <array>
#include <mutex>

#include "base/check.h"

namespace state {
namespace {

constexpr unsigned long long kPasswordPasses = 3;

void start_sodium() {
  static const int started = sodium_init();
  CHECK(started >= 0);
}

// libsodium takes octets as unsigned char.
const unsigned char* octets_of(std::string_view text) {
  return static_cast<const unsigned char*>(static_cast<const void*>(text.data()));
}

std::string base64(const unsigned char* octets, std::size_t count) {
  std::string text(sodium_base64_encoded_len(count, sodium_base64_VARIANT_URLSAFE_NO_PADDING), 0);
  sodium_bin2base64(text.data(), text.size(), octets, count,
                    sodium_base64_VARIANT_URLSAFE_NO_PADDING);
  text.pop_back();  // the zero that libsodium ends it with
  return text;
}

using Hash = std::array<unsigned char, 32>;

Hash keyed_hash(std::string_view text, std::string_view key) {
  start_sodium();
  Hash hash{};
  CHECK(crypto_generichash(hash.data(), hash.size(), octets_of(text), text.size(), octets_of(key),
                           key.size()) == 0);
  return hash;
}

// Held while argon2id has its memory.
std::mutex& password_turn() {
  static std::mutex turn;
  return turn;
}

}  // namespace

std::string random_secret() {
  start_sodium();
  Hash octets{};
  randombytes_buf(octets.data(), octets.size());
  return base64(octets.data(), octets.size());
}

std::string random_code() {
  start_sodium();
  constexpr std::string_view kLetters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
  std::string code;
  for (int i = 0; i < 6; ++i) {
    if (i == 4) code += '-';
    code += kLetters[randombytes_uniform(kLetters.size())];
  }
  return code;
}

std::string hash_of(std::string_view secret) {
  const Hash hash = keyed_hash(secret, {});
  return {hash.begin(), hash.end()};
}

std::string csrf_token_of(std::string_view session_secret) {
  const Hash hash = keyed_hash(session_secret, "weir: page of this session");
  return base64(hash.data(), hash.size());
}

bool equal_in_constant_time(std::string_view left, std::string_view right) {
  return left.size() == right.size() && sodium_memcmp(left.data(), right.data(), left.size()) == 0;
}

std::string hash_password(std::string_view password) {
  start_sodium();
  const std::lock_guard turn(password_turn());
  std::array<char, crypto_pwhash_STRBYTES> hash{};
  // It fails only for want of memory, and then we end like any allocation would.
  CHECK(crypto_pwhash_str_alg(hash.data(), password.data(), password.size(), kPasswordPasses,
                              kPasswordOctets, crypto_pwhash_ALG_ARGON2ID13) == 0);
  return hash.data();
}

bool password_matches(const std::string& hash, std::string_view password) {
  start_sodium();
  const std::lock_guard turn(password_turn());
  return crypto_pwhash_str_verify(hash.c_str(), password.data(), password.size()) == 0;
}

}  // namespace state
