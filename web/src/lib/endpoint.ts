// An address with a port, as it is typed elsewhere: an IPv6 address stands in brackets before one.
export function endpoint_text(address: string, port: string | number | undefined): string {
  if (port === undefined || port === '') return address;
  return address.includes(':') ? `[${address}]:${port}` : `${address}:${port}`;
}
