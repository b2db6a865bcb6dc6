"""Reads pcap files as far as the tests need: IPv4 and IPv6 packets over Ethernet."""
import collections
import ipaddress
import struct

ETHERNET = 1
TCP, UDP = 6, 17


def packets(path):
    """(link type, octets) of each packet."""
    data = path.read_bytes()
    order = {0xa1b2c3d4: ">", 0xd4c3b2a1: "<", 0xa1b23c4d: ">", 0x4d3cb2a1: "<"}[
        struct.unpack_from(">I", data)[0]]
    link = struct.unpack_from(order + "I", data, 20)[0]
    offset = 24
    while offset < len(data):
        captured = struct.unpack_from(order + "I", data, offset + 8)[0]
        yield link, data[offset + 16:offset + 16 + captured]
        offset += 16 + captured


def ports(protocol, octets):
    return struct.unpack_from(">HH", octets) if protocol in (TCP, UDP) else (0, 0)


def parse_ip(octets):
    """(src, src_port, dst, dst_port, protocol) and the octets of the IP packet; no extensions."""
    if octets[0] >> 4 == 4:
        length, protocol = struct.unpack_from(">H", octets, 2)[0], octets[9]
        source, target, header = octets[12:16], octets[16:20], 4 * (octets[0] & 15)
    else:
        length, protocol = 40 + struct.unpack_from(">H", octets, 4)[0], octets[6]
        source, target, header = octets[8:24], octets[24:40], 40
    source_port, target_port = ports(protocol, octets[header:])
    return (str(ipaddress.ip_address(source)), source_port, str(ipaddress.ip_address(target)),
            target_port, protocol), length


def sums_by_flow(path):
    """(bytes, packets) by 5-tuple of the IP packets in a capture; bytes as the IP headers say."""
    sums = collections.defaultdict(lambda: (0, 0))
    for link, octets in packets(path):
        assert link == ETHERNET, f"expected Ethernet, came link type {link}"
        kind = struct.unpack_from(">H", octets, 12)[0]
        if kind in (0x0800, 0x86dd):
            flow, length = parse_ip(octets[14:])
            sums[flow] = (sums[flow][0] + length, sums[flow][1] + 1)
    return dict(sums)
