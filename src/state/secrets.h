#pragma once

#include <cstddef>
#include <string>
#include <string_view>

// Passwords, and secrets that we make ourselves. Thread-safe.
namespace state {

// 256 random bits as 43 characters of URL-safe Base64.
std::string random_secret();

// A random code to be typed by a person: "7F3K-9Q", 30 bits, without letters that look like digits.
std::string random_code();

// What is kept of a secret of ours: its BLAKE2b-256, 32 octets. Not for passwords.
std::string hash_of(std::string_view secret);

// What a page must send beside its session cookie to change anything. Whoever cannot read the
// session's secret cannot make it.
std::string csrf_token_of(std::string_view session_secret);

// Takes the same time wherever the texts differ; their lengths are no secret.
bool equal_in_constant_time(std::string_view left, std::string_view right);

// argon2id with kPasswordOctets of memory; takes some 50 ms. At most one runs at a time, so that
// many logins cannot take many times the memory.
inline constexpr std::size_t kPasswordOctets = std::size_t{32} << 20;
std::string hash_password(std::string_view password);
bool password_matches(const std::string& hash, std::string_view password);

}  // namespace state
