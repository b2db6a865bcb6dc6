#pragma once

#include "wire/bytes/byte_reader.h"

// Octets and objects for and from C libraries that call what they point to unsigned char.
namespace wire {

inline const unsigned char* octet_pointer(ByteView octets) {
  return reinterpret_cast<const unsigned char*>(octets.data());
}

inline ByteView octets_at(const unsigned char* first, std::size_t count) {
  return {reinterpret_cast<const std::byte*>(first), count};
}

// A callback's user pointer, and back.
template <class Object>
unsigned char* as_user_pointer(Object& object) {
  return reinterpret_cast<unsigned char*>(&object);
}
template <class Object>
Object& from_user_pointer(unsigned char* user) {
  return *reinterpret_cast<Object*>(user);
}

}  // namespace wire
