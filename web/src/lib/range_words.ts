// A range in words, as the header shows it.
import { text } from './i18n/text';
import { range_text, type Moment, type TimeRange } from './time_range';
import { time_text } from './when';

const kUnitKeys = {
  s: 'duration.s',
  m: 'duration.m',
  h: 'duration.h',
  d: 'duration.d',
  w: 'duration.w',
} as const;

function moment_words(moment: Moment): string {
  switch (moment.kind) {
    case 'now':
      return text('range.now');
    case 'ago':
      return text('range.ago', {
        duration: text(kUnitKeys[moment.ago.unit], { n: moment.ago.count }),
      });
    case 'local':
      return moment.text.replace('T', ' ');
    case 'ms':
      return time_text(moment.ms, moment.ms % 60_000 !== 0);
  }
}

// The same inside a sentence: "in the last hour", "yesterday", "from … to …".
export function range_phrase(range: TimeRange): string {
  switch (range.kind) {
    case 'last':
      return text('phrase.last', {
        duration: text(kUnitKeys[range.ago.unit], { n: range.ago.count }),
      });
    case 'named':
      return text(`phrase.${range.name}`);
    case 'day':
      return text('phrase.day', { day: range_text(range) });
    case 'between':
      return text('phrase.between', {
        from: moment_words(range.from),
        to: moment_words(range.to),
      });
  }
}

export function range_words(range: TimeRange): string {
  switch (range.kind) {
    case 'last':
      return text('range.last', {
        duration: text(kUnitKeys[range.ago.unit], { n: range.ago.count }),
      });
    case 'named':
      return text(
        `range.${range.name === 'week' ? 'this_week' : range.name === 'month' ? 'this_month' : range.name}`,
      );
    case 'day':
      return range_text(range);
    case 'between':
      return `${moment_words(range.from)} – ${moment_words(range.to)}`;
  }
}
