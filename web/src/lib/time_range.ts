// Time ranges as URLs and people write them: the forms of `t` in docs/query.md. The server alone
// decides what instants they mean; what is computed here (spans, previews) is for choosing steps
// and for showing.

const kUnitMs = { s: 1e3, m: 6e4, h: 36e5, d: 864e5, w: 6048e5 } as const;
type Unit = keyof typeof kUnitMs;

export interface Duration {
  count: number;
  unit: Unit;
}
export type Moment =
  | { kind: 'now' }
  | { kind: 'ago'; ago: Duration }
  | { kind: 'local'; text: string } // 2026-08-13T20:00, the server's zone; with a Z: UTC
  | { kind: 'ms'; ms: number };
export const kNamedRanges = ['today', 'yesterday', 'week', 'month'] as const;
export type NamedRange = (typeof kNamedRanges)[number];
export type TimeRange =
  | { kind: 'last'; ago: Duration }
  | { kind: 'named'; name: NamedRange }
  | { kind: 'day'; text: string }
  | { kind: 'between'; from: Moment; to: Moment };

export interface Span {
  from: number; // Unix ms
  to: number;
}

export function duration_ms(duration: Duration): number {
  return duration.count * kUnitMs[duration.unit];
}

export function duration_text(duration: Duration): string {
  return `${duration.count}${duration.unit}`;
}

export function parse_duration(text: string): Duration | undefined {
  const found = /^([1-9][0-9]{0,5})([smhdw])$/.exec(text);
  if (!found) return undefined;
  return { count: Number(found[1]), unit: found[2] as Unit };
}

const kDay = /^\d{4}-\d{2}-\d{2}Z?$/;
const kTime = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2})?)?Z?$/;

function is_date(text: string): boolean {
  return !Number.isNaN(Date.parse(text.replace('Z', '')));
}

function parse_moment(text: string): Moment | undefined {
  if (text === 'now') return { kind: 'now' };
  if (text.startsWith('-')) {
    const ago = parse_duration(text.slice(1));
    return ago && { kind: 'ago', ago };
  }
  if (/^\d{11,14}$/.test(text)) return { kind: 'ms', ms: Number(text) };
  if (kTime.test(text) && is_date(text)) return { kind: 'local', text };
  return undefined;
}

export function parse_range(text: string): TimeRange | undefined {
  const name = kNamedRanges.find((named) => named === text);
  if (name) return { kind: 'named', name };
  if (kDay.test(text) && is_date(text)) return { kind: 'day', text };
  const dots = text.indexOf('..');
  if (dots < 0) {
    const ago = text.startsWith('-') ? parse_duration(text.slice(1)) : undefined;
    return ago && { kind: 'last', ago };
  }
  const from = parse_moment(text.slice(0, dots));
  const to = parse_moment(text.slice(dots + 2));
  if (!from || !to || from.kind === 'now') return undefined;
  if (from.kind === 'ago' && to.kind === 'now') return { kind: 'last', ago: from.ago };
  return { kind: 'between', from, to };
}

function moment_text(moment: Moment): string {
  switch (moment.kind) {
    case 'now':
      return 'now';
    case 'ago':
      return `-${duration_text(moment.ago)}`;
    case 'local':
      return moment.text;
    case 'ms':
      return String(moment.ms);
  }
}

export function range_text(range: TimeRange): string {
  switch (range.kind) {
    case 'last':
      return `-${duration_text(range.ago)}`;
    case 'named':
      return range.name;
    case 'day':
      return range.text;
    case 'between':
      return `${moment_text(range.from)}..${moment_text(range.to)}`;
  }
}

export function same_range(left: TimeRange, right: TimeRange): boolean {
  return range_text(left) === range_text(right);
}

// Whether new flows can still change what the range shows.
export function is_live(range: TimeRange): boolean {
  switch (range.kind) {
    case 'last':
      return true;
    case 'named':
      return range.name !== 'yesterday';
    case 'day':
      return false;
    case 'between':
      return range.to.kind === 'now';
  }
}

function moment_ms(moment: Moment, now: number): number {
  switch (moment.kind) {
    case 'now':
      return now;
    case 'ago':
      return now - duration_ms(moment.ago);
    case 'local':
      // A date alone would be read as UTC by Date; here it is a local midnight.
      return Date.parse(moment.text.includes('T') ? moment.text : `${moment.text}T00:00`);
    case 'ms':
      return moment.ms;
  }
}

function midnight(now: number, days: number): number {
  const date = new Date(now);
  return new Date(date.getFullYear(), date.getMonth(), date.getDate() + days).getTime();
}

function named_span(name: NamedRange, now: number): Span {
  const date = new Date(now);
  switch (name) {
    case 'today':
      return { from: midnight(now, 0), to: now };
    case 'yesterday':
      return { from: midnight(now, -1), to: midnight(now, 0) };
    case 'week':
      return { from: midnight(now, -((date.getDay() + 6) % 7)), to: now };
    case 'month':
      return { from: midnight(now, 1 - date.getDate()), to: now };
  }
}

