// The questions that pages ask, made of what the URL says.
import { api, outcome, type Answer, type Row, type Schema } from './client';
import type { Question } from '../state/query.svelte';
import { duration_ms, is_live, range_text, span_of, type TimeRange } from '../lib/time_range';
import type { Source, View } from '../lib/url';
import { learn_names } from '../state/names.svelte';

export interface Asked {
  by: string[];
  metric: string[];
  range: string;
  filter: string;
  step?: string;
  top?: number;
  flows?: boolean;
  limit?: number;
}

// How often a live range is asked for again: what changes little is asked seldom.
export function pace_ms(range: TimeRange): number {
  if (!is_live(range)) return 0;
  const length = range.kind === 'last' ? duration_ms(range.ago) : 864e5;
  if (length <= 36e5) return 2_000;
  return length <= 864e5 ? 10_000 : 60_000;
}

export function quoted(text: string): string {
  return /[\s"()|,]/.test(text) ? `"${text.replaceAll('"', '')}"` : text;
}

export function source_filter(source: Source | undefined): string {
  if (!source) return '';
  const exporter = `exporter:${quoted(source.exporter)}`;
  return source.interface === undefined ? exporter : `${exporter} if:${source.interface}`;
}

// Every term has to hold. One that holds alternatives is put in parentheses.
export function all_of(...terms: string[]): string {
  return terms
    .filter((term) => term.trim() !== '')
    .map((term) => (term.includes('|') ? `(${term})` : term))
    .join(' ');
}

export function filter_of(view: View, ...more: string[]): string {
  return all_of(view.f, source_filter(view.src), ...more);
}

function parameters(asked: Asked): Record<string, string> {
  return {
    range: asked.range,
    ...(asked.filter ? { filter: asked.filter } : {}),
    ...(asked.by.length ? { by: asked.by.join(',') } : {}),
    ...(asked.metric.length ? { metric: asked.metric.join(',') } : {}),
    ...(asked.step ? { step: asked.step } : {}),
    ...(asked.top ? { top: String(asked.top) } : {}),
    ...(asked.flows ? { flows: '1' } : {}),
    ...(asked.limit ? { limit: String(asked.limit) } : {}),
  };
}

// The same question as a link: for `curl`, and for saving.
export function query_url(asked: Asked, format: 'csv' | 'json'): string {
  return `api/v1/query?${new URLSearchParams({ ...parameters(asked), format }).toString()}`;
}

// Columns of addresses, by which names are known.
export const kAddresses: readonly string[] = ['host', 'src', 'dst', 'next_hop'];

export function query_question(asked: Asked, every_ms: number): Question<Answer> {
  const query = parameters(asked);
  return {
    key: `query?${new URLSearchParams(query).toString()}`,
    ask: async (signal) => {
      const came = await outcome(api.GET('/api/v1/query', { params: { query }, signal }));
      if (came.ok && !asked.flows) learn_names(came.value.rows, kAddresses);
      return came;
    },
    every_ms,
    is_empty: ({ totals }) => Object.values(totals ?? {}).every((sum) => sum === 0),
  };
}

type Part = Omit<Partial<Asked>, 'range' | 'filter'> & { filter?: string; range?: TimeRange };

// A question about what the view looks at.
export function view_question(view: View, part: Part): Question<Answer> {
  return query_question(asked_of(view, part), pace_ms(part.range ?? view.t));
}

export function asked_of(view: View, part: Part): Asked {
  return {
    by: [],
    metric: ['bytes'],
    ...part,
    range: range_text(part.range ?? view.t),
    filter: filter_of(view, part.filter ?? ''),
  };
}

export type Conversations = Schema['Conversations'];
export function sessions_question(
  view: View,
  part: { filter?: string; state?: 'active'; top?: number },
): Question<Conversations> {
  const filter = filter_of(view, part.filter ?? '');
  const query = {
    range: range_text(view.t),
    top: part.top ?? 500,
    ...(filter ? { filter } : {}),
    ...(part.state ? { state: part.state } : {}),
  };
  return {
    key: `conversations?${JSON.stringify(query)}`,
    ask: async (signal) => {
      const came = await outcome(api.GET('/api/v1/conversations', { params: { query }, signal }));
      if (came.ok) learn_names(came.value.sessions, ['client', 'server']);
      return came;
    },
    every_ms: pace_ms(view.t),
  };
}

export function host_question(address: string): Question<Schema['Host']> {
  return {
    key: `host?${address}`,
    ask: (signal) =>
      outcome(api.GET('/api/v1/hosts/{address}', { params: { path: { address } }, signal })),
    every_ms: 5_000,
    always: true,
  };
}

export function exporters_question(t: TimeRange, every_ms = 2_000): Question<Schema['Exporters']> {
  const range = range_text(t);
  return {
    key: `exporters?${range}`,
    ask: (signal) =>
      outcome(api.GET('/api/v1/exporters', { params: { query: { range } }, signal })),
    every_ms,
  };
}

export function interfaces_question(
  view: Pick<View, 't' | 'f' | 'src'>,
  every_ms = Math.max(5_000, pace_ms(view.t)),
): Question<Schema['Interfaces']> {
  const filter = all_of(view.f, source_filter(view.src));
  const query = { range: range_text(view.t), ...(filter ? { filter } : {}) };
  return {
    key: `interfaces?${JSON.stringify(query)}`,
    ask: (signal) => outcome(api.GET('/api/v1/interfaces', { params: { query }, signal })),
    every_ms,
  };
}

export const diagnosis_question: Question<Schema['Diagnosis']> = {
  key: 'diagnosis',
  ask: (signal) => outcome(api.GET('/api/v1/diagnosis', { signal })),
  every_ms: 1_000,
  always: true,
};

export const services_question: Question<Schema['Services']> = {
  key: 'services',
  ask: (signal) => outcome(api.GET('/api/v1/services', { signal })),
  every_ms: 5_000,
  always: true,
};

export const protocols_question: Question<Schema['Protocols']> = {
  key: 'protocols',
  ask: (signal) => outcome(api.GET('/api/v1/protocols', { signal })),
  every_ms: 5_000,
  always: true,
};

export const settings_question: Question<Schema['Settings']> = {
  key: 'settings',
  ask: (signal) => outcome(api.GET('/api/v1/settings', { signal })),
  every_ms: 5_000,
};

export function ledger_question(view: View): Question<Schema['Ledger']> {
  const range = range_text(view.t);
  return {
    key: `ledger?${range}`,
    ask: (signal) => outcome(api.GET('/api/v1/ledger', { params: { query: { range } }, signal })),
    every_ms: Math.max(10_000, pace_ms(view.t)),
  };
}

// ---- reading rows

export function text_in(row: Row, column: string): string {
  const value = row[column];
  return value === undefined ? '' : String(value);
}

export function number_in(row: Row, column: string): number {
  const value = row[column];
  return typeof value === 'number' ? value : 0;
}

export function length_ms(view: View, now: number): number {
  const span = span_of(view.t, now);
  return span.to - span.from;
}
