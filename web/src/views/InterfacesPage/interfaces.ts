// What an interface's row says in words.
import type { Schema } from '../../api/client';
import { text } from '../../lib/i18n/text';
import { ago_text, time_text } from '../../lib/when';

type Interface = Schema['Interface'];

export function id_of(row: Interface): string {
  return `${row.exporter} ${row.index}`;
}

export function called_interface(row: Pick<Interface, 'name' | 'index'>): string {
  return row.name ?? text('source.if', { n: row.index });
}

// Since when the number is called so, and what it meant before.
export function more_about(row: Interface, now: number): string {
  const lines: string[] = [];
  if (row.since) lines.push(text('interface.since', { time: time_text(row.since) }));
  if (row.confirmed) lines.push(text('interface.confirmed', { ago: ago_text(row.confirmed, now) }));
  if (row.moved_from !== undefined) {
    lines.push(text('interface.moved', { n: row.moved_from }));
  }
  for (const { name, until } of row.former ?? []) {
    lines.push(text('interface.former', { name, time: time_text(until) }));
  }
  return lines.join('\n');
}

// "100M", "2.5 Gbit/s" as bits a second; 0: nothing is said; undefined: not understood.
export function parse_speed(written: string): number | undefined {
  const plain = written.trim();
  if (plain === '') return 0;
  const [, number = '', power = ''] =
    /^([0-9]+(?:[.,][0-9]+)?)\s*([kmgt]?)(?:bit\/s|bps|bit)?$/i.exec(plain) ?? [];
  if (number === '') return undefined;
  const scale = 1000 ** (['', 'k', 'm', 'g', 't'].indexOf(power.toLowerCase()) || 0);
  const bits = Math.round(Number(number.replace(',', '.')) * scale);
  return bits >= 1 && bits <= 1e15 ? bits : undefined;
}

export function speed_written(bits_per_s: number): string {
  const powers = ['', 'k', 'M', 'G', 'T'];
  let rest = bits_per_s;
  let power = 0;
  while (rest >= 1000 && rest % 100 === 0 && power < powers.length - 1) {
    rest /= 1000;
    ++power;
  }
  return `${rest}${powers[power]}`;
}
