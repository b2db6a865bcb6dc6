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

// Addresses and ports sort as people count: 10.0.0.9 before 10.0.0.10.
const words = new Intl.Collator('en', { numeric: true });

function compare(left: Value, right: Value): number {
  if (typeof left === 'number' && typeof right === 'number') return left - right;
  return words.compare(String(left), String(right));
}

export class SortedRows<Row extends object> {
  private readonly table;

  constructor(columns: readonly Column<Row>[], id_of: (row: Row) => string) {
    const defined = columns.map((column): ColumnDef<typeof features, Row> => ({
      id: column.id,
      accessorFn: column.value,
      sortUndefined: 'last',
      sortFn: (left, right, id) => compare(left.getValue<Value>(id), right.getValue<Value>(id)),
    }));
    const initial: readonly Row[] = [];
    this.table = constructTable<typeof features, Row>({
      features,
      columns: defined,
      data: initial,
      getRowId: id_of,
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

// Rows in the order in which they stood, new ones behind them: what is being read must not jump.
// `moved`: sorting anew would change something.
export function keep_order<Row>(
  standing: readonly string[],
  sorted: readonly Row[],
  id_of: (row: Row) => string,
): { rows: Row[]; moved: boolean } {
  const place = new Map(standing.map((id, index) => [id, index]));
  const place_of = (row: Row) => place.get(id_of(row)) ?? Infinity;
  const rows = sorted
    .map((row, index) => ({ row, index, place: place_of(row) }))
    .sort((left, right) =>
      left.place === right.place ? left.index - right.index : left.place - right.place,
    )
    .map(({ row }) => row);
  return { rows, moved: rows.some((row, index) => row !== sorted[index]) };
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

// Which rows of a long table stand in the document: those on the screen and some around.
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
