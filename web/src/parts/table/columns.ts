// What a table shows, told by the page that has the rows.
import type { View } from '../../lib/url';

export interface Column<Row> {
  id: string; // its name in `sort=`
  title: string;
  number?: boolean; // right-aligned, sorted by value, falling first
  value: (row: Row) => string | number | undefined; // what it is sorted by
  shown?: (row: Row) => string; // what is written; the value itself where left out
  link?: (row: Row) => View | undefined;
  share?: (row: Row) => { in: number; out: number } | undefined; // a bar behind the number, 0 … 1
  mark?: (row: Row) => 'live' | 'past' | undefined; // a dot before the text
  beside?: (row: Row) => string; // behind the text, softly
  hint?: (row: Row) => string; // more on hovering
  action?: (row: Row) => { text: string; label: string; run: () => void } | undefined; // a button
  hidden?: boolean; // shown when chosen
  wide?: boolean; // stays on a phone
  least?: boolean; // goes first where a screen is narrow
}

export interface Term {
  title: string; // "192.168.1.5"
  filter: string; // "host:192.168.1.5"
}

export function cell_text<Row>(column: Column<Row>, row: Row): string {
  return column.shown ? column.shown(row) : String(column.value(row) ?? '');
}
