// Sorting and choosing of columns, by @tanstack/table-core.
import {
  columnVisibilityFeature,
  constructTable,
  createSortedRowModel,
  rowSortingFeature,
  tableFeatures,
  type ColumnDef,
} from '@tanstack/table-core';
import { storeReactivityBindings } from '@tanstack/table-core/store-reactivity-bindings';
import type { Sort } from '../../lib/url';
import type { Column } from './columns';

const features = tableFeatures({
  coreReactivityFeature: storeReactivityBindings(),
  rowSortingFeature,
  columnVisibilityFeature,
  sortedRowModel: createSortedRowModel(),
});

type Value = string | number | undefined;

// What a value sorts by. Addresses and ports sort as people count, 10.0.0.9 before 10.0.0.10: each
// number begins with how many digits it has. Made once for each value, where a collator would look at
// both texts in each of the 130,000 comparisons that 10,000 rows take.
function sort_key(value: Value): Value {
  if (typeof value !== 'string') return value;
  return value
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/\d+/g, (digits) => String.fromCharCode(48 + digits.length) + digits);
}

// Numbers before words.
function compare(left: Value, right: Value): number {
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  if (typeof left !== typeof right) return typeof left === 'number' ? -1 : 1;
  if (left === right) return 0;
  return (left ?? '') < (right ?? '') ? -1 : 1;
}

export class SortedRows<Row extends object> {
  private readonly table;

  constructor(columns: readonly Column<Row>[]) {
    const defined = columns.map((column): ColumnDef<typeof features, Row> => ({
      id: column.id,
      accessorFn: (row) => sort_key(column.value(row)),
      sortUndefined: 'last',
      sortFn: (left, right, id) => compare(left.getValue<Value>(id), right.getValue<Value>(id)),
    }));
    const initial: readonly Row[] = [];
    this.table = constructTable<typeof features, Row>({
      features,
      columns: defined,
      data: initial,
      enableSortingRemoval: false,
    });
  }

  sorted(data: readonly Row[], sort: readonly Sort[]): Row[] {
    this.table.setOptions((options) => ({ ...options, data }));
    this.table.setSorting(sort.map(({ column, falling }) => ({ id: column, desc: falling })));
    return this.table.getRowModel().rows.map(({ original }) => original);
  }

  shown(hidden: ReadonlySet<string>): string[] {
    this.table.setColumnVisibility(Object.fromEntries([...hidden].map((id) => [id, false])));
    return this.table.getVisibleLeafColumns().map(({ id }) => id);
  }
}

export interface Standing<Row> {
  rows: Row[];
  ids: string[]; // of the rows, each once
  moved: boolean; // sorting anew would change something
}

// Rows in the order in which they stood, new ones behind them: what is being read must not jump.
export function keep_order<Row>(
  standing: readonly string[],
  sorted: readonly Row[],
  id_of: (row: Row) => string,
): Standing<Row> {
  const of_id = new Map<string, Row>();
  for (const row of sorted) {
    const id = id_of(row);
    // Of two that are called the same the second is another.
    let own = id;
    for (let other = 2; of_id.has(own); ++other) own = `${id} ${other}`;
    of_id.set(own, row);
  }
  if (standing.length === 0) return { rows: [...sorted], ids: [...of_id.keys()], moved: false };
  const stood = new Set(standing.filter((id) => of_id.has(id)));
  const ids = [...stood, ...[...of_id.keys()].filter((id) => !stood.has(id))];
  const rows = ids.flatMap((id) => of_id.get(id) ?? []);
  return { rows, ids, moved: rows.some((row, index) => row !== sorted[index]) };
}

// The sort after a click on a column's head; with Shift it becomes the second key.
export function next_sort(
  sort: readonly Sort[],
  column: string,
  number: boolean,
  adds: boolean,
): Sort[] {
  const at = sort.find((each) => each.column === column);
  const next = { column, falling: at ? !at.falling : number };
  if (!adds) return [next];
  return [...sort.filter((each) => each.column !== column), next].slice(-2);
}

// Which rows of a long table stand in the document: those on the screen and some around. However far
// one scrolls it is as many, so that a row that leaves can become one that comes.
export function visible_rows(
  count: number,
  row_px: number,
  above_px: number, // of the table's body, beyond the upper edge of the window
  window_px: number,
): { first: number; last: number } {
  const kAround = 8;
  const most = Math.ceil(window_px / row_px) + 2 * kAround;
  const first = Math.max(0, Math.min(count - most, Math.floor(above_px / row_px) - kAround));
  return { first, last: Math.min(count, first + most) };
}