// The instants, as this browser's zone sees them: an estimate until the server's answer says.
export function span_of(range: TimeRange, now: number): Span {
  switch (range.kind) {
    case 'last':
      return { from: now - duration_ms(range.ago), to: now };
    case 'named':
      return named_span(range.name, now);
    case 'day': {
      const from = moment_ms({ kind: 'local', text: range.text }, now);
      return { from, to: midnight(from, 1) };
    }
    case 'between':
      return { from: moment_ms(range.from, now), to: moment_ms(range.to, now) };
  }
}

// Whole seconds, so that brushed links stay short and shareable.
export function between(from: number, to: number): TimeRange {
  const low = Math.floor(from / 1000) * 1000;
  const high = Math.max(low + 1000, Math.ceil(to / 1000) * 1000);
  return { kind: 'between', from: { kind: 'ms', ms: low }, to: { kind: 'ms', ms: high } };
}

// The range before or after, of the same length. What would end in the future is live again.
export function shifted(span: Span, direction: -1 | 1, now: number): TimeRange {
  const length = span.to - span.from;
  const to = span.to + direction * length;
  if (to >= now) return last_ms(length);
  return between(to - length, to);
}

// Twice or half as long around the same middle, or with the same live end.
export function zoomed(range: TimeRange, factor: 0.5 | 2, now: number): TimeRange {
  const span = span_of(range, now);
  const length = (span.to - span.from) * factor;
  if (is_live(range)) return last_ms(length);
  const middle = (span.from + span.to) / 2;
  const to = Math.min(now, middle + length / 2);
  return between(to - length, to);
}

// `-3h` rather than `-10800s`: the largest unit that says it exactly.
export function last_ms(length: number): TimeRange {
  const seconds = Math.max(1, Math.round(length / 1000));
  const unit = (['d', 'h', 'm'] as const).find((each) => seconds % (kUnitMs[each] / 1e3) === 0);
  const count = unit ? seconds / (kUnitMs[unit] / 1e3) : seconds;
  return { kind: 'last', ago: { count, unit: unit ?? 's' } };
}

const kSteps = ['1s', '5s', '10s', '30s', '1m', '5m', '15m', '1h', '6h', '1d'] as const;

// The smallest step of which the span holds at most `points`. Minutes are the store's finest sums:
// below them every flow is read.
export function step_for(span: Span, points: number): { text: string; ms: number } {
  for (const text of kSteps) {
    const parsed = parse_duration(text);
    if (!parsed) continue;
    const ms = duration_ms(parsed);
    if ((span.to - span.from) / ms <= points) return { text, ms };
  }
  return { text: '1d', ms: kUnitMs.d };
}

const kWordUnits: Record<string, Unit> = {
  sec: 's',
  second: 's',
  min: 'm',
  minute: 'm',
  hour: 'h',
  day: 'd',
  week: 'w',
};

function pad(value: number): string {
  return String(value).padStart(2, '0');
}

export function local_text(ms: number): string {
  const at = new Date(ms);
  const day = `${at.getFullYear()}-${pad(at.getMonth() + 1)}-${pad(at.getDate())}`;
  return `${day}T${pad(at.getHours())}:${pad(at.getMinutes())}`;
}

// What a person types: every form of a URL, and "90m", "last 3 hours", "yesterday 19:00-20:00",
// "19:00 to 20:00". Undefined: not understood.
export function read_range(typed: string, now: number): TimeRange | undefined {
  const text = typed.trim().toLowerCase();
  const canonical = parse_range(typed.trim());
  if (canonical) return canonical;
  const last = /^(?:last\s+)?(\d{1,5})\s*([a-z]+?)s?$/.exec(text.replace(/^-/, ''));
  if (last) {
    const word = last[2] ?? '';
    const unit = kWordUnits[word] ?? (word in kUnitMs ? (word as Unit) : undefined);
    const count = Number(last[1]);
    return unit && count > 0 ? { kind: 'last', ago: { count, unit } } : undefined;
  }
  const clock =
    /^(today|yesterday|\d{4}-\d{2}-\d{2})?\s*(\d{1,2}):(\d{2})\s*(?:-|–|to|\.\.)\s*(?:(\d{1,2}):(\d{2})|now)$/.exec(
      text,
    );
  if (!clock) return undefined;
  const date = clock[1] ?? 'today';
  const start =
    date === 'today'
      ? midnight(now, 0)
      : date === 'yesterday'
        ? midnight(now, -1)
        : Date.parse(`${date}T00:00`);
  const at = (hours: string, minutes: string): Moment => ({
    kind: 'local',
    text: local_text(start + Number(hours) * kUnitMs.h + Number(minutes) * kUnitMs.m),
  });
  const from = at(clock[2] ?? '', clock[3] ?? '');
  const to: Moment = clock[4] ? at(clock[4], clock[5] ?? '') : { kind: 'now' };
  return moment_ms(from, now) < moment_ms(to, now) ? { kind: 'between', from, to } : undefined;
}
