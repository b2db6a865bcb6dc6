// Where a view's range holds nothing because nobody was heard.
import { ledger_question } from '../api/questions';
import { gaps_of, type Gap } from '../lib/series';
import { router } from './router.svelte';
import { use_query } from './query.svelte';

// Exporters may be silent for as long as their inactive timeout and a little more.
const kToleratedMs = 180_000;

export function use_gaps(): { readonly gaps: Gap[] } {
  const ledger = use_query(() => ledger_question(router.view));
  const gaps = $derived.by(() => {
    const answer = ledger.value;
    if (!answer) return [];
    const from_source = router.view.src?.exporter;
    const heard = answer.minutes
      .filter((row) => row.datagrams > 0 && (!from_source || row.exporter === from_source))
      .map(({ time }) => time);
    // Long ranges have their newest minutes listed: of what was before them nothing is known.
    const from = Math.max(answer.range.from, answer.minutes_from);
    return gaps_of(heard, { from, to: answer.range.to }, kToleratedMs);
  });
  return {
    get gaps() {
      return gaps;
    },
  };
}
