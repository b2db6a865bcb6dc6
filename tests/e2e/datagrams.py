"""Export datagrams written by hand, right ones and wrong ones."""
import socket
import struct
import time

# One IPv4 flow: source, destination, octets, packets.
FIELDS = ((8, 4), (12, 4), (1, 4), (2, 4))
RECORD = bytes([192, 0, 2, 1, 192, 0, 2, 2]) + struct.pack(">II", 1_000, 10)


def v5(count, records=None, sequence=0):
    """NetFlow v5 that says `count` records and holds `records` of them."""
    record = struct.pack(">4s4s4sHHIIIIHHBBBBHHBBH", RECORD[:4], RECORD[4:8], bytes(4), 1, 2, 10,
                         1_000, 500, 900, 1_234, 80, 0, 0x1b, 6, 0, 0, 0, 24, 24, 0)
    head = struct.pack(">HHIIIIHH", 5, count, 1_000, int(time.time()), 0, sequence, 0, 0)
    return head + record * (count if records is None else records)


def set_of(set_id, content, length=None):
    return struct.pack(">HH", set_id, 4 + len(content) if length is None else length) + content


def template(template_id=256, fields=FIELDS):
    return struct.pack(">HH", template_id, len(fields)) + b"".join(
        struct.pack(">HH", *field) for field in fields)


def v9(*sets, sequence=0, domain=0):
    return struct.pack(">HHIIII", 9, len(sets), 1_000, int(time.time()), sequence,
                       domain) + b"".join(sets)


def ipfix(*sets, sequence=0, domain=0, length=None):
    body = b"".join(sets)
    return struct.pack(">HHIII", 10, 16 + len(body) if length is None else length,
                       int(time.time()), sequence, domain) + body


class Sender:
    """An exporter at an address of its own in 127.0.0.0/8."""

    def __init__(self, address, port):
        self.address, self.port = address, port
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.bind((address, 0))

    def send(self, *datagrams):
        for datagram in datagrams:
            self.socket.sendto(datagram, ("127.0.0.1", self.port))

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()
