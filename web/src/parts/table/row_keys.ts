// j and k go from row to row, Enter opens what a row is about, f and x look at it alone and without it.
// These keys belong to the table that has the focus, else to the first of the page.
import { tick } from 'svelte';
import { go } from '../../state/router.svelte';
import { is_shortcut } from '../../state/shortcuts.svelte';
import type { Term } from './columns';
import { only, without } from './terms';

const kRow = 'tbody tr[aria-rowindex]';
const kTable = 'table[aria-rowcount]';
const kHeadPx = 84; // of the page and of the table: they stay
const kFootPx = 16;

interface Rows {
  count: number;
  row_px: number;
  look: () => void; // has those rows drawn that are on the screen
  term: (index: number) => Term | undefined;
}

// Which row of all is meant: the one that holds the focus, else the first that is seen. Undefined: the
// keys belong to another table.
function row_of_keys(table: Element): { index: number; held: boolean } | undefined {
  const focus = document.activeElement?.closest(kRow);
  if ((focus ? focus.closest(kTable) : document.querySelector(kTable)) !== table) return undefined;
  const first = () =>
    [...table.querySelectorAll(kRow)].find((row) => row.getBoundingClientRect().top >= kHeadPx);
  const index = Number((focus ?? first())?.getAttribute('aria-rowindex') ?? 2) - 2;
  return { index, held: focus != null };
}

async function go_to_row(table: HTMLTableElement, index: number, rows: Rows): Promise<void> {
  const [body] = table.tBodies;
  if (!body) return;
  const top = body.getBoundingClientRect().top + index * rows.row_px;
  const lowest = window.innerHeight - rows.row_px - kFootPx;
  if (top < kHeadPx) window.scrollBy(0, top - kHeadPx);
  else if (top > lowest) window.scrollBy(0, top - lowest);
  rows.look();
  await tick();
  body.querySelector<HTMLElement>(`[aria-rowindex="${index + 2}"]`)?.focus();
}

export async function row_key(
  event: KeyboardEvent,
  table: HTMLTableElement,
  rows: Rows,
): Promise<void> {
  const step = { j: 1, k: -1 }[event.key];
  const narrow = { f: only, x: without }[event.key];
  if (!(step || narrow || event.key === 'Enter')) return;
  if (!is_shortcut(event, '[role=slider], [popover]')) return;
  const row = row_of_keys(table);
  if (!row || rows.count === 0) return;
  if (step) {
    const next = row.held ? row.index + step : row.index;
    await go_to_row(table, Math.max(0, Math.min(rows.count - 1, next)), rows);
  } else if (narrow) {
    const term = row.held ? rows.term(row.index) : undefined;
    if (term) go(narrow(term));
  } else if (event.target instanceof HTMLTableRowElement) {
    event.target.querySelector('a')?.click();
  }
}
