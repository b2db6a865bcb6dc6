// Numbers as people read them. Powers of ten for octets and bits (as routers and providers count),
// a narrow no-break space before the unit.

const kThin = '\u202f';

function scaled(value: number, units: readonly string[]): string {
  let rest = Math.abs(value);
  let index = 0;
  // 999.5 would be written as 1000 of the smaller unit.
  while (rest >= 999.5 && index < units.length - 1) {
    rest /= 1000;
    ++index;
  }
  const digits = index === 0 || rest >= 99.95 ? 0 : rest >= 9.995 ? 1 : 2;
  const sign = value < 0 ? '−' : '';
  const unit = units[index] ?? '';
  return `${sign}${rest.toFixed(digits)}${unit && kThin + unit}`;
}

export function bytes_text(bytes: number): string {
  return scaled(bytes, ['B', 'kB', 'MB', 'GB', 'TB', 'PB', 'EB']);
}

export function bit_rate_text(bits_per_s: number): string {
  return scaled(bits_per_s, ['bit/s', 'kbit/s', 'Mbit/s', 'Gbit/s', 'Tbit/s', 'Pbit/s']);
}

export function count_text(count: number): string {
  return scaled(count, ['', 'k', 'M', 'G', 'T', 'P']);
}

const kExact = new Intl.NumberFormat('en', { useGrouping: true });
// Every digit, in groups of three.
export function exact_text(count: number): string {
  return kExact.format(count).replaceAll(',', kThin);
}

export function percent_text(share: number): string {
  const percent = share * 100;
  if (percent > 0 && percent < 0.1) return `<${kThin}0.1${kThin}%`;
  return `${percent >= 9.95 ? percent.toFixed(0) : percent.toFixed(1)}${kThin}%`;
}

// The two largest units: "42 s", "3 min 12 s", "2 h 05 min", "3 d 4 h".
export function duration_words(ms: number): string {
  const seconds = ms / 1000;
  if (seconds < 9.95) return `${seconds.toFixed(seconds < 0.05 ? 0 : 1)}${kThin}s`;
  const whole = Math.round(seconds);
  const two = (large: number, unit: string, small: number, small_unit: string) =>
    `${large}${kThin}${unit}${small ? ` ${String(small).padStart(2, '0')}${kThin}${small_unit}` : ''}`;
  if (whole < 60) return `${whole}${kThin}s`;
  if (whole < 3600) return two(Math.floor(whole / 60), 'min', whole % 60, 's');
  const minutes = Math.round(seconds / 60);
  if (minutes < 1440) return two(Math.floor(minutes / 60), 'h', minutes % 60, 'min');
  const hours = Math.round(seconds / 3600);
  return two(Math.floor(hours / 24), 'd', hours % 24, 'h');
}

export type Measure = 'bytes' | 'packets' | 'flows';

// A sum over a range.
export function amount_text(measure: Measure, amount: number): string {
  return measure === 'bytes' ? bytes_text(amount) : count_text(amount);
}

// A sum over a step, as what a chart draws: bit/s, packets/s, flows/s.
export function rate_of(measure: Measure, amount: number, step_ms: number): number {
  return ((measure === 'bytes' ? amount * 8 : amount) * 1000) / step_ms;
}

export function rate_text(measure: Measure, rate: number): string {
  if (measure === 'bytes') return bit_rate_text(rate);
  return `${count_text(rate)}${rate < 999.5 ? kThin : ''}/s`;
}
