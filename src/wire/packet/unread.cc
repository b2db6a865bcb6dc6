#include "wire/packet/unread.h"

#include <cstdlib>

namespace wire {

std::string_view to_text(Unread unread) {
  switch (unread) {
    case Unread::LinkTypeUnknown:
      return "of an unknown link type";
    case Unread::LinkTruncated:
      return "cut off within link headers";
    case Unread::NotIp:
      return "not IP";
    case Unread::IpTruncated:
      return "cut off within the IP header";
    case Unread::IpLies:
      return "with an impossible IP header";
    case Unread::ExtensionTruncated:
      return "cut off within IPv6 extension headers";
  }
  std::abort();
}

}  // namespace wire
