// What an exporter's row says in words.
import { text } from '../../lib/i18n/text';
import { duration_words } from '../../lib/units';

// Export and network take time: what is less is right.
const kRightMs = 2000;

export function clock_text(skew_ms: number): string {
  if (Math.abs(skew_ms) < kRightMs) return text('exporter.clock_right');
  return text(skew_ms > 0 ? 'exporter.clock_behind' : 'exporter.clock_ahead', {
    time: duration_words(Math.abs(skew_ms)),
  });
}
