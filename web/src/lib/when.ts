// Instants as people read them.
import { duration_words } from './units';

const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });
const clock_s = new Intl.DateTimeFormat('en-GB', {
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
});
const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });
const weekday = new Intl.DateTimeFormat('en-GB', { weekday: 'short' });

const kDayMs = 864e5;

export function clock_text(ms: number): string {
  return clock.format(ms);
}

export function day_text(ms: number): string {
  return day.format(ms);
}

// "13 Aug 21:05", with seconds where they matter.
export function time_text(ms: number, seconds = false): string {
  return `${day.format(ms)} ${(seconds ? clock_s : clock).format(ms)}`;
}

// The stretch a step covers: "13 Aug 21:05 – 21:10".
export function step_label(start: number, step_ms: number): string {
  if (step_ms >= kDayMs) return `${weekday.format(start)} ${day.format(start)}`;
  const end = step_ms < 60_000 ? clock_s.format(start + step_ms) : clock.format(start + step_ms);
  return `${time_text(start, step_ms < 60_000)} – ${end}`;
}

export function ago_text(ms: number, now: number): string {
  const passed = now - ms;
  if (passed < 5_000) return 'now';
  // Its largest unit is enough.
  const [largest = ''] = duration_words(Math.floor(passed / 1000) * 1000).split(' ');
  return `${largest} ago`;
}

const month = new Intl.DateTimeFormat('en-GB', { month: 'short', year: 'numeric' });

export function month_text(ms: number): string {
  return month.format(ms);
}

// Monday first.
export function weekday_names(): string[] {
  return Array.from({ length: 7 }, (_, index) => weekday.format(new Date(2026, 5, 1 + index)));
}
