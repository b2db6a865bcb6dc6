import { between, type TimeRange } from '../../lib/time_range';

// The last such hour of such a weekday (0: Monday) that has begun.
export function hour_of_week(day: number, hour: number, now: number): TimeRange {
  const at = new Date(now);
  const today = (at.getDay() + 6) % 7;
  const days_back = (today - day + 7) % 7;
  const start = new Date(at.getFullYear(), at.getMonth(), at.getDate() - days_back, hour).getTime();
  const begun =
    start <= now
      ? start
      : new Date(at.getFullYear(), at.getMonth(), at.getDate() - days_back - 7, hour).getTime();
  return between(begun, begun + 36e5);
}
