// Networks as people type them.

// "192.168.1.0 255.255.255.0" and "192.168.1.0/24" are the same to the server once a slash stands
// between.
export function network_of(typed: string): string {
  return typed.trim().replace(/\s*[\s/]\s*/, '/');
}

// One a line, or with commas between.
export function networks_of(typed: string): string[] {
  return typed
    .split(/[\n,;]/)
    .map(network_of)
    .filter((network) => network !== '');
}

// Whether the network is this one address.
export function is_alone(network: string, address: string): boolean {
  return [address, `${address}/32`, `${address}/128`].includes(network);
}
