// What the overview says in words: facts of the answers, in the order of their weight.
import { grid_of, type Split } from '../../lib/series';

export interface Facts {
  total: number;
  before: number | undefined; // the same range one length earlier; undefined: not known
  hosts: readonly Split[];
  busiest: { time: number; amount: number } | undefined;
}

// How much more or less than before, when that can be said: not against nothing, nor against a time
// of which hardly anything is known.
export function change_since(total: number, before: number | undefined): number | undefined {
  if (before === undefined || before <= 0 || total > 10 * before) return undefined;
  return total / before - 1;
}

// Something came in every whole step of the answer's range. One that lost its oldest rows is not
// covered.
export function is_covered(answer: {
  range: { from: number; to: number };
  step?: number;
  rows: readonly Record<string, unknown>[];
  kept_from?: number;
}): boolean {
  if (!answer.step || answer.kept_from !== undefined) return false;
  const heard = new Set(
    answer.rows.filter((row) => Number(row['flows']) > 0).map((row) => Number(row['time'])),
  );
  const { range, step } = answer;
  const whole = grid_of(range, step).times.filter(
    (time) => time >= range.from && time + step <= range.to,
  );
  return whole.length > 0 && whole.every((time) => heard.has(time));
}

// The part of everything that the first of them makes up, when it stands out.
export function leader(
  hosts: readonly Split[],
  total: number,
): { host: Split; share: number } | undefined {
  const host = hosts[0];
  if (!host || total <= 0) return undefined;
  const share = Math.min(1, host.both / total);
  return share >= 0.05 ? { host, share } : undefined;
}

export function busiest_step(
  times: readonly number[],
  amounts: readonly number[],
): { time: number; amount: number } | undefined {
  let best: { time: number; amount: number } | undefined;
  times.forEach((time, index) => {
    const amount = amounts[index] ?? 0;
    if (amount > (best?.amount ?? 0)) best = { time, amount };
  });
  return best;
}

// The best `count` of `splits` are certain although only some groups of each direction were asked
// for: what is missing has at most `least` in each direction.
export function is_certain(splits: readonly Split[], count: number, least: number): boolean {
  const last = splits[count - 1];
  return last === undefined ? least === 0 : last.both >= 2 * least;
}
